"""A revocation is carried out to the same end whatever dies, repeats or comes in another order."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from shared.contracts.envelope import Envelope
from shared.ports import Outgoing
from tests.world import winding
from tests.world.books import everything, parked
from tests.world.fixtures import built_by
from tests.world.house import House
from tests.world.sharing import Once
from tests.world.topology import TOPOLOGY
from tests.world.troubles import Doomed, Fragile, UnrulyBus, When, backwards, shuffled
from tests.world.winding import SECOND, the_sanction, traces

Open = Callable[..., House]


@pytest.fixture(scope="module")
def seconded_folder(once: Once) -> Path:
    """One confirmation is missing."""
    return once("seconded", built_by(winding.until_seconded))


@pytest.fixture
async def open_seconded(seconded_folder: Path, tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[House] = []

    def copy_of_it(**options: Any) -> House:
        shutil.copytree(seconded_folder, tmp_path / "house")
        opened.append(House(tmp_path / "house", **options))
        return opened[-1]

    yield copy_of_it
    for house in opened:
        await house.close()


@pytest.fixture(scope="module")
def calm(seconded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is left when nothing goes wrong."""

    async def run() -> dict[str, Any]:
        house = House(folder)
        await second(house)
        found = await the_end(house)
        await house.close()
        return found

    folder = tmp_path_factory.mktemp("calm") / "house"
    shutil.copytree(seconded_folder, folder)
    return asyncio.run(run())


async def second(house: House) -> None:
    """The missing confirmation, by somebody who asks again when the connection ends."""
    while True:
        try:
            sanction = await the_sanction(house)
            if sanction["state"] == "seconded":
                await winding.confirm(house, sanction["id"], SECOND)
            return
        except httpx.ReadError:
            continue


async def the_end(house: House) -> dict[str, Any]:
    await house.run_until_quiet()
    for service in house.stores:
        left = [(one.queue, one.reason, one.detail) for one in await parked(house, service)]
        assert left == [], service
    sanction = await the_sanction(house)
    assert (sanction["state"], sanction["differs_in"]) == ("carried_out", [])
    letters = await everything(house.stores["notification"], "mailing")
    found = await traces(house)
    # The four parts arrive in any order.
    return {**found, "letters": sorted((record.body["letter"], record.body["to"]) for record in letters)}


CALLS = [
    ("supervision store", "put"),
    ("supervision store", "sent"),
    ("supervision bus", "publish"),
    ("supervision bus", "handled supervision.windup"),
    # Letters to the body, and to the holders of what was voided.
    ("notification store", "add"),
    ("notification bus", "publish"),
    ("notification bus", "handled notification.plan"),
    ("notification bus", "handled notification.plan_single"),
    *(
        (f"{service} {port}", method)
        for service in ("directory", "plan", "reporting", "certificate")
        for port, method in (
            ("store", "put"),
            ("store", "add"),
            ("store", "sent"),
            ("bus", "publish"),
            ("bus", f"handled {service}.windup"),
        )
    ),
]


@pytest.mark.parametrize(("port", "method"), CALLS)
@pytest.mark.parametrize("when", get_args(When))
async def test_it_dies_anywhere(open_seconded: Open, calm: dict[str, Any], port: str, method: str, when: When) -> None:
    house = open_seconded()
    fall = Fragile(port, method, when)
    house.troubles.append(fall)
    house.born()
    await second(house)
    assert await the_end(house) == calm
    assert fall.fired, f"{fall} never happened: the test tests nothing"


@pytest.mark.parametrize("nth", range(2, 8))
async def test_it_dies_between_two_writes(open_seconded: Open, calm: dict[str, Any], nth: int) -> None:
    """Of the accounts, sessions, rosters and batches, some are done and some are not."""
    house = open_seconded()
    for service, last in (("directory", 5), ("plan", 5), ("reporting", 3), ("certificate", 2)):
        house.troubles.append(Fragile(f"{service} store", "put", "after", min(nth, last)))
    house.born()
    await second(house)
    assert await the_end(house) == calm
    assert house.deaths


@pytest.mark.parametrize("seed", range(3))
async def test_it_dies_again_and_again(open_seconded: Open, calm: dict[str, Any], seed: int) -> None:
    house = open_seconded()
    doom = Doomed(set(random.Random(seed).sample(range(1, 250), 10)))
    house.troubles.append(doom)
    await second(house)
    assert await the_end(house) == calm
    assert len(house.deaths) >= 4, doom.falls


@pytest.mark.parametrize(("order", "times"), [(backwards, 1), (backwards, 3), (shuffled, 2)])
async def test_any_number_of_times_in_any_order(
    open_seconded: Open, calm: dict[str, Any], order: Callable[[list[Outgoing]], list[Outgoing]], times: int
) -> None:
    house = open_seconded(unruly=lambda bus: UnrulyBus(bus, order, times))
    await second(house)
    assert await the_end(house) == calm


async def test_two_workers_at_once(open_seconded: Open, calm: dict[str, Any]) -> None:
    house = open_seconded(workers=2, relays=2)
    await second(house)
    assert await the_end(house) == calm


async def test_every_handler_repeated_changes_nothing(open_seconded: Open, calm: dict[str, Any]) -> None:
    """Days later, when somebody replays everything."""
    house = open_seconded()
    wires: list[str] = []
    publish = house.real_bus.publish

    async def listening(message: Outgoing) -> None:
        wires.append(message.wire)
        await publish(message)

    house.real_bus.publish = listening  # type: ignore[method-assign]
    await second(house)
    assert await the_end(house) == calm
    house.clock.advance(3 * 86400)
    repeated = 0
    for envelope in [Envelope.read(wire) for wire in wires]:
        for queue in TOPOLOGY.queues:
            if envelope.fact_type in queue.takes and queue.service != "notification":
                await house.services[queue.service].handlers[queue.job][envelope.fact_type](envelope)
                repeated += 1
    assert repeated >= 10
    assert await the_end(house) == calm


async def test_a_house_that_changed_after_the_confirmation_is_told(open_seconded: Open) -> None:
    """The parcel is scanned before the message arrives: it stays posted, and the sanction says that it differs."""
    house = open_seconded()
    await second(house)
    unissued = winding.UNISSUED
    parcel = {"carrier": "中国邮政EMS", "parcel": "EA000000009CN"}
    await house.person(unissued.poster).step(f"/certificate/productions/{unissued.id}", "parcel", json=parcel)
    await house.run_until_quiet()
    sanction = await the_sanction(house)
    assert sanction["state"] == "differs"
    assert sanction["differs_in"] == [
        f"证书制作 {unissued.id} 的结果有变 · production {unissued.id} ready→voided (500) ≠ mailed→mailed (500)"
    ]
    letters = await everything(house.stores["notification"], "mailing", {"letter": "revocation-carried-out"})
    assert [record.body["values"]["agrees"] for record in letters] == [False]
