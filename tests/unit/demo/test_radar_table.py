"""The radar at the end of the play."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from services.demo import radar


def duty(what: str, state: str, due_on: str, late: bool = False) -> dict[str, Any]:
    return {
        "what": what,
        "what_zh": f"办{what}",
        "what_en": f"do {what}",
        "state": state,
        "due_on": due_on,
        "late": late,
    }


class Answers:
    async def everything(self, path: str) -> list[dict[str, Any]]:
        return {
            "/notification/radar?state=open": [
                duty("a", "open", "2026-02-28", late=True),
                duty("b", "open", "2026-03-02"),
                duty("a", "open", "2026-03-05"),
            ],
            "/notification/radar?state=settled": [
                duty("c", "settled", "2026-01-02", late=True),
                duty("a", "settled", "2026-01-03"),
            ],
        }[path]


async def test_a_row_for_each_kind_of_duty() -> None:
    clerk: Any = Answers()
    rows = await radar.read(clerk)
    assert [(row["what"], row["open"], row["late"], row["settled"], row["next"]) for row in rows] == [
        ("a", 2, 1, 1, "2026-02-28"),
        ("b", 1, 0, 0, "2026-03-02"),
        ("c", 0, 0, 1, ""),
    ]
    out = Console(file=StringIO(), width=40)
    radar.show(rows, out)
    said = out.file.getvalue()  # type: ignore[attr-defined]
    assert "办a · do a" in said and "2026-02-28" in said


def test_where_nothing_is_due_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    radar.show([])
    assert "nothing is due" in capsys.readouterr().out
