"""Two rosters of two stations that wait for the Centre, with the same turner in both."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from services.demo.cast import STATIONS
from services.reporting.certified.storage import APPROVING, CERTIFIED, ENTERED, KEY_IN_USE
from shared.contracts.reporting import RosterLine
from tests.world.house import House
from tests.world.seeding import (
    APPROVER,
    TURNER,
    WELDER,
    Planned,
    bring_roster,
    lines_of,
    open_the_house,
    plan_session,
)

ONE = Planned(STATIONS[0], 1, ((TURNER, 2), (WELDER, 1)), emails=0)
OTHER = Planned(STATIONS[1], 1, ((TURNER, 3),), emails=0)
RULE = "certified_before/2"  # the second line of OTHER is the first of ONE
WHERE = "/exceptions/certified_before~12"
"""Where a refusal names it: a pointer, in which the stroke of the rule is written so."""
BECAUSE = {"exceptions": {RULE: "原证书遗失且经核实，同意重新鉴定"}}


def with_the_same() -> list[RosterLine]:
    """OTHER's lines, the second of which is about the first person of ONE, who is written another way there."""
    same, lines = lines_of(ONE)[0], lines_of(OTHER)
    who = {"id_number": same.id_number, "birth": same.birth, "sex": same.sex, "name": same.name}
    return [lines[0], lines[1].model_copy(update=who), lines[2]]


async def plan_both(house: House) -> None:
    """ONE waits for the Centre; the session of OTHER is approved."""
    await open_the_house(house)
    for planned in (ONE, OTHER):
        await plan_session(house, planned)
    await house.run_until_quiet()
    await bring_roster(house, ONE)
    await house.run_until_quiet()


async def both_wait(house: House) -> None:
    """Both wait for the Centre, and nothing was known when OTHER was imported."""
    await plan_both(house)
    await bring_roster(house, OTHER, with_the_same())
    await house.run_until_quiet()


async def try_to_approve(house: House, planned: Planned, content: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Status and answer."""
    approver = house.person(APPROVER)
    _, etag = await approver.look(planned.path)
    more = {} if content is None else {"json": content}
    answer = await approver.ask("POST", f"{planned.path}/approval", etag, **more)
    return answer.status_code, answer.json()


def forget_the_certified(house: House) -> None:
    """As a release left it that kept no hashes."""
    with closing(sqlite3.connect(house.folder / "data" / "reporting.sqlite")) as file, file:
        kinds = (APPROVING, CERTIFIED, ENTERED, KEY_IN_USE)
        file.execute(f"DELETE FROM document WHERE kind IN ({', '.join('?' * len(kinds))})", kinds)
