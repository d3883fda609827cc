"""What was read otherwise than it was typed: a date, a name or a number counts once somebody has looked at it; and what an
import would do is said without doing it (docs/decisions/0040)."""

from __future__ import annotations

import io
from typing import Any

import httpx
import openpyxl
import pytest

from tests.world.house import House
from tests.world.seeding import SMALL, lines_of, plan_session, workbook

CLERK = SMALL.station.account("station_clerk")
HEAD = SMALL.station.account("station_head")
PATH = f"{SMALL.path}/workbook"
FIRST = lines_of(SMALL)[0]
OLD_ID = FIRST.id_number[:6] + FIRST.id_number[8:17]
"""As cards of the first generation have it: fifteen digits."""


def with_cells(**cells: object) -> bytes:
    """The roster of the session as another program saved it, with other cells."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(SMALL)))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put_right(old: str = OLD_ID) -> bytes:
    """A number that is read as another one, which has to be confirmed."""
    return with_cells(G7=old)


@pytest.fixture
async def house(bare_house: House) -> House:
    """The exam was held, and the roster waits for its workbook."""
    await plan_session(bare_house, SMALL)
    await bare_house.run_until_quiet()
    heads = dict.fromkeys(("applied", "accepted", "examined"), SMALL.size)
    clerk = bare_house.person(CLERK)
    await clerk.create("/reporting/rosters", {"session": SMALL.id, "attendance": heads}, "roster")
    return bare_house


async def put(house: House, content: bytes, confirmed: str = "") -> httpx.Response:
    clerk = house.person(CLERK)
    _, etag = await clerk.look(SMALL.path)
    return await clerk.ask("PUT", PATH, etag, content=content, params={"confirmed": confirmed} if confirmed else {})


async def check(house: House, content: bytes, by: str = CLERK) -> httpx.Response:
    return await house.person(by).ask("POST", f"{PATH}/check", content=content)


async def now(house: House) -> dict[str, Any]:
    document: dict[str, Any] = await house.person(CLERK).get(SMALL.path)
    return document


async def test_a_correction_of_a_number_waits_for_whoever_looked_at_it(house: House) -> None:
    before = await now(house)
    refused = await put(house, put_right())
    assert refused.status_code == 409, refused.text
    problem = refused.json()
    (row,) = problem["errors"]
    assert row["where"].endswith("!G7")
    assert OLD_ID in row["what"]
    assert FIRST.id_number in row["fix"]
    assert "核对" in problem["detail"]
    assert await now(house) == before, "nothing was taken over"

    taken = await put(house, put_right(), problem["confirm"])
    assert taken.status_code == 200, taken.text
    assert taken.json()["passed"] == SMALL.size
    act = (await now(house))["history"][-1]
    assert (act["verb"], act["reason"].partition(" · ")[0]) == ("import", "已核对并确认 1 处更正")
    assert OLD_ID not in act["reason"], "no numbers of people in a history"


async def test_the_same_again_needs_no_second_look(house: House) -> None:
    confirm = (await put(house, put_right())).json()["confirm"]
    await put(house, put_right(), confirm)
    after = await now(house)
    assert (await put(house, put_right())).status_code == 200
    assert await now(house) == after


async def test_what_was_confirmed_for_one_workbook_does_not_count_for_another(house: House) -> None:
    confirm = (await put(house, put_right())).json()["confirm"]
    for other in (with_cells(G7=OLD_ID, C8="别人"), with_cells(G7=FIRST.id_number, G8=OLD_ID)):
        refused = await put(house, other, confirm)
        assert refused.status_code in (409, 422), refused.text
        assert refused.json().get("confirm") != confirm
    assert (await now(house))["passed"] == 0


async def test_spellings_need_nobody(house: House) -> None:
    taken = await put(house, with_cells(C7=f" {FIRST.name} "))
    assert taken.status_code == 200, taken.text
    (note,) = taken.json()["corrections"]
    assert (note["weight"], note["was"], note["read_as"]) == ("spelling", f" {FIRST.name} ", FIRST.name)


async def test_a_check_says_what_the_import_would_do_and_does_nothing(house: House) -> None:
    before = await now(house)
    said = await check(house, put_right())
    assert said.status_code == 200, said.text
    found = said.json()
    assert sum(row["lines"] for row in found["passed"]) == SMALL.size
    (note,) = found["corrections"]
    assert (note["weight"], note["was"], note["read_as"]) == ("confirm", OLD_ID, FIRST.id_number)
    assert await now(house) == before
    assert (await put(house, put_right(), found["confirm"])).status_code == 200, "looked at once is enough"


async def test_a_check_of_a_workbook_with_nothing_to_confirm_asks_for_nothing(house: House) -> None:
    found = (await check(house, workbook(SMALL))).json()
    assert (found["corrections"], found["confirm"]) == ([], "")


async def test_a_check_names_every_wrong_cell_as_the_import_does(house: House) -> None:
    wrong = with_cells(D7="女" if FIRST.sex == "男" else "男", J8=12)
    checked, imported = await check(house, wrong), await put(house, wrong)
    assert checked.status_code == imported.status_code == 422
    assert checked.json()["errors"] == imported.json()["errors"]
    assert len(checked.json()["errors"]) == 2


async def test_a_check_is_for_whoever_imports(house: House) -> None:
    assert (await check(house, put_right(), HEAD)).status_code == 403


async def test_a_roster_on_its_way_is_not_checked(house: House) -> None:
    assert (await put(house, workbook(SMALL))).status_code == 200
    clerk = house.person(CLERK)
    _, etag = await clerk.look(SMALL.path)
    assert (await clerk.ask("POST", f"{SMALL.path}/submission", etag)).status_code == 200
    assert (await check(house, workbook(SMALL))).status_code == 409
