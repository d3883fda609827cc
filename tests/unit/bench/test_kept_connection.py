"""The figure of a kept connection is one: the bare server against itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from services.bench import kept_connection


def session(*numbers: str) -> Any:
    lines = [SimpleNamespace(name=f"张{n}") for n in range(len(numbers))]
    return SimpleNamespace(lines=lines, certificates=[{"n": n + 1, "number": one} for n, one in enumerate(numbers)])


def test_a_visitor_asks_of_every_certificate_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[bytes]] = []
    monkeypatch.setattr(kept_connection, "_median", lambda _, questions: (asked.append(questions), (0.002, b"{}"))[1])
    figures = kept_connection.against_a_bare_server("http://x", [session("1", "2"), session(*map(str, range(1000)))])
    assert figures == {"verification_ms": 2.0, "bare_server_ms": 2.0, "kept_connection_ratio": 1.0}
    assert len(asked[0]) == kept_connection.LOOK_UPS
    assert asked[0] == asked[1]
    assert asked[0][1] == '{"number": "2", "name": "张1"}'.encode("ascii", "backslashreplace")


def test_the_bare_server_answers_the_same_bytes() -> None:
    with kept_connection._bare_server(b'{"outcome":"valid"}') as url:
        assert kept_connection._median(url, [b"{}"] * 3)[1] == b'{"outcome":"valid"}'


def test_what_verifies_nothing_gives_no_figure() -> None:
    with pytest.raises(SystemExit, match="verified nothing"), kept_connection._bare_server(b"") as url:
        kept_connection._median(url, [])
