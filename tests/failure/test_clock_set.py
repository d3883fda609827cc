"""Somebody sets the clock by an hour while the house works: the books are right afterwards, nobody waits for the hour to
pass, nobody is kept out, and nobody whose access was ended gets in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from tests.world import books
from tests.world.clock import HandClock
from tests.world.doors import DOORS, ask, is_let_in, refresh, sign_in, token
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, DIRECT, SECOND, SMALL, approve, post
from tests.world.troubles import Doomed, Trouble

HOUR = 3600.0
BOTH_WAYS = pytest.mark.parametrize("seconds", [-HOUR, HOUR], ids=["back", "on"])
ROSTERS = (SMALL, DIRECT)
PATIENCE = 600.0  # seconds of the house's time for a road without troubles; an hour would be the jump itself


@dataclass
class ClockSet(Trouble):
    """Somebody sets the wall clock right before the nth call of a method, once."""

    clock: HandClock
    seconds: float
    port: str
    method: str
    nth: int = 1
    done: bool = field(default=False, init=False)

    async def before(self, port: str, method: str, call: int) -> None:
        if not self.done and (port, method) == (self.port, self.method) and call >= self.nth:
            self.done = True
            self.clock.set_by(self.seconds)


MOMENTS = [
    ("reporting bus", "publish", 1),
    ("certificate store", "put", 2),
    ("certificate store", "add", 5),
    ("workshop", "do", 1),
    ("certificate bus", "publish", 2),
    ("notification store", "add", 2),
    ("mailer", "send", 2),
]


@BOTH_WAYS
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment[0]} {moment[1]} {moment[2]}")
async def test_a_road_with_a_jump_in_the_middle(house: House, moment: tuple[str, str, int], seconds: float) -> None:
    """There, and back again on the second half of the road."""
    began = house.clock.monotonic()
    there = ClockSet(house.clock, seconds, *moment)
    house.troubles.append(there)
    await approve(house, *ROSTERS)
    await house.run_until_quiet()
    assert there.done, "the road does not come by there"
    back = ClockSet(house.clock, -seconds, "notification store", "add")
    house.troubles.append(back)
    await post(house, *ROSTERS)
    await house.run_until_quiet()
    assert back.done
    assert house.life.attempts == 0, "a clock that is set costs no attempt"
    assert house.clock.monotonic() - began < PATIENCE
    await books.are_right(house, *ROSTERS, mailed=ROSTERS)


@pytest.mark.parametrize("seed", range(3))
async def test_a_road_with_jumps_and_deaths(open_house: OpenHouse, seed: int) -> None:
    chance = random.Random(seed)
    house = open_house(workers=2, relays=2)
    house.troubles.append(Doomed(set(chance.sample(range(1, 400), 4))))
    for seconds in chance.sample([-HOUR, HOUR, -HOUR, HOUR], 4):
        house.troubles.append(ClockSet(house.clock, seconds, *chance.choice(MOMENTS[:2] + MOMENTS[4:])))
    rosters = (SMALL, SECOND, DIRECT)
    await approve(house, *rosters)
    await house.run_until_quiet()
    await post(house, *rosters)
    await house.run_until_quiet()
    await books.are_right(house, *rosters, mailed=rosters)


@BOTH_WAYS
async def test_reminders_go_out_once(house: House, seconds: float) -> None:
    before = len(await house.person(CLERK).everything("/notification/mailings"))
    house.clock.advance(90 * 24 * 3600)  # to July: its bodies were registered in the quarter that is over then
    await house.tick()
    await house.run_until_quiet()
    house.born()  # the keys that sign tokens are others by then
    told = await house.person(CLERK).everything("/notification/mailings")
    assert len(told) > before, "nobody was reminded of anything"
    for step in (seconds, -seconds):
        house.clock.set_by(step)
        await house.tick()
        await house.run_until_quiet()
    assert await house.person(CLERK).everything("/notification/mailings") == told


@BOTH_WAYS
async def test_everybody_signs_in_and_works_on(house: House, seconds: float) -> None:
    for account in (CLERK, APPROVER):
        for _ in range(3):
            held = await token(house, account)
    for step in (seconds, -seconds):
        house.clock.set_by(step)
        for account in (CLERK, APPROVER):
            answer = await sign_in(house, account)
            assert answer.status_code == 200, answer.text
        renewed = await refresh(house, held["refresh_token"])
        assert renewed.status_code == 200, renewed.text
        held = renewed.json()
        for service in DOORS:
            assert await is_let_in(house, held["access_token"], service), service


@BOTH_WAYS
@pytest.mark.parametrize("before", [True, False], ids=["set before", "set after"])
async def test_ended_access_stays_ended(house: House, seconds: float, before: bool) -> None:
    """Also when the hour comes a second time in which the token was good."""
    held = await token(house, CLERK)
    for service in DOORS:
        assert await is_let_in(house, held["access_token"], service)
    if before:
        house.clock.set_by(seconds)
        held = await token(house, CLERK)
        for service in DOORS:
            assert await is_let_in(house, held["access_token"], service)
    assert (await ask(house, held["access_token"], "/directory/sign-out-everywhere", "POST")).status_code == 204
    if not before:
        house.clock.set_by(seconds)
    for minute in range(140):
        house.clock.advance(60)
        opened = [service for service in DOORS if await is_let_in(house, held["access_token"], service)]
        assert opened == [], f"after {minute + 1} minutes"
    assert (await refresh(house, held["refresh_token"])).status_code == 401
