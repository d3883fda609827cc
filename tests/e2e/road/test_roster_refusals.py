"""The wrong order, the wrong day and the wrong person, over HTTP: no certificate comes of a roster that should not be, and each
refusal says what to do next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from services.demo.cast import STATIONS
from shared.contracts.reporting import RosterLine
from shared.forms.form6.writing import SheetContent, write
from shared.trade.numbers.resident_id import resident_id_check
from tests.world import winding
from tests.world.house import House, Person
from tests.world.seeding import APPROVER, TURNER, YEAR, Planned, a_line, license_body, up

STATION = STATIONS[0]
SESSION = Planned(STATION, 1, ((TURNER, 2),), emails=0)
PLAN = f"/plan/session-plans/{SESSION.id}"
CLERK, HEAD = STATION.account("station_clerk"), STATION.account("station_head")
assert SESSION.branch is not None
BRANCH = SESSION.branch.account("branch_officer")
DAY = date(2026, 5, 20)
"""Of the exam: more than a month after the house's morning."""
NEW = {"session": SESSION.id, "attendance": dict.fromkeys(("applied", "accepted", "examined"), 2)}


async def planned(house: House, paper_source: str = "national_bank") -> None:
    """The session is approved for DAY, and everybody knows it."""
    item = {"occupation": TURNER.occupation, "level": TURNER.level, "heads": 2}
    made = await house.person(CLERK).create("/plan/annual-plans", {"year": YEAR, "items": [item]}, "annual")
    await up(house, SESSION, f"/plan/annual-plans/{made['id']}", approve=True)
    plan = {
        "year": YEAR,
        "number": SESSION.number,
        "held_on": DAY.isoformat(),
        "place": "示例考场",
        "in_charge": "吴刚",
        "items": [{**item, "paper_sets": 3} if paper_source == "self_made" else item],
        "paper_source": paper_source,
    }
    await house.person(CLERK).create("/plan/session-plans", plan, "session")
    await up(house, SESSION, PLAN, approve=True)
    await house.run_until_quiet()


def turn_to(house: House, day: date) -> None:
    """Nine in the morning in Shanghai."""
    house.clock.advance((day - house.clock.now().date()).total_seconds())


def filled(*lines: RosterLine, held_on: date = DAY) -> bytes:
    sheet = SheetContent(
        station_zh=STATION.name_zh,
        institution=STATION.code,
        session=SESSION.id,
        occupation=TURNER.occupation,
        occupation_zh=TURNER.occupation_zh,
        level=TURNER.level,
        held_on=held_on,
        rows=lines,
    )
    return write([sheet])


LINES = (a_line(1, session=SESSION.id), a_line(2, session=SESSION.id))


async def open_one(person: Person) -> httpx.Response:
    return await person.ask("POST", "/reporting/rosters", json=NEW, headers={"Idempotency-Key": "roster"})


async def imported(house: House, content: bytes) -> httpx.Response:
    _, etag = await house.person(CLERK).look(SESSION.path)
    return await house.person(CLERK).ask("PUT", f"{SESSION.path}/workbook", etag, content=content)


async def stepped(house: House, account: str, verb: str, document: str = SESSION.path, **json: Any) -> httpx.Response:
    _, etag = await house.person(account).look(document)
    return await house.person(account).ask("POST", f"{document}/{verb}", etag, **({"json": json} if json else {}))


def says(answer: httpx.Response, status: int, *words: str) -> None:
    """A refusal, with its sentence and every problem as one text."""
    assert answer.status_code == status, answer.text
    text = " ".join(
        [answer.json()["detail"], *(f"{one['what']} {one['fix']}" for one in answer.json().get("errors", ()))]
    )
    assert all(word in text for word in words), text


async def test_none_before_the_day_of_the_exam(bare_house: House) -> None:
    await planned(bare_house)
    turn_to(bare_house, DAY - timedelta(days=1))
    says(await open_one(bare_house.person(CLERK)), 422, f"{DAY}", "当日起")
    turn_to(bare_house, DAY)
    assert (await open_one(bare_house.person(CLERK))).status_code == 201


@pytest.mark.parametrize("account", [HEAD, BRANCH, APPROVER])
async def test_none_by_anybody_but_the_clerk(bare_house: House, account: str) -> None:
    await planned(bare_house)
    turn_to(bare_house, DAY)
    assert (await open_one(bare_house.person(account))).status_code == 403


async def test_the_workbook_names_the_day_of_the_session(bare_house: House) -> None:
    await planned(bare_house)
    turn_to(bare_house, DAY)
    await open_one(bare_house.person(CLERK))
    answer = await imported(bare_house, filled(*LINES, held_on=DAY + timedelta(days=1)))
    says(answer, 422, f"{DAY}", f"改为 {DAY}", "postpone")
    assert (await imported(bare_house, filled(*LINES))).status_code == 200


async def test_somebody_of_fourteen_gets_no_certificate(bare_house: House) -> None:
    """Whatever day the workbook claims."""
    await planned(bare_house)
    turn_to(bare_house, DAY)
    await open_one(bare_house.person(CLERK))
    birth = DAY.replace(year=DAY.year - 14)
    first17 = f"999999{birth:%Y%m%d}001"
    young = LINES[0].model_copy(update={"birth": birth, "id_number": first17 + resident_id_check(first17)})
    for claimed in (DAY, DAY.replace(year=DAY.year + 2)):
        says(await imported(bare_house, filled(young, LINES[1], held_on=claimed)), 422, "名册有")
    assert (await bare_house.person(CLERK).get(SESSION.path))["passed"] == 0


async def test_not_of_a_session_held_while_the_station_was_suspended(bare_house: House) -> None:
    """Not then, and not after it was reinstated."""
    await planned(bare_house)
    turn_to(bare_house, DAY - timedelta(days=1))
    sanction = await winding.propose(bare_house, "suspension")
    await winding.confirm(bare_house, sanction["id"], APPROVER)
    await bare_house.run_until_quiet()
    turn_to(bare_house, DAY + timedelta(days=2))
    says(await open_one(bare_house.person(CLERK)), 422, f"{DAY}", "暂停鉴定", "请中心")
    await bare_house.person(APPROVER).step(
        f"/supervision/sanctions/{sanction['id']}", "lifting", json={"reason": "已整改"}
    )
    await bare_house.run_until_quiet()
    says(await open_one(bare_house.person(CLERK)), 422, f"{DAY}", "暂停鉴定", "请中心")


async def test_not_of_a_session_held_after_the_licence_had_ended(bare_house: House) -> None:
    """The licence was shortened after the session was approved, and renewed after its day."""
    await planned(bare_house)
    await license_body(bare_house, STATION.code, valid_until=f"{DAY - timedelta(days=1)}")
    turn_to(bare_house, DAY)
    await license_body(bare_house, STATION.code, valid_from=f"{DAY + timedelta(days=1)}")
    await bare_house.run_until_quiet()
    says(await open_one(bare_house.person(CLERK)), 422, f"{DAY}", "许可证", "请中心")


async def test_more_than_were_planned_only_with_the_centres_reason(bare_house: House) -> None:
    await planned(bare_house)
    turn_to(bare_house, DAY)
    await open_one(bare_house.person(CLERK))
    third = a_line(3, session=SESSION.id)
    assert (await imported(bare_house, filled(*LINES, third))).status_code == 200
    says(await stepped(bare_house, HEAD, "submission"), 422, "3", "2")  # more passed than sat
    more = {"attendance": dict.fromkeys(("applied", "accepted", "examined"), 3)}
    _, etag = await bare_house.person(CLERK).look(SESSION.path)
    assert (await bare_house.person(CLERK).ask("PUT", SESSION.path, etag, json=more)).status_code == 200
    submitted = (await stepped(bare_house, HEAD, "submission")).json()
    rules = ["beyond_planned/6-04-01-01/4", "examined_beyond_planned"]
    assert [one["rule"] for one in submitted.get("needs", ())] == rules
    await stepped(bare_house, BRANCH, "endorsement")
    says(await stepped(bare_house, APPROVER, "approval"), 422, *rules)
    says(await stepped(bare_house, APPROVER, "approval", exceptions={rules[0]: "补考"}), 422, rules[1])
    approved = await stepped(bare_house, APPROVER, "approval", exceptions=dict.fromkeys(rules, "补考一人"))
    assert [one["reason"] for one in approved.json()["exceptions"]] == ["补考一人"] * 2


async def test_not_before_the_draw_of_self_made_papers(bare_house: House) -> None:
    """Opened and filled, and it waits; the Centre records the draw afterwards, and says why so late."""
    await planned(bare_house, "self_made")
    turn_to(bare_house, DAY)
    await open_one(bare_house.person(CLERK))
    await imported(bare_house, filled(*LINES))
    says(await stepped(bare_house, HEAD, "submission"), 409, "抽", "请中心", SESSION.id)
    draw = {"sets": [{"occupation": TURNER.occupation, "level": TURNER.level, "set": 2}], "witness": "何监督"}
    answer = await stepped(bare_house, winding.CLERK, "draw", PLAN, **draw, reason="漏记")
    assert answer.status_code == 200, answer.text
    await bare_house.run_until_quiet()
    assert (await stepped(bare_house, HEAD, "submission")).status_code == 200


async def test_not_of_a_cancelled_session(bare_house: House) -> None:
    await planned(bare_house)
    assert (await stepped(bare_house, HEAD, "cancellation", PLAN, reason="无人报名")).status_code == 200
    await bare_house.run_until_quiet()
    turn_to(bare_house, DAY)
    says(await open_one(bare_house.person(CLERK)), 409, "无人报名", "cancelled")


async def test_of_a_postponed_one_from_the_new_day_on(bare_house: House) -> None:
    await planned(bare_house)
    later = DAY + timedelta(days=7)
    to = {"held_on": later.isoformat(), "reason": "停电"}
    assert (await stepped(bare_house, APPROVER, "postponement", PLAN, **to)).status_code == 200
    await bare_house.run_until_quiet()
    turn_to(bare_house, DAY)
    says(await open_one(bare_house.person(CLERK)), 422, f"{later}")
    turn_to(bare_house, later)
    assert (await open_one(bare_house.person(CLERK))).status_code == 201
    assert (await imported(bare_house, filled(*LINES, held_on=later))).status_code == 200
