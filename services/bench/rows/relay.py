"""The relay: how fast it brings facts to the bus, beside the bus alone; and its look at what waits, however much that is."""

from __future__ import annotations

import asyncio
import json
import statistics
from typing import Final

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import TIMES, medians, seconds_of
from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.messaging.relay import Relay
from shared.ports import Outgoing, Record, Store
from shared.ports.exchanges import EVENTS

KIND: Final = "mailing"
LOOK: Final = 200  # documents of one look
DRAINED: Final = 2_000  # facts at the most of each turn: how many wait is for the look to say
TOGETHER: Final = 200  # publications at once


def measure(place: Place, size: int) -> list[Figure]:
    """size: documents that wait, each with one fact."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    settings = home.settings(place)
    topology = REGISTER.topology(settings.producer_codes)
    if place.bus:
        from services.runtime.provision import own_passwords, provision

        await provision(settings, own_passwords(settings), server_users=False)
    bus = wiring.open_bus(settings, topology, "bench")
    relayed: list[float] = []
    alone: list[float] = []
    count = min(size, DRAINED)
    async with home.store_of(place, "notification") as store:
        relay = Relay(store, bus, wiring.clock(), "bench")
        for turn in range(TIMES):
            await _wait(store, f"{turn}", count)
            relayed.append(await seconds_of(relay.round))
            assert not await store.pending(1)
            rows = [_fact(f"alone-{turn}-{n}") for n in range(count)]

            async def publish(rows: list[Outgoing] = rows) -> None:
                for first in range(0, len(rows), TOGETHER):
                    await asyncio.gather(*(bus.publish(row) for row in rows[first : first + TOGETHER]))

            alone.append(await seconds_of(publish))
        await _wait(store, "waiting", size)

        async def look() -> None:
            assert len(await store.pending(LOOK)) == min(size, LOOK)

        (looked,) = await medians(look)
    await bus.close()
    beside = "只向消息系统发布 · publishing on the bus alone"
    ours, floor = statistics.median(relayed), statistics.median(alone)
    return [
        Figure("转发 · facts relayed", count / ours, "/s", count / floor, beside),
        Figure(
            "查看 200 份待发 · a look at 200",
            looked * 1000,
            "ms",
            None,
            "只看是否随规模增长 · flat or not is what counts",
        ),
    ]


async def _wait(store: Store, name: str, count: int) -> None:
    """So many documents at once, or each write would wait for the disk alone."""
    for first in range(0, count, TOGETHER):
        numbers = range(first, min(count, first + TOGETHER))
        ids = [f"{name}-{n:06d}" for n in numbers]
        await asyncio.gather(
            *(store.add(KIND, Record(id, {"id": id, "state": "due"}, facts=1), [_fact(id)]) for id in ids)
        )


def _fact(id: str) -> Outgoing:
    """Of a type that nobody takes up: it goes to where such facts are kept."""
    wire = json.dumps({"id": id, "type": "bench.measured.v1", "data": {"text": "x" * 400}})
    return Outgoing(1, home.now(), EVENTS, "bench.measured.v1", wire)


ROW = Row(
    what="转发 · relay",
    goal="≥ 0.8；查看 · look ≤ 10 ms，不随规模增长 · flat",
    sizes=(6_250, 25_000, 100_000),
    quick=2_000,
    tiny=20,
    measure=measure,
    servers=True,
)
