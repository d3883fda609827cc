"""Every fact twice, in any order, by several workers and relays at once: the effect is that of one run in order."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable

import pytest

from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Outgoing
from tests.world import books
from tests.world.books import everything, parked
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import AGAIN, DIRECT, LARGE, SECOND, SMALL, approve, post
from tests.world.troubles import Doomed, UnrulyBus, backwards

ROSTERS = (SMALL, SECOND, DIRECT, AGAIN)
Order = Callable[[list[Outgoing]], list[Outgoing]]


def in_order(messages: list[Outgoing]) -> list[Outgoing]:
    return messages


def shuffled(seed: int) -> Order:
    chance = random.Random(seed)

    def order(messages: list[Outgoing]) -> list[Outgoing]:
        return chance.sample(messages, len(messages))

    return order


ORDERS = [
    pytest.param(in_order, 1, id="as published"),
    pytest.param(in_order, 2, id="twice"),
    pytest.param(backwards, 1, id="backwards"),
    pytest.param(backwards, 3, id="three times, backwards"),
    *(pytest.param(shuffled(seed), 2, id=f"twice, shuffled {seed}") for seed in range(4)),
]


@pytest.mark.parametrize(("order", "times"), ORDERS)
async def test_any_number_of_times_in_any_order(open_house: OpenHouse, order: Order, times: int) -> None:
    house = open_house(unruly=lambda bus: UnrulyBus(bus, order, times))
    await approve(house, *ROSTERS)
    await house.run_until_quiet()
    await post(house, *ROSTERS)
    await house.run_until_quiet()
    await books.are_right(house, *ROSTERS, mailed=ROSTERS)


@pytest.mark.parametrize("seed", range(2))
async def testshuffled_and_doubled_while_it_dies(open_house: OpenHouse, seed: int) -> None:
    house = open_house(unruly=lambda bus: UnrulyBus(bus, shuffled(seed), 2))
    house.troubles.append(Doomed(set(random.Random(seed).sample(range(1, 400), 6))))
    await approve(house, *ROSTERS)
    await house.run_until_quiet()
    await post(house, *ROSTERS)
    await house.run_until_quiet()
    assert len(house.deaths) >= 3
    await books.are_right(house, *ROSTERS, mailed=ROSTERS)


async def test_two_workers_and_two_relays_at_once(open_house: OpenHouse) -> None:
    """On the same stores and queues; two of the rosters count in the same register of numbers."""
    house = open_house(workers=2, relays=2)
    rosters = (*ROSTERS, LARGE)
    await approve(house, *rosters)
    await house.run_until_quiet()
    await post(house, *rosters)
    await house.run_until_quiet()
    await books.are_right(house, *rosters, mailed=rosters)


@pytest.mark.parametrize(("order", "times"), ORDERS)
async def test_the_latest_entry_of_a_body_wins(open_house: OpenHouse, order: Order, times: int) -> None:
    house = open_house(unruly=lambda bus: UnrulyBus(bus, order, times))
    code = SMALL.station.code
    entry = {"name_en": "Station", "email": "office@example.org"}
    for version, name in enumerate(("第一鉴定站", "第二鉴定站", "第三鉴定站"), 2):  # registered, licensed
        changed = {**entry, "name_zh": name}
        answer = await house.operator.ask("PUT", f"/directory/bodies/{code}", version, json=changed)
        assert answer.status_code == 200, answer.text
    await house.run_until_quiet()
    for service in ("plan", "reporting", "certificate", "notification"):
        assert (await local_copies.copy_of(house.stores[service], BodyRegistered, code)).name_zh == "第三鉴定站", (
            service
        )


async def test_an_effect_before_its_cause_waits(house: House) -> None:
    """The approval arrives where the bodies are not known yet: it comes back until they are, then it is applied once."""
    for service in ("certificate", "notification"):
        await forget_bodies(house, service)
    await approve(house, SMALL)
    # Until the second wait is over: the registration takes longer than the first retry.
    await house.run_until_quiet(until=lambda: house.life.attempts == 2)
    assert await everything(house.stores["certificate"], "production") == []
    for body in await everything(house.stores["directory"], "body"):
        entry = {name: body.body[name] for name in ("name_zh", "name_en", "email", "produces")}
        answer = await house.operator.ask("PUT", f"/directory/bodies/{body.id}", body.version, json=entry)
        assert answer.status_code == 200
    await house.run_until_quiet()
    await books.are_right(house, SMALL)


async def test_an_effect_whose_cause_never_comes_is_parked_in_the_end(house: House) -> None:
    await forget_bodies(house, "certificate")
    await approve(house, SMALL)
    before = house.clock.now()
    await house.run_until_quiet()
    (kept,) = await parked(house, "certificate")
    assert (kept.queue, kept.reason, kept.attempts) == ("certificate.intake", "Exhausted", 4)
    assert (kept.last_parked_at - before).total_seconds() >= 10 + 60 + 600 + 3600


async def forget_bodies(house: House, service: str) -> None:
    """As if the registrations had not arrived there yet."""
    with contextlib.closing(sqlite3.connect(house.folder / "data" / f"{service}.sqlite")) as database, database:
        database.execute("DELETE FROM document WHERE kind = 'copy_body'")
