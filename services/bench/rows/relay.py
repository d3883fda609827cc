"""The relay: how fast it brings facts to the bus; its look at what waits, however much that is; what it asks while nothing
waits. And the other end, the consumer. On RabbitMQ both beside plain aio-pika."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

import uvloop

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import TIMES, medians, seconds_of
from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.messaging.relay import AT_ONCE, WAVES, Relay
from shared.ports import Bus, Delivery, Done, Fate, Outgoing, Record, Store
from shared.ports.exchanges import EVENTS, REDELIVER

KIND: Final = "mailing"
LOOK: Final = 200  # documents of one look
DRAINED: Final = 4_000  # facts at the most of each turn: how many wait is for the look to say
TOGETHER: Final = AT_ONCE * WAVES  # publications at once; the relay has as many under way
PREFETCH: Final = 50
IDLE: Final = 2.0  # seconds in which nothing waits

Publish = Callable[[Sequence[Outgoing]], Awaitable[None]]
Consume = Callable[[str, int, int], Awaitable[None]]  # a queue, how many messages of it, how many at a time


def measure(place: Place, size: int) -> list[Figure]:
    """size: documents that wait, each with one fact."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the launcher does
        return runner.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    settings = home.settings(place)
    topology = REGISTER.topology(settings.producer_codes)
    on_rabbitmq = place.bus.startswith("amqp")
    if place.bus:
        from services.runtime.provision import own_passwords, provision

        await provision(settings, own_passwords(settings), server_users=False)
    bus = wiring.open_bus(settings, topology, "bench")
    count, queue = min(size, DRAINED), topology.queues[0].name
    try:
        async with home.store_of(place, "notification") as store:
            if not on_rabbitmq:
                relayed = await _relayed(
                    store, bus, count, partial(_publish_alone, bus), "只向消息系统发布 · the bus alone"
                )
                return [*relayed, *await _looked(store, bus, size)]
            from services.bench.plain_rabbitmq import plain_rabbit

            async with plain_rabbit(place.bus, EVENTS) as plain:
                relayed = await _relayed(store, bus, count, plain.publish, "aio-pika，带确认 · with confirms")
                consumed = await _consumed(bus, queue, count, plain.consume)
                return [*relayed, *consumed, *await _looked(store, bus, size)]
    finally:
        await bus.close()


async def _relayed(store: Store, bus: Bus, count: int, publish: Publish, beside: str) -> list[Figure]:
    relay = Relay(store, bus, wiring.clock(), "bench")
    relayed: list[float] = []
    alone: list[float] = []
    for turn in range(TIMES + 1):
        await _wait(store, f"{turn}", count)
        relayed.append(await seconds_of(relay.round))
        assert not await store.pending(1)
        rows = [_fact(f"alone-{turn}-{n}") for n in range(count)]
        alone.append(await seconds_of(partial(_in_parts, publish, rows)))
    ours, floor = statistics.median(relayed[1:]), statistics.median(alone[1:])
    return [Figure("转发 · facts relayed", count / ours, "/s", count / floor, beside)]


async def _consumed(bus: Bus, queue: str, count: int, plain: Consume) -> list[Figure]:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(TIMES + 1):
        for consume, taken in ((partial(_consume, bus), ours), (plain, theirs)):
            await _in_parts(partial(_publish_alone, bus), [_fact(f"{n}", REDELIVER, queue) for n in range(count)])
            taken.append(await seconds_of(partial(consume, queue, count, PREFETCH)))
    rates = [count / statistics.median(taken[1:]) for taken in (ours, theirs)]
    return [Figure("消费 · messages consumed", rates[0], "/s", rates[1], "aio-pika")]


async def _consume(bus: Bus, queue: str, count: int, prefetch: int) -> None:
    left, all_taken = count, asyncio.Event()

    async def handle(_: Delivery) -> Fate:
        nonlocal left
        left -= 1
        if not left:
            all_taken.set()
        return Done()

    consuming = asyncio.create_task(bus.consume(queue, prefetch, handle))
    await all_taken.wait()
    consuming.cancel()
    await asyncio.gather(consuming, return_exceptions=True)


async def _publish_alone(bus: Bus, rows: Sequence[Outgoing]) -> None:
    await asyncio.gather(*map(bus.publish, rows))


async def _in_parts(publish: Publish, rows: Sequence[Outgoing]) -> None:
    for first in range(0, len(rows), TOGETHER):
        await publish(rows[first : first + TOGETHER])


async def _looked(store: Store, bus: Bus, size: int) -> list[Figure]:
    counted: Any = _Counted(store)
    relay = Relay(counted, bus, wiring.clock(), "bench")
    await relay.round()  # takes the lease
    counted.asked = 0
    idle = asyncio.create_task(relay.run())
    await asyncio.sleep(IDLE)
    idle.cancel()
    await asyncio.gather(idle, return_exceptions=True)
    await _wait(store, "waiting", size)

    async def look() -> None:
        assert len(await store.pending(LOOK)) == min(size, LOOK)

    (looked,) = await medians(look)
    flat = "只看是否随规模增长 · flat or not is what counts"
    return [
        Figure("查看 200 份待发 · a look at 200", looked * 1000, "ms", None, flat),
        Figure("空闲时的查询 · questions while nothing waits", counted.asked / IDLE, "/s", None, "每服务 · a service"),
    ]


class _Counted:
    """A store that counts what it is asked; each question is one query (tests/servers/test_mongo.py)."""

    def __init__(self, store: Store) -> None:
        self._store, self.asked = store, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += name != "written"
        return getattr(self._store, name)


async def _wait(store: Store, name: str, count: int) -> None:
    """So many documents at once, or each write would wait for the disk alone."""
    for first in range(0, count, TOGETHER):
        numbers = range(first, min(count, first + TOGETHER))
        ids = [f"{name}-{n:06d}" for n in numbers]
        await asyncio.gather(
            *(store.add(KIND, Record(id, {"id": id, "state": "due"}, facts=1), [_fact(id)]) for id in ids)
        )


def _fact(id: str, exchange: str = EVENTS, key: str = "bench.measured.v1") -> Outgoing:
    """On `events` of a type that nobody takes up: it goes to where such facts are kept."""
    wire = json.dumps({"id": id, "type": "bench.measured.v1", "data": {"text": "x" * 400}})
    return Outgoing(1, home.now(), exchange, key, wire)


ROW = Row(
    what="转发与消费 · relay and consumer",
    goal="转发 · relayed ≥ 0.8；消费 · consumed ≥ 0.85；查看 · look ≤ 10 ms，不随规模增长 · flat",
    sizes=(6_250, 25_000, 100_000),
    quick=2_000,
    tiny=20,
    measure=measure,
    servers=True,
)
