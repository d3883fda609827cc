"""Thousands of malformed messages in the queues: each is parked or applied, each parked one is listed, nothing ends."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Sequence

from shared.messaging.parking import LARGEST_KEPT
from tests.world.books import parked
from tests.world.house import House
from tests.world.malformed_messages import PATHOLOGICAL, messages

# One that writes down what it is told, and one that keeps local copies.
QUEUES = ("supervision.records", "reporting.copies")
SEED, COUNT = 20261126, 10_000


async def put_all(house: House, queues: Sequence[str], wires: Sequence[bytes]) -> None:
    await house.real_bus.depths()  # makes the table
    now = house.clock.now().isoformat()
    rows = [(queues[n % len(queues)], wire, now) for n, wire in enumerate(wires)]
    with contextlib.closing(sqlite3.connect(house.folder / "data" / "bus.sqlite")) as bus, bus:
        bus.executemany("INSERT INTO message (queue, wire, replays, first_seen) VALUES (?, ?, 0, ?)", rows)


async def test_all_are_parked_or_applied_and_all_are_listed(bare_house: House) -> None:
    house = bare_house
    wires = [*PATHOLOGICAL, *messages(SEED, COUNT - len(PATHOLOGICAL))]
    await put_all(house, QUEUES, wires)
    await house.run_until_quiet()
    assert house.deaths == []

    fates: Counter[str] = Counter()
    for worker in house.watched:
        for (queue, outcome), count in worker.outcomes.items():
            if queue in QUEUES and outcome != "Again":
                fates[outcome] += count
            assert outcome != "NotKept", queue
    assert fates.total() == len(wires)
    assert fates["Done"] > 100, "so many mutations are harmless"

    hashes = {hashlib.sha256(wire).hexdigest(): wire for wire in wires}
    for service in {queue.split(".")[0] for queue in QUEUES}:
        kept = await parked(house, service)
        for message in kept:
            wire = hashes[message.sha256]
            assert message.size == len(wire)
            assert message.whole is (message.wire.encode() == wire)
            assert len(message.wire.encode()) <= LARGEST_KEPT
        listed = [one async for one in pages(house, service)]
        assert {one["id"] for one in listed} == {one.id for one in kept}


async def pages(house: House, service: str):  # type: ignore[no-untyped-def]
    path = f"/{service}/parked?limit=500"
    after = ""
    while True:
        page = await house.operator.get(path + after)
        assert not page.get("left_out"), page["left_out"]
        for one in page["items"]:
            yield one
        if not page.get("next"):
            return
        after = f"&after={page['next']}"
