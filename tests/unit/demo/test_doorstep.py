"""Who knocks at a running system is told in a sentence why the play cannot begin."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from services.demo import doorstep

URL = "http://127.0.0.1:8000"
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Answer]:
    """One function, which answers every request. Nothing of this machine's settings counts."""
    answers: list[Answer] = []

    def ask(method: str, url: str, **options: object) -> httpx.Response:
        request = httpx.Request(method, url, data=options.get("data"))  # type: ignore[arg-type]
        return answers[0](request)

    monkeypatch.setattr(doorstep.httpx, "get", lambda url, **options: ask("GET", url, **options))
    monkeypatch.setattr(doorstep.httpx, "post", lambda url, **options: ask("POST", url, **options))
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith("JIANDING_")]:
        monkeypatch.delenv(name)
    return answers


def fails(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (fails, "does not answer"),
        (lambda _: httpx.Response(503, json={"missing": ["plan: store: away"]}), "not ready yet.*plan: store: away"),
        (lambda _: httpx.Response(404, json={"detail": "Not Found"}), "is no Jianding.*404"),
        (lambda _: httpx.Response(200, text="<html>"), "is no Jianding"),
    ],
)
def test_nobody_there_not_ready_or_somebody_else(behind: list[Answer], answer: Answer, sentence: str) -> None:
    behind.append(answer)
    with pytest.raises(SystemExit, match=f"{URL}.*{sentence}"):
        doorstep.must_be_ready(URL)


def test_an_address_that_is_none_is_said_to_be_so() -> None:
    with pytest.raises(SystemExit, match="mend the address"):
        doorstep.must_be_ready("nonsense")


def test_a_ready_one_is_let_in(behind: list[Answer]) -> None:
    behind.append(lambda _: httpx.Response(200, json={"missing": []}))
    assert doorstep.must_be_ready(f"{URL}/") == URL


def knows(password: str, tried: list[str]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        (given,) = parse_qs(request.content.decode())["password"]
        tried.append(given)
        return httpx.Response(200 if given == password else 401, json={"detail": "wrong"})

    return answer


def keep(password: str) -> None:
    Path("var").mkdir()
    Path("var/passwords.json").write_text(json.dumps({"operator": password}), encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "right", "tried"),
    [
        ("", "kept", ["kept"]),
        ("of-the-containers", "kept", ["of-the-containers", "kept"]),
        ("given", "given", ["given"]),
        ("", "operator-try-out", ["kept", "operator-try-out"]),
    ],
)
def test_the_password_of_make_run_is_found(behind: list[Answer], given: str, right: str, tried: list[str]) -> None:
    keep("kept")
    asked: list[str] = []
    behind.append(knows(right, asked))
    assert doorstep.operators_password(URL, given) == right
    assert asked == tried


def test_no_password_of_this_machine_goes_elsewhere(behind: list[Answer]) -> None:
    keep("kept")
    asked: list[str] = []
    behind.append(knows("another", asked))
    with pytest.raises(SystemExit, match=r"refuses the password.*OPERATOR_PASSWORD=…"):
        doorstep.operators_password("https://jianding.example.org", "given")
    assert asked == ["given", "operator-try-out"]


def test_a_lock_is_told_and_nothing_else_is_tried(behind: list[Answer]) -> None:
    asked: list[httpx.Request] = []
    behind.append(
        lambda request: (asked.append(request), httpx.Response(429, json={"detail": "locked for a while"}))[1]
    )
    with pytest.raises(SystemExit, match="429 locked for a while"):
        doorstep.operators_password(URL, "given")
    assert len(asked) == 1
