"""Rosters that were under way when the release that asks more of them came: what was right is finished as it stands, and what
was not is named, with the way out of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.demo.cast import BODIES, STATIONS
from tests.world.earlier import house_of
from tests.world.house import House
from tests.world.seeding import APPROVER, TURNER, Planned

STATION = STATIONS[0]
BRANCH = next(body for body in BODIES if body.code == STATION.parent).account("branch_officer")
CLERK, HEAD = STATION.account("station_clerk"), STATION.account("station_head")

UNOPENED, DRAFT, ENDORSED, TOO_YOUNG, BEYOND = (
    Planned(STATION, number, ((TURNER, 2),), emails=0) for number in (14, 15, 16, 17, 19)
)
"""As they stand in the store: 14 has no roster yet; in 17 somebody was 14 on the day; 19 has two passed, and one planned."""


@pytest.fixture(params=["at once", "after everybody was told anew"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    house = await house_of("under-way", tmp_path / "house")
    await house.tick()  # who was certified before is entered
    if request.param != "at once":
        await house.run_until_quiet()
    yield house
    await house.close()


async def refused(house: House, account: str, document: str, verb: str, **content: Any) -> dict[str, Any]:
    _, etag = await house.person(account).look(document)
    answer = await house.person(account).ask("POST", f"{document}/{verb}", etag, **content)
    assert answer.status_code == 422, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


def rules(exceptions: list[dict[str, str]]) -> list[str]:
    """Without those about people: the same ones pass every exam in this store."""
    return [one["rule"] for one in exceptions if not one["rule"].startswith("certified_before/")]


async def approve(house: House, roster: Planned) -> dict[str, Any]:
    """Found anew at the approval: what the first refusal names, the second request gives a reason for."""
    _, etag = await house.person(APPROVER).look(roster.path)
    answer = await house.person(APPROVER).ask("POST", f"{roster.path}/approval", etag)
    pointers = [one["where"].removeprefix("/exceptions/") for one in answer.json().get("errors", ())]
    reasons = {one.replace("~1", "/"): "测试特批" for one in pointers}
    return await house.person(APPROVER).act(roster.path, "approval", etag, json={"exceptions": reasons})


async def produced(house: House, roster: Planned) -> dict[str, Any]:
    await house.run_until_quiet()
    found: dict[str, Any] = await house.person(APPROVER).get(f"/certificate/productions/{roster.id}")
    return found


async def test_a_draft_with_lines_goes_all_the_way(house: House) -> None:
    """Its papers were written by the station, and no draw is recorded of what was approved before."""
    await house.person(HEAD).step(DRAFT.path, "submission")
    await house.person(BRANCH).step(DRAFT.path, "endorsement")
    approved = await approve(house, DRAFT)
    assert (approved["state"], rules(approved["exceptions"])) == ("approved", [])
    assert (await produced(house, DRAFT))["certificates"] == 2


async def test_one_that_waits_for_the_centre_is_approved(house: House) -> None:
    assert (await approve(house, ENDORSED))["state"] == "approved"
    assert (await produced(house, ENDORSED))["certificates"] == 2


async def test_of_an_approved_session_one_is_opened(house: House) -> None:
    heads = dict.fromkeys(("applied", "accepted", "examined"), 2)
    opened = await house.person(CLERK).create(
        "/reporting/rosters", {"session": UNOPENED.id, "attendance": heads}, "new"
    )
    assert (opened["state"], opened["held_on"]) == ("draft", "2026-03-12")


async def test_nobody_gets_a_certificate_who_was_fourteen(house: House) -> None:
    """The line is named; the roster goes back and is reported anew without it."""
    problem = await refused(house, APPROVER, TOO_YOUNG.path, "approval")
    (line,) = problem["errors"]
    assert (line["where"], "16" in line["what"], "退回" in line["fix"]) == ("/lines/1", True, True)
    for account in (APPROVER, BRANCH):
        await house.person(account).step(TOO_YOUNG.path, "return", json={"reason": "第 1 行不满 16 周岁"})
    again = await refused(house, HEAD, TOO_YOUNG.path, "submission")
    assert [one["where"] for one in again["errors"]] == ["/lines/1"]
    assert (await house.person(CLERK).step(TOO_YOUNG.path, "discarding"))["state"] == "discarded"


async def test_more_than_were_planned_need_a_reason(house: House) -> None:
    """Counted at the next step, so that whoever decides sees it."""
    endorsed = await house.person(BRANCH).step(BEYOND.path, "endorsement")
    beyond = ["beyond_planned/6-04-01-01/4", "examined_beyond_planned"]
    assert rules(endorsed["needs"]) == beyond
    problem = await refused(house, APPROVER, BEYOND.path, "approval")
    pointers = ["/exceptions/beyond_planned~16-04-01-01~14", "/exceptions/examined_beyond_planned"]
    assert [one["where"] for one in problem["errors"]][:2] == pointers
    approved = await approve(house, BEYOND)
    assert rules(approved["exceptions"]) == beyond
    assert {one["reason"] for one in approved["exceptions"]} == {"测试特批"}
