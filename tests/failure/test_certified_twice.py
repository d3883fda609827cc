"""Two approvals at the same moment, deaths between the claims of a roster and its own write, facts twice and late: one
person is certified once in an occupation and level, and nobody is kept from it by what was left half-way."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import httpx
import pytest

from services.reporting.certified.storage import CERTIFIED
from shared.contracts.reporting import RosterLine
from tests.world import books
from tests.world.books import everything
from tests.world.fixtures import built_by
from tests.world.house import House
from tests.world.seeding import APPROVER, approve, bring_roster, lines_of
from tests.world.sharing import Once
from tests.world.troubles import Crash, Fragile, Trouble, When
from tests.world.twice import (
    BECAUSE,
    ONE,
    OTHER,
    WHERE,
    both_wait,
    forget_the_certified,
    plan_both,
    try_to_approve,
)


@pytest.fixture(scope="session")
def folders(once: Once) -> dict[str, Path]:
    return {
        "waiting": once("certified twice", built_by(both_wait)),
        "planned": once("certified before", built_by(plan_both)),
    }


@pytest.fixture
async def house(folders: dict[str, Path], tmp_path: Path) -> AsyncIterator[House]:
    """Both wait for the Centre."""
    shutil.copytree(folders["waiting"], tmp_path / "house")
    opened = House(tmp_path / "house")
    yield opened
    await opened.close()


@dataclass
class Meeting(Trouble):
    """Whoever comes to this call waits there for as many as are expected."""

    port: str
    method: str
    expected: int
    _came: int = 0
    _all_here: asyncio.Event = field(default_factory=asyncio.Event)

    async def before(self, port: str, method: str, call: int) -> None:
        if (port, method) != (self.port, self.method):
            return
        self._came += 1
        if self._came >= self.expected:
            self._all_here.set()
        await self._all_here.wait()

    async def after(self, port: str, method: str, call: int) -> None:
        return None


def crossed() -> list[RosterLine]:
    """The first two people of ONE in the other order."""
    people, lines = lines_of(ONE)[:2], lines_of(OTHER)
    whose = [{"id_number": one.id_number, "birth": one.birth, "name": one.name} for one in people]
    return [lines[0].model_copy(update=whose[1]), lines[1].model_copy(update=whose[0]), lines[2]]


async def test_of_two_approvals_at_the_same_moment_one_stands_back(house: House) -> None:
    house.troubles.append(Meeting("reporting store", "add_many", 2))
    answers = await asyncio.gather(try_to_approve(house, ONE), try_to_approve(house, OTHER))
    assert sorted(status for status, _ in answers) == [200, 412], answers
    won, lost = (ONE, OTHER) if answers[0][0] == 200 else (OTHER, ONE)
    (refused,) = [answer for status, answer in answers if status == 412]
    assert won.id in refused["detail"]
    status, refused = await try_to_approve(house, lost)
    assert (status, won.id in refused["errors"][0]["what"]) == (422, True)
    await house.run_until_quiet()
    await books.are_right(house, won)


async def test_of_two_that_claim_the_same_in_another_order_one_gets_through(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(folders["planned"], tmp_path / "house")
    house = House(tmp_path / "house")
    await bring_roster(house, OTHER, crossed())
    house.troubles.append(Meeting("reporting store", "add_many", 2))
    answers = await asyncio.gather(try_to_approve(house, ONE), try_to_approve(house, OTHER))
    assert sorted(status for status, _ in answers) == [200, 412], answers
    await house.close()


async def test_the_same_approval_twice_at_once_is_one(house: House) -> None:
    house.troubles.append(Meeting("reporting store", "add_many", 2))
    answers = await asyncio.gather(try_to_approve(house, ONE), try_to_approve(house, ONE))
    assert sorted(status for status, _ in answers) == [200, 412], answers
    await house.run_until_quiet()
    await books.are_right(house, ONE)
    assert (await try_to_approve(house, OTHER))[0] == 422


CALLS = ("get_many", "add", "add_many", "put", "count", "find")


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("when", get_args(When))
async def test_whatever_dies_the_person_is_certified_once(house: House, method: str, when: When) -> None:
    fall = Fragile("reporting store", method, when, 1)
    house.troubles.append(fall)
    await approve(house, ONE)
    assert fall.fired, f"{fall} never happened: the test tests nothing"
    await house.run_until_quiet()
    await books.are_right(house, ONE)
    status, refused = await try_to_approve(house, OTHER)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])
    assert (await try_to_approve(house, OTHER, BECAUSE))[0] == 200
    await house.run_until_quiet()
    await books.are_right(house, ONE, OTHER)


async def dies_after_its_claims(house: House) -> None:
    house.troubles.append(Fragile("reporting store", "add_many", "after", 1))
    with pytest.raises(httpx.ReadError):
        await try_to_approve(house, ONE)
    house.troubles.clear()
    assert (await house.person(APPROVER).get(ONE.path))["state"] == "endorsed"
    assert await everything(house.stores["reporting"], CERTIFIED)


async def test_what_an_approval_left_half_way_is_said_and_goes_on(house: House) -> None:
    await dies_after_its_claims(house)
    status, refused = await try_to_approve(house, OTHER)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])
    assert "请先办结该名册" in refused["errors"][0]["what"]
    assert (await try_to_approve(house, ONE))[0] == 200


async def test_what_an_approval_left_half_way_keeps_nobody_once_the_roster_went_another_way(house: House) -> None:
    await dies_after_its_claims(house)
    await house.person(APPROVER).step(ONE.path, "return", json={"reason": "请核对"})
    assert (await try_to_approve(house, OTHER))[0] == 200
    await house.person(ONE.branch.account("branch_officer")).step(ONE.path, "endorsement")  # type: ignore[union-attr]
    status, refused = await try_to_approve(house, ONE)
    assert (status, OTHER.id in str(refused)) == (422, True)


@pytest.mark.parametrize("method", ["add_many", "get_many", "put", "add", "find"])
@pytest.mark.parametrize("when", get_args(When))
async def test_entering_what_was_approved_before_goes_on_after_a_death(house: House, method: str, when: When) -> None:
    await approve(house, ONE)
    assert (await try_to_approve(house, OTHER, BECAUSE))[0] == 200
    await house.run_until_quiet()
    forget_the_certified(house)
    house.born()
    fall = Fragile("reporting store", method, when, 1)
    house.troubles.append(fall)
    with pytest.raises(Crash):
        await house.tick()
    assert fall.fired
    house.born()
    for _ in range(2):
        await house.tick()
    holders = [one.body["holders"] for one in await everything(house.stores["reporting"], CERTIFIED)]
    assert sorted(len(one) for one in holders) == [1] * (ONE.size + OTHER.size - 2) + [2]
    assert sorted((one["roster"], one["n"]) for of_hash in holders for one in of_hash) == sorted(
        (planned.id, n) for planned in (ONE, OTHER) for n in range(1, planned.size + 1)
    )
