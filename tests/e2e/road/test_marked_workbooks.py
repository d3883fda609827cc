"""The clerk's own workbook back over HTTP, with marks: made in a child with limits, while the roster stays as it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import openpyxl
import pytest

from services.reporting.rosters.usecases import marking, quarantined
from services.reporting.rosters.workbook.marked.rebuilding import COLOURS
from services.reporting.rosters.workbook.opening.traits import UNREADABLE
from shared.forms.form6.layout import MARKS
from tests.unit.reporting.workbooks import hostile
from tests.world import foreign_work
from tests.world.books import everything
from tests.world.house import House
from tests.world.seeding import SMALL, workbook

CLERK = SMALL.station.account("station_clerk")
MARKED = f"{SMALL.path}/workbook/marked"


@pytest.fixture
def apart(house_with_children: House) -> House:
    return house_with_children


def changed(content: bytes, **cells: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = next(one for one in book.worksheets if one.title != MARKS)
    for place, value in cells.items():
        sheet[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def mark(house: House, content: bytes, by: str = CLERK) -> httpx.Response:
    return await house.person(by).ask("POST", MARKED, content=content)


async def put(house: House, content: bytes) -> httpx.Response:
    clerk = house.person(CLERK)
    _, etag = await clerk.look(SMALL.path)
    return await clerk.ask("PUT", f"{SMALL.path}/workbook", etag, content=content)


async def test_the_wrong_cells_come_back_marked_and_the_mended_workbook_is_imported(apart: House) -> None:
    before = await apart.person(CLERK).get(SMALL.path)
    good = workbook(SMALL)
    answer = await mark(apart, changed(good, C7="张?", J8=12))
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert f'filename="{SMALL.id}-marked.xlsx"' in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[0] == MARKS
    sheet = book.worksheets[1]
    for place in ("C7", "J8"):
        assert "#" + str(sheet[place].fill.fgColor.rgb)[2:] == COLOURS["wrong"]
        assert sheet[place].comment.text.startswith("【有误】")
    assert await apart.person(CLERK).get(SMALL.path) == before, "nothing was stored"

    again = await put(apart, answer.content)
    assert again.status_code == 422
    assert [row["where"].rpartition("!")[2] for row in again.json()["errors"]] == ["C7", "J8"]

    first = openpyxl.load_workbook(io.BytesIO(good)).worksheets[0]
    mended = changed(answer.content, C7=first["C7"].value, J8=first["J8"].value)
    taken = await put(apart, mended)
    assert taken.status_code == 200, taken.text
    assert (taken.json()["passed"], taken.json()["corrections"]) == (SMALL.size, [])


async def test_only_whoever_imports_it_and_only_for_a_roster_of_the_station(house: House) -> None:
    assert (await mark(house, workbook(SMALL), SMALL.station.account("station_head"))).status_code == 403
    answer = await house.person(CLERK).ask("POST", MARKED.replace(SMALL.id, "49053099-2026-001"), content=b"PK")
    assert answer.status_code == 404


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04"])
async def test_what_is_no_workbook_is_refused_in_a_sentence(house: House, content: bytes) -> None:
    answer = await mark(house, content)
    assert answer.status_code == 422
    assert [row["where"] for row in answer.json()["errors"]] == ["工作簿 · workbook"]


@pytest.mark.parametrize(
    "make", [hostile.far_cell_of_old, hostile.endless_row, hostile.column_ranges, hostile.far_cell]
)
async def test_a_hostile_workbook_ends_its_child_at_the_most(apart: House, make: Callable[[], bytes]) -> None:
    answer = await mark(apart, make())
    assert answer.status_code in (200, 422)
    assert (await mark(apart, workbook(SMALL))).status_code == 200, "the next one is marked"


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (foreign_work.deaf_and_dumb, UNREADABLE),
        (foreign_work.echo, UNREADABLE),
        (foreign_work.talk_without_end, quarantined.BROKEN),
    ],
)
async def test_a_child_that_was_taken_over_is_not_believed(
    apart: House, read: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MARK", replace(marking.MARK, read=read))
    answer = await mark(apart, b"PK\x03\x04")
    assert answer.status_code == 422
    assert answer.json()["detail"] == said


async def test_numbers_without_the_industry_mark_are_kept_whoever_shows_them(house: House) -> None:
    """As in an import (R3)."""
    assert (await mark(house, changed(workbook(SMALL), P7="1200053012400001"))).status_code == 200
    (kept,) = await everything(house.stores["reporting"], "foreign_number")
    assert kept.body["session"] == SMALL.id
