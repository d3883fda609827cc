"""What the parser's process answers, and what is made of an answer that is none."""

from __future__ import annotations

import json
import pickle
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rosters.workbook import native
from services.reporting.rosters.workbook.native import Sheet, from_answer, to_answer
from services.reporting.rosters.workbook.opening import open_workbook
from services.reporting.rosters.workbook.traits import UNREADABLE
from shared.errors import Invalid
from tests.unit.reporting.old_excel import OldSheet, old_workbook

CELLS = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
INDEX = st.integers(0, 1_048_575)
PLACES = st.tuples(INDEX, INDEX)
SHEETS = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.booleans(),
        st.lists(st.tuples(INDEX, st.lists(CELLS))),
        st.lists(st.tuples(PLACES, PLACES)).map(tuple),
    )
)


def kinds(sheets: list[Sheet]) -> list[type]:
    return [type(cell) for _, _, rows, _ in sheets for _, cells in rows for cell in cells]


@settings(max_examples=40, deadline=None)
@given(SHEETS)
def test_what_was_answered_is_what_was_read(sheets: list[Any]) -> None:
    read = from_answer(to_answer(sheets))
    assert read == sheets
    assert kinds(read) == kinds(sheets)  # 1.0 is no True, a datetime no date


def test_an_answer_can_be_read_by_people() -> None:
    cells: list[native.Cell] = ["张三", 4.0, True, date(1990, 1, 2), datetime.combine(date(2026, 3, 1), time(9, 30))]
    cells += [time(9, 5), timedelta(hours=25)]
    assert to_answer([("名册", False, [(6, cells)], (((0, 0), (0, 17)),))]).decode() == (
        '[["名册",false,[[6,["张三",4.0,true,["date","1990-01-02"],["datetime","2026-03-01T09:30:00"],'
        '["time","09:05:00"],["timedelta","90000000000"]]]],[[[0,0],[0,17]]]]]'
    )


def a_row(*cells: object) -> bytes:
    return json.dumps([["名册", False, [[0, cells]], []]]).encode()


WRONG: dict[str, bytes] = {
    "nothing": b"",
    "cut off": to_answer([("名册", False, [(0, ["a"])], ())])[:-2],
    "no text": b"\xff\xfe\x00",
    "a pickle": pickle.dumps([("名册", False, [(0, ["a"])], ())]),
    "no list": b"{}",
    "a sheet that is none": b"[1]",
    "a sheet with too little": b'[["a",false,[]]]',
    "a name that is none": b"[[1,false,[],[]]]",
    "hidden or not": b'[["a",1,[],[]]]',
    "rows that are none": b'[["a",false,"abc",[]]]',
    "an index that is none": b'[["a",false,[[true,[]]],[]]]',
    "cells that are none": b'[["a",false,[[0,"abc"]],[]]]',
    "merged cells that are none": b'[["a",false,[],[[[0,0],[0]]]]]',
    "merged cells of text": b'[["a",false,[],[[["0","0"],["0","1"]]]]]',
    "a cell of nothing": a_row(None),
    "a cell of an unknown kind": a_row(["bytes", "a"]),
    "a kind that is none": a_row([["date"], "2026-01-01"]),
    "a cell with too much": a_row(["date", "2026-01-01", "x"]),
    "a cell within a cell": a_row([["date", "2026-01-01"], ["date", "2026-01-01"]]),
    "an object": a_row({"date": "2026-01-01"}),
    "a day that is none": a_row(["date", "2026-02-30"]),
    "a number for a day": a_row(["date", 20260101]),
    "a span that is none": a_row(["timedelta", "9" * 40]),
    "a number that never ends": b'[["a",false,[[0,[' + b"1" * 100_000 + b"]]],[]]]",
    "brackets without end": b"[" * 1_000_000,
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_is_none(case: str) -> None:
    with pytest.raises(ValueError):
        from_answer(WRONG[case])


@pytest.fixture
def taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The parser's program, to be written by the test: a process that a file took over may answer anything."""
    monkeypatch.setattr(native, "__file__", str(tmp_path / "taken_over.py"))
    return tmp_path / "taken_over.py"


class Bomb:
    def __init__(self, touched: Path) -> None:
        self.touched = touched

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.touched,)


def test_nothing_in_an_answer_is_run(taken_over: Path, tmp_path: Path) -> None:
    answer = pickle.dumps(Bomb(tmp_path / "touched"))
    taken_over.write_text(f"import sys\nsys.stdin.buffer.read()\nsys.stdout.buffer.write({answer!r})\n")
    with pytest.raises(Invalid) as raised:
        open_workbook(old_workbook(OldSheet("a", {})), 10)
    assert str(raised.value) == UNREADABLE
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("ending", ["", "raise SystemExit(1)", "1 / 0", "import os; os._exit(77)"])
def test_a_process_that_says_nothing_sensible(taken_over: Path, ending: str) -> None:
    taken_over.write_text(ending)
    with pytest.raises(Invalid) as raised:
        open_workbook(old_workbook(OldSheet("a", {})), 10)
    assert str(raised.value) == UNREADABLE
