"""The filled form 6 through HTTP (R4.2, R5): what the Centre gives back once every certificate has its number."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import openpyxl
import pypdfium2
import pytest

from services.certificate.production.production import Production
from shared.keeping import repository
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, DIRECT, HELD_ON, SMALL, Planned, lines_of
from tests.world.seeding import approve as approve_rosters

STATION = SMALL.station.account("station_clerk")
FORM = f"/certificate/productions/{SMALL.id}/form6"
MARK = {"1": "附表六（一）", "2": "附表六（二）"}


async def approve(house: House, planned: Planned) -> None:
    """And let its certificates be numbered and drawn."""
    await approve_rosters(house, planned)
    await house.run_until_quiet()


def pages_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(pdf)]


def rows_of(xlsx: bytes) -> list[list[list[str]]]:
    """The lines of each sheet, as texts."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    sheets = []
    for sheet in book:
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        begin = next(n for n, row in enumerate(rows) if row[0] == "序号") + 1
        sheets.append([row for row in rows[begin:] if row[0].isdigit()])
    return sheets


def hash_of(shown: dict[str, Any], sheets: Sequence[Sequence[Sequence[str]]], heading: Sequence[str]) -> str:
    """As docs/decisions/0041 says it, typed in again from what is printed."""
    texts: list[Sequence[str]] = [[str(n), *row] for n, rows in enumerate(sheets, 1) for row in rows]
    first = 1
    for volume in shown["volumes"]:
        said = [volume[name] for name in ("number", "occupation", "occupation_zh", "level")]
        texts.append([str(value) for value in (*said, first, volume["lines"])])
        first += volume["lines"]
    rows = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in (*texts, heading)]
    return "sha256:" + hashlib.sha256("".join(rows).encode()).hexdigest()


async def test_the_numbers_are_those_of_the_certificates_in_the_order_of_the_lines(house: House) -> None:
    await approve(house, SMALL)
    clerk = house.person(STATION)
    made = (await clerk.ask("GET", f"/certificate/certificates?roster={SMALL.id}")).json()["items"]
    numbers = [one["number"] for one in made]
    names = [line.name for line in lines_of(SMALL)]
    sheets = rows_of((await clerk.ask("GET", f"{FORM}.xlsx")).content)
    assert [[row[0] for row in sheet] for sheet in sheets] == [["1", "2"], ["1"]], "each volume counts from 1"
    rows = [row for sheet in sheets for row in sheet]
    assert [(row[2], row[13], row[15]) for row in rows] == [
        (name, number, made[0]["issued_on"]) for name, number in zip(names, numbers, strict=True)
    ]
    paper = "".join(pages_of((await clerk.ask("GET", f"{FORM}.pdf?copy=1")).content))
    found = sorted(numbers, key=paper.index)
    assert found == numbers
    assert all(line.id_number in paper for line in lines_of(SMALL)), "in full, as on the form"


async def test_two_copies_have_one_hash_that_can_be_computed_again(house: House) -> None:
    await approve(house, SMALL)
    clerk = house.person(STATION)
    shown = (await clerk.ask("GET", FORM)).json()
    assert (shown["lines"], shown["held_on"], [volume["lines"] for volume in shown["volumes"]]) == (
        3,
        HELD_ON.isoformat(),
        [2, 1],
    )
    both = await clerk.ask("GET", f"{FORM}.pdf")
    assert both.headers["content-type"] == "application/pdf"
    assert len(pages_of(both.content)) == 4
    for copy in "12":
        paper, book = [await clerk.ask("GET", f"{FORM}.{ending}?copy={copy}") for ending in ("pdf", "xlsx")]
        assert {answer.headers["Form6-Seal"] for answer in (both, paper, book)} == {shown["seal"]}
        assert f'filename="form6-{SMALL.id}-{copy}.pdf"' in paper.headers["Content-Disposition"]
        pages = pages_of(paper.content)
        assert len(pages) == 2
        assert all(MARK[copy] in page and shown["seal"] in page and "第 1 页 共 1 页" in page for page in pages)
        sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
        assert sheet["A1"].value == MARK[copy]
        assert shown["seal"] in str(sheet.oddFooter.right.text)
    assert SMALL.branch is not None
    heading = [
        SMALL.id,
        SMALL.id,
        SMALL.station.code,
        SMALL.station.name_zh,
        SMALL.branch.code,
        SMALL.branch.name_zh,
        "49000001",
        (await clerk.ask("GET", f"/certificate/certificates?roster={SMALL.id}")).json()["items"][0]["issuer"][
            "centre_zh"
        ],
        shown["held_on"],
        shown["issued_on"],
        "3",
    ]
    assert hash_of(shown, rows_of(book.content), heading) == shown["seal"]


async def test_the_same_request_gives_the_same_bytes_later_too(house: House) -> None:
    await approve(house, SMALL)
    clerk = house.person(STATION)
    files = [f"{FORM}.pdf?copy=2", f"{FORM}.xlsx?copy=2"]
    before = [(await clerk.ask("GET", file)).content for file in files]
    house.clock.advance(3600 * 24 * 400)
    assert [(await clerk.ask("GET", file)).content for file in files] == before


@pytest.mark.parametrize("ending", ["", ".pdf", ".xlsx"])
async def test_who_may(house: House, ending: str) -> None:
    await approve(house, SMALL)
    assert SMALL.branch is not None
    for account in (STATION, SMALL.branch.account("branch_officer"), CLERK, APPROVER):
        assert (await house.person(account).ask("GET", FORM + ending)).status_code == 200
    other = await house.person(DIRECT.station.account("station_clerk")).ask("GET", FORM + ending)
    assert other.status_code == 404, "another station's looks as if it were not there"


@pytest.mark.parametrize("ending", ["", ".pdf", ".xlsx"])
async def test_not_before_every_batch_has_its_numbers(house: House, ending: str) -> None:
    clerk = house.person(STATION)
    assert (await clerk.ask("GET", FORM + ending)).status_code == 404, "not approved: there is no production"
    await approve(house, SMALL)
    store = house.stores["certificate"]
    production = await repository.load(store, Production, SMALL.id)
    production.batches += 1  # as while the second page is still coming in
    await repository.save(store, production)
    early = await clerk.ask("GET", FORM + ending)
    assert early.status_code == 409
    assert "2 批中已编号 1 批" in early.json()["detail"]


async def test_a_voided_roster_says_so(house: House) -> None:
    await approve(house, SMALL)
    store = house.stores["certificate"]
    production = await repository.load(store, Production, SMALL.id)
    production.state = "voided"
    await repository.save(store, production)
    refused = await house.person(STATION).ask("GET", f"{FORM}.pdf")
    assert refused.status_code == 409
    assert "不能出具附表六：证书已全部作废" in refused.json()["detail"]


async def test_a_station_right_below_the_centre_has_no_place_for_a_branch(house: House) -> None:
    await approve(house, DIRECT)
    paper = await house.person(DIRECT.station.account("station_head")).ask(
        "GET", f"/certificate/productions/{DIRECT.id}/form6.pdf?copy=1"
    )
    (page,) = pages_of(paper.content)
    assert "分中心（盖章）" not in page
    assert "鉴定站（盖章）" in page and "中心（盖章）" in page
    assert "82" in page, "the comprehensive review of technicians"


async def test_beyond_the_last_file_there_is_none(house: House) -> None:
    await approve(house, SMALL)
    for ending in ("pdf", "xlsx"):
        answer = await house.person(STATION).ask("GET", f"{FORM}.{ending}?part=2")
        assert answer.status_code == 404
        assert "共 1 个文件" in answer.json()["detail"]


async def test_a_production_of_an_earlier_release_asks_reporting_for_its_day(house: House) -> None:
    await approve(house, SMALL)
    store, clerk = house.stores["certificate"], house.person(STATION)
    production = await repository.load(store, Production, SMALL.id)
    now = (await clerk.ask("GET", FORM)).json()
    assert (production.session, production.held_on) == (SMALL.id, HELD_ON)
    production.session, production.held_on = "", None
    await repository.save(store, production)
    assert (await clerk.ask("GET", FORM)).json() == now
    house.closed_doors.add("reporting")
    assert (await clerk.ask("GET", FORM)).status_code == 503
