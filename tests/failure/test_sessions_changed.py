"""A session is postponed or cancelled while its roster is on its way: whatever dies, repeats or comes in another order, the
roster ends where its session does, once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any, get_args

import httpx
import pytest

from services.reporting.rosters.roster import Roster
from services.reporting.sessions import storage as sessions
from shared.keeping import repository
from tests.world import books
from tests.world.books import parked
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.seeding import (
    APPROVER,
    CLERK,
    DIRECT,
    HELD_ON,
    SECOND,
    SMALL,
    Planned,
    approve,
    draw_papers,
    post,
    up,
    workbook,
)
from tests.world.troubles import Doomed, Fragile, UnrulyBus, When, backwards, shuffled

NEW_DAY = HELD_ON + timedelta(days=10)


async def _insist(person: Person, document: str, verb: str, **content: Any) -> None:
    """As people do when the connection ends: look whether it was done, and ask again if not."""
    while True:
        try:
            found = await person.get(document)
            if verb == "postponement" and found["held_on"] == content["json"]["held_on"]:
                return
            if verb == "cancellation" and found["state"] == "cancelled":
                return
            await person.step(document, verb, **content)
            return
        except httpx.ReadError:
            continue


async def postpone(house: House, planned: Planned) -> None:
    to = {"held_on": NEW_DAY.isoformat(), "reason": "考场停电"}
    await _insist(house.person(APPROVER), f"/plan/session-plans/{planned.id}", "postponement", json=to)


async def cancel(house: House, planned: Planned) -> None:
    why = {"reason": "考场关闭"}
    await _insist(house.person(APPROVER), f"/plan/session-plans/{planned.id}", "cancellation", json=why)


async def roster_of(house: House, planned: Planned) -> Roster:
    return await repository.load(house.stores["reporting"], Roster, planned.id)


async def letters(house: House, planned: Planned) -> Counter[str]:
    rows = await books.everything(house.stores["notification"], "mailing", {"letter": "returned"})
    return Counter(row.body["letter"] for row in rows if planned.id in row.body["fact"])


async def changed(house: House) -> None:
    """One session postponed, one cancelled, one left alone: what has become of their rosters."""
    await postpone(house, SMALL)
    await cancel(house, SECOND)
    await approve(house, DIRECT)
    await house.run_until_quiet()
    for service in house.stores:
        assert [(one.queue, one.reason, one.detail) for one in await parked(house, service)] == [], service
    back, over, done = [await roster_of(house, planned) for planned in (SMALL, SECOND, DIRECT)]
    assert (back.state, back.held_on, back.pages, back.import_id) == ("returned", NEW_DAY, [], "")
    assert [entry.verb for entry in back.history].count("postpone") == 1
    assert "考场停电" in back.returned_because
    assert (over.state, [entry.verb for entry in over.history].count("void")) == ("voided", 1)
    assert done.state == "approved"
    assert (await letters(house, SMALL))["returned"] > 0
    assert await house.stores["certificate"].get("production", SMALL.id) is None


async def reported_anew(house: House) -> None:
    """On the new day, with a workbook that names it."""
    house.clock.advance(10 * 86400)
    # It was put off on its day, on which the station saw which of its sets had been drawn.
    await draw_papers(house.person(CLERK), f"/plan/session-plans/{SMALL.id}")
    await house.run_until_quiet()
    clerk = house.person(SMALL.station.account("station_clerk"))
    seen = await clerk.ask("GET", SMALL.path)
    old = await clerk.ask("PUT", f"{SMALL.path}/workbook", seen.headers["ETag"], content=workbook(SMALL))
    assert old.status_code == 422
    assert {f"{NEW_DAY}" in problem["what"] for problem in old.json()["errors"]} == {True}
    content = workbook(SMALL, held_on=NEW_DAY)
    answer = await clerk.ask("PUT", f"{SMALL.path}/workbook", seen.headers["ETag"], content=content)
    assert answer.status_code == 200, answer.text
    await up(house, SMALL, SMALL.path, approve=True)
    await house.run_until_quiet()
    await post(house, SMALL)
    await house.run_until_quiet()
    production = await house.person(APPROVER).get(f"/certificate/productions/{SMALL.id}")
    assert (production["state"], production["certificates"]) == ("mailed", SMALL.size)


async def test_when_nothing_goes_wrong(open_house: OpenHouse) -> None:
    house = open_house()
    await changed(house)
    await reported_anew(house)


CALLS = [
    ("plan store", "put"),
    ("plan store", "sent"),
    ("plan bus", "publish"),
    ("reporting store", "add"),
    ("reporting store", "put"),
    ("reporting store", "sent"),
    ("reporting bus", "publish"),
    ("reporting bus", "handled reporting.copies"),
]


@pytest.mark.parametrize(("port", "method"), CALLS)
@pytest.mark.parametrize("when", get_args(When))
async def test_it_dies_anywhere(open_house: OpenHouse, port: str, method: str, when: When) -> None:
    house = open_house()
    fall = Fragile(port, method, when)
    house.troubles.append(fall)
    house.born()
    await changed(house)
    assert fall.fired, f"{fall} never happened: the test tests nothing"


@pytest.mark.parametrize("nth", range(2, 6))
async def test_it_dies_between_two_writes(open_house: OpenHouse, nth: int) -> None:
    """Of the note, the local copy and the roster, some are written and some are not."""
    house = open_house()
    fall = Fragile("reporting store", "put", "after", nth)
    house.troubles.append(fall)
    house.born()
    await changed(house)
    assert fall.fired


@pytest.mark.parametrize(("order", "times"), [(backwards, 1), (backwards, 3), (shuffled, 2)])
async def test_any_number_of_times_in_any_order(open_house: OpenHouse, order: Any, times: int) -> None:
    house = open_house(unruly=lambda bus: UnrulyBus(bus, order, times))
    await changed(house)
    await reported_anew(house)


async def test_two_workers_at_once(open_house: OpenHouse) -> None:
    await changed(open_house(workers=2, relays=2))


@pytest.mark.parametrize("seed", range(2))
async def test_it_dies_again_and_again(open_house: OpenHouse, seed: int) -> None:
    house = open_house(unruly=lambda bus: UnrulyBus(bus, shuffled, 2))
    house.troubles.append(Doomed(set(random.Random(seed).sample(range(1, 200), 6))))
    await changed(house)
    assert len(house.deaths) >= 2


@pytest.mark.parametrize(("order", "times"), [(None, 1), (backwards, 2), (shuffled, 2)])
async def test_approved_and_cancelled_at_the_same_moment(open_house: OpenHouse, order: Any, times: int) -> None:
    """Neither had heard of the other: the certificates are made, and the session was held after all."""
    house = open_house(unruly=lambda bus: UnrulyBus(bus, order, times)) if order else open_house()
    await asyncio.gather(cancel(house, SMALL), approve(house, SMALL))
    await house.run_until_quiet()
    roster, plan = await roster_of(house, SMALL), f"/plan/session-plans/{SMALL.id}"
    assert (roster.state, [entry.verb for entry in roster.history].count("void")) == ("approved", 0)
    assert (await house.person(APPROVER).get(plan))["state"] == "approved"
    assert (await sessions.known(house.stores["reporting"], SMALL.id)).ended == ""
    await books.are_right(house, SMALL)
