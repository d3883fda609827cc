"""Session plans that were under way when the release that asks more of them came: what is approved stays approved, what is not
meets the rules at its next step and is told what to do; and each can be finished."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.demo.cast import BODIES, STATIONS
from shared.contracts.plan import SessionPlanApproved
from shared.keeping import local_copies
from tests.world.earlier import house_of
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, TURNER, Planned, draw_papers, let_through, reasons_for

STATION, OTHER = STATIONS[0], STATIONS[2]
NEXT_DAY = "2026-05-20"


def session(number: int, station: Any = STATION) -> tuple[str, Planned]:
    planned = Planned(station, number, ((TURNER, 2),), emails=0)
    return f"/plan/session-plans/{planned.id}", planned


DRAFT, SUBMITTED, ENDORSED, HELD, UNAPPROVED = (session(number)[0] for number in (11, 12, 13, 14, 20))
"""As they stand in the store: all but the last are of 12 March, the last states an unapproved standard."""
BEYOND, UNPLANNED = session(1, OTHER)[0], session(2, OTHER)[0]
"""500 heads, approved on an annual plan of one head, a draft; and one head more, submitted."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = await house_of("under-way", tmp_path / "house")
    await house.run_until_quiet()
    yield house
    await house.close()


def clerk_of(house: House, path: str) -> Any:
    station = STATION if STATION.code in path else OTHER
    return house.person(station.account("station_clerk")), house.person(station.account("station_head"))


def branch_of(house: House, path: str) -> Any:
    station = STATION if STATION.code in path else OTHER
    return house.person(next(body for body in BODIES if body.code == station.parent).account("branch_officer"))


async def refused(person: Any, path: str, verb: str, **content: Any) -> list[str]:
    _, etag = await person.look(path)
    answer = await person.ask("POST", f"{path}/{verb}", etag, **content)
    assert answer.status_code == 422, answer.text
    assert all(one["fix"] for one in answer.json()["errors"])
    return [one["where"] for one in answer.json()["errors"]]


async def revised(house: House, path: str, **content: Any) -> None:
    clerk, _ = clerk_of(house, path)
    found, etag = await clerk.look(path)
    entry = {name: found[name] for name in ("held_on", "place", "in_charge", "standard", "paper_source", "fee_yuan")}
    items = [
        {name: one[name] for name in ("occupation", "level", "heads")} | {"paper_sets": 3} for one in found["items"]
    ]
    answer = await clerk.ask("PUT", path, etag, json={**entry, "items": items, **content})
    assert answer.status_code == 200, answer.text


async def up(house: House, path: str) -> dict[str, Any]:
    await clerk_of(house, path)[1].step(path, "submission")
    await branch_of(house, path).step(path, "endorsement")
    return await let_through(house.person(APPROVER), path)


async def test_a_draft_for_a_day_that_is_over_gets_another_day(house: House) -> None:
    _, head = clerk_of(house, DRAFT)
    assert await refused(head, DRAFT, "submission") == ["/held_on"]
    await revised(house, DRAFT, held_on=NEXT_DAY)
    approved = await up(house, DRAFT)
    assert (approved["state"], approved["exceptions"], approved["draw_needed"]) == ("approved", [], True)
    await draw_papers(house.person(CLERK), DRAFT)


async def test_one_that_was_submitted_comes_back_first(house: House) -> None:
    _, head = clerk_of(house, SUBMITTED)
    assert await refused(branch_of(house, SUBMITTED), SUBMITTED, "endorsement") == ["/held_on"]
    await head.step(SUBMITTED, "withdrawal", json={"reason": "日期已过"})
    await revised(house, SUBMITTED, held_on=NEXT_DAY)
    assert (await up(house, SUBMITTED))["state"] == "approved"


async def test_one_that_waits_for_the_centre_is_sent_back(house: House) -> None:
    approver = house.person(APPROVER)
    found = await approver.get(ENDORSED)
    assert [one["rule"] for one in found["needs"]] == ["paper_sets"], "no reason is asked for a day that is over"
    reasons = {"exceptions": {**reasons_for(found), "lead_time": "已考完"}}
    assert await refused(approver, ENDORSED, "approval", json=reasons) == ["/held_on"]
    for reviewer in (approver, branch_of(house, ENDORSED)):
        await reviewer.step(ENDORSED, "return", json={"reason": "先批准，后鉴定"})
    await revised(house, ENDORSED, held_on=NEXT_DAY)
    assert (await up(house, ENDORSED))["state"] == "approved"


async def test_an_unapproved_standard_goes_no_further(house: House) -> None:
    assert await refused(branch_of(house, UNAPPROVED), UNAPPROVED, "endorsement") == ["/standard"]
    await branch_of(house, UNAPPROVED).step(UNAPPROVED, "return", json={"reason": "标准未经批准"})
    await revised(house, UNAPPROVED, standard="national")
    approved = await up(house, UNAPPROVED)
    assert [one["rule"] for one in approved["exceptions"]] == ["lead_time"], "20 April is 17 days away"


async def test_a_session_under_an_annual_plan_that_nobody_approved(house: House) -> None:
    """The one before took 500 of one head: it stays approved, and stands in the way of the next one from now on."""
    officer, approver = branch_of(house, UNPLANNED), house.person(APPROVER)
    assert await refused(officer, UNPLANNED, "endorsement") == ["/annual_plan"]
    await up(house, f"/plan/annual-plans/{OTHER.code}-2026")
    await officer.step(UNPLANNED, "endorsement")
    (quota, papers) = (await approver.get(UNPLANNED))["needs"]
    assert "年度计划 1 人，其他批次已用 500 人，尚余 0 人" in quota["what"]
    assert papers["rule"] == "paper_sets"
    assert len(await refused(approver, UNPLANNED, "approval")) == 2
    assert (await let_through(approver, UNPLANNED))["state"] == "approved"
    assert (await approver.get(BEYOND))["state"] == "approved"


async def test_what_was_approved_waits_for_no_draw_also_on_another_day(house: House) -> None:
    approver = house.person(APPROVER)
    found = await approver.get(HELD)
    assert (found["state"], found["draw_needed"], found["needs"], found["draws"]) == ("approved", None, [], [])
    await approver.step(HELD, "postponement", json={"held_on": NEXT_DAY, "reason": "当日未举行"})
    await house.run_until_quiet()
    known = await local_copies.seek(house.stores["reporting"], SessionPlanApproved, HELD.rsplit("/", 1)[-1])
    assert known is not None
    assert (f"{known.held_on}", known.draw_needed) == (NEXT_DAY, None)


async def test_and_may_be_cancelled(house: House) -> None:
    _, head = clerk_of(house, BEYOND)
    assert (await head.step(BEYOND, "cancellation", json={"reason": "未举行"}))["state"] == "cancelled"
    await house.run_until_quiet()
    await up(house, f"/plan/annual-plans/{OTHER.code}-2026")
    assert [one["rule"] for one in (await head.get(UNPLANNED))["needs"]] == ["paper_sets"], "its heads are free again"
