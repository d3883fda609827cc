"""What every bus promises. Expectations are written by hand: neither adapter is measured against the other.

The embedded bus runs on a clock that the tests drive; on RabbitMQ the wait queues are shortened by policy.
`house.after` makes a wait pass on both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pamqp import encode

from shared.adapters.clock import SystemClock
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.adapters.sqlite.bus import SqliteBus
from shared.messaging import topology
from shared.messaging.topology import DELIVERY_LIMIT
from shared.ports import Again, Bus, Clock, Delivery, Done, Fate, Outgoing, Park
from shared.ports.exchanges import EVENTS, REDELIVER, UNROUTED
from tests.world.clock import MORNING, HandClock
from tests.world.engines import Broker, shorten_waits
from tests.world.eventually import eventually
from tests.world.topology import TOPOLOGY

INTAKE, PLAN, TALLY = "certificate.intake", "notification.plan_single", "certificate.tally"
NOTED = datetime(2026, 4, 3, 0, 59, 30, 250_000, tzinfo=UTC)


class Crash(BaseException):
    """The process dies here."""


class House(ABC):
    """Buses as several processes would open them."""

    clock: Clock

    def __init__(self) -> None:
        self._buses: list[Bus] = []
        self._consumers: list[asyncio.Task[None]] = []

    @abstractmethod
    def _open(self, service: str) -> Bus: ...

    @abstractmethod
    async def put(self, queue: str, wire: bytes, headers: Mapping[str, Any] | None = None) -> None:
        """Into one queue, past our own publishing: as somebody does it who keeps no rule. headers: of the broker only."""

    @abstractmethod
    def after(self, wait: str) -> None:
        """Let one of topology.WAITS pass."""

    @abstractmethod
    def after_a_crash(self) -> None:
        """Let pass what it takes until the deliveries of a dead consumer are given to others."""

    def bus(self, service: str) -> Bus:
        self._buses.append(self._open(service))
        return self._buses[-1]

    def consume(
        self, bus: Bus, queue: str, handle: Callable[[Delivery], Awaitable[Fate]], prefetch: int = 10
    ) -> asyncio.Task[None]:
        self._consumers.append(asyncio.create_task(bus.consume(queue, prefetch, handle)))
        return self._consumers[-1]

    async def close(self) -> None:
        for consumer in self._consumers:
            consumer.cancel()
            await asyncio.wait([consumer], timeout=1)
            await stop(consumer)  # a second time: what is still in hand because a test failed is given back
        for bus in self._buses:
            await bus.close()


class SqliteHouse(House):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.clock: HandClock = HandClock()
        self.path = path

    def _open(self, service: str) -> Bus:
        return SqliteBus(self.path, TOPOLOGY.queues, self.clock)

    async def put(self, queue: str, wire: bytes, headers: Mapping[str, Any] | None = None) -> None:
        await self.bus("certificate").depths()  # makes the table
        with contextlib.closing(sqlite3.connect(self.path)) as file, file:
            row = (queue, wire, NOTED.isoformat())
            file.execute("INSERT INTO message (queue, wire, replays, first_seen) VALUES (?, ?, 0, ?)", row)

    def after(self, wait: str) -> None:
        self.clock.advance(topology.WAITS[wait])

    def after_a_crash(self) -> None:
        self.clock.advance(31)


class RabbitHouse(House):
    def __init__(self, broker: Broker) -> None:
        super().__init__()
        self.clock = SystemClock()
        self.broker = broker

    def _open(self, service: str) -> Bus:
        return RabbitBus(self.broker.url(service), TOPOLOGY.queues, self.clock, f"tests {service}")

    async def put(self, queue: str, wire: bytes, headers: Mapping[str, Any] | None = None, **properties: Any) -> None:
        connection = await aio_pika.connect(self.broker.url("certificate"))
        async with connection:
            exchange = await (await connection.channel()).get_exchange(REDELIVER)
            message = aio_pika.Message(wire, headers=dict(headers or {}), delivery_mode=2, **properties)
            await exchange.publish(message, routing_key=queue)

    def after(self, wait: str) -> None:
        """The shortened waits pass by themselves."""

    def after_a_crash(self) -> None:
        """The broker notices a closed channel by itself."""


@pytest.fixture(params=["sqlite", pytest.param("rabbitmq", marks=pytest.mark.servers)])
def empty_house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    if request.param == "sqlite":
        return SqliteHouse(tmp_path / "bus.db")
    return RabbitHouse(request.getfixturevalue("broker"))


@pytest.fixture
async def house(empty_house: House) -> AsyncIterator[House]:
    if isinstance(empty_house, RabbitHouse):
        await shorten_waits(empty_house.broker)
    yield empty_house
    await empty_house.close()


@pytest.fixture
async def rabbit_house(broker: Broker) -> AsyncIterator[RabbitHouse]:
    house = RabbitHouse(broker)
    await shorten_waits(broker)
    yield house
    await house.close()


@pytest.fixture
async def sqlite_house(tmp_path: Path) -> AsyncIterator[SqliteHouse]:
    house = SqliteHouse(tmp_path / "bus.db")
    yield house
    await house.close()


class Collector:
    """A handler that keeps what it gets and answers with the same fate, or with what a function makes of it."""

    def __init__(self, fate: Fate | Callable[[Delivery], Fate] | None = None) -> None:
        self.got: list[Delivery] = []
        self._fate = fate or Done()

    async def __call__(self, delivery: Delivery) -> Fate:
        self.got.append(delivery)
        return self._fate(delivery) if callable(self._fate) else self._fate

    @property
    def numbers(self) -> list[int]:
        return [json.loads(delivery.wire)["n"] for delivery in self.got]

    async def has(self, count: int) -> None:
        await eventually(lambda: len(self.got) >= count)
        assert len(self.got) == count


def a_fact(n: int = 1, key: str = "roster.approved.v1", **headers: str) -> Outgoing:
    wire = json.dumps({"id": f"/reporting/roster/r1#{n}", "type": f"cn.jianding.{key}", "n": n, "说": "已批准"})
    return Outgoing(n, NOTED, EVENTS, key, wire, headers)


async def stop(consumer: asyncio.Task[None]) -> None:
    consumer.cancel()
    with contextlib.suppress(asyncio.CancelledError, Crash):
        await consumer


async def left_in(house: House, service: str, queue: str) -> list[int]:
    """What a new consumer would get from this queue now; a marker shows where the queue ends."""
    bus, collector = house.bus(service), Collector()
    await bus.publish(Outgoing(0, NOTED, REDELIVER, queue, '{"n": -1}'))
    consumer = house.consume(bus, queue, collector)
    await eventually(lambda: -1 in collector.numbers)
    await stop(consumer)
    return [n for n in collector.numbers if n != -1]


# --- publishing and routing -------------------------------------------------------------------------------------------


async def test_a_fact_arrives_with_its_bytes_and_its_first_sight(house: House) -> None:
    collector = Collector()
    house.consume(house.bus("certificate"), INTAKE, collector)
    await house.bus("reporting").publish(a_fact())
    await collector.has(1)
    assert collector.got[0] == Delivery(
        queue=INTAKE, wire=a_fact().wire.encode(), attempt=0, replays=0, first_seen=NOTED, reason="", detail=""
    )


async def test_what_was_published_survives_the_publisher(house: House) -> None:
    publisher = house.bus("reporting")
    await publisher.publish(a_fact(1))
    await publisher.publish(a_fact(2))
    await publisher.close()
    assert await left_in(house, "certificate", INTAKE) == [1, 2]


async def test_publish_returns_only_when_another_process_can_read_it(sqlite_house: SqliteHouse) -> None:
    await sqlite_house.bus("reporting").publish(a_fact())
    with contextlib.closing(sqlite3.connect(sqlite_house.path)) as other:
        assert other.execute("SELECT queue FROM message ORDER BY queue").fetchall() == [
            (INTAKE,),
            ("notification.feed",),
            (PLAN,),
            ("plan.closing",),
            ("reporting.duties",),
            ("supervision.records",),
        ]


async def test_every_bound_queue_gets_a_copy_and_no_other(house: House) -> None:
    intake, plan, tally = Collector(), Collector(), Collector()
    house.consume(house.bus("certificate"), INTAKE, intake)
    house.consume(house.bus("certificate"), TALLY, tally)
    house.consume(house.bus("notification"), PLAN, plan)
    await house.bus("reporting").publish(a_fact(1))
    await house.bus("certificate").publish(a_fact(2, "batch.produced.v1"))
    await eventually(lambda: (intake.numbers, plan.numbers, tally.numbers) == ([1], [1], [2]))


async def test_a_fact_nobody_listens_to_is_kept_where_it_is_seen(house: House) -> None:
    bus = house.bus("certificate")
    await bus.publish(a_fact(1, "batch.unheard.v1"))

    async def unrouted() -> bool:
        return (await bus.depths())[UNROUTED] == 1

    await eventually(unrouted)


async def test_hundreds_published_at_once_all_arrive(house: House) -> None:
    collector = Collector()
    house.consume(house.bus("certificate"), INTAKE, collector, prefetch=50)
    bus = house.bus("reporting")
    await asyncio.gather(*(bus.publish(a_fact(n)) for n in range(500)))
    await collector.has(500)
    assert sorted(collector.numbers) == list(range(500))


async def test_first_deliveries_keep_the_order_of_publishing(house: House) -> None:
    bus = house.bus("reporting")
    for n in range(40):
        await bus.publish(a_fact(n))
    collector = Collector()
    house.consume(house.bus("certificate"), INTAKE, collector, prefetch=1)
    await collector.has(40)
    assert collector.numbers == list(range(40))


async def test_bytes_that_are_no_envelope_travel_too(house: House) -> None:
    collector = Collector()
    house.consume(house.bus("certificate"), INTAKE, collector)
    await house.bus("reporting").publish(Outgoing(1, NOTED, EVENTS, "roster.approved.v1", "[not an envelope \u0000"))
    await collector.has(1)
    assert collector.got[0].wire == b"[not an envelope \x00"


# --- fates ------------------------------------------------------------------------------------------------------------


async def test_done_is_never_delivered_again(house: House) -> None:
    collector = Collector()
    consumer = house.consume(house.bus("certificate"), INTAKE, collector)
    await house.bus("reporting").publish(a_fact())
    await collector.has(1)
    await stop(consumer)
    house.after_a_crash()
    assert await left_in(house, "certificate", INTAKE) == []


async def test_a_retry_returns_to_its_queue_only_with_one_more_attempt(house: House) -> None:
    intake = Collector(lambda delivery: Again("10s") if delivery.attempt < 2 else Done())
    plan = Collector()
    house.consume(house.bus("certificate"), INTAKE, intake)
    house.consume(house.bus("notification"), PLAN, plan)
    await house.bus("reporting").publish(a_fact())
    for attempts in ([0], [0, 1], [0, 1, 2]):
        await eventually(lambda attempts=attempts: [delivery.attempt for delivery in intake.got] == attempts)
        await eventually(lambda: settled(house))
        house.after("10s")
    assert {(delivery.wire, delivery.first_seen, delivery.replays) for delivery in intake.got} == {
        (a_fact().wire.encode(), NOTED, 0)
    }
    assert plan.numbers == [1]


def settled(house: House) -> bool:
    """On the hand-driven clock a wait must have begun before it can pass."""
    if not isinstance(house, SqliteHouse):
        return True
    with contextlib.closing(sqlite3.connect(house.path)) as other:
        return other.execute("SELECT count(*) FROM message WHERE lease <> ''").fetchone() == (0,)


async def test_a_retry_does_not_come_before_its_time(sqlite_house: SqliteHouse) -> None:
    again = Collector(Again("1m"))
    sqlite_house.consume(sqlite_house.bus("certificate"), INTAKE, again)
    bus = sqlite_house.bus("reporting")
    await bus.publish(a_fact(1))
    await again.has(1)
    await eventually(lambda: settled(sqlite_house))
    sqlite_house.clock.advance(59)
    await bus.publish(a_fact(2))  # when this one is through, an early retry would have been there
    await eventually(lambda: again.numbers == [1, 2])
    sqlite_house.clock.advance(1)
    await eventually(lambda: again.numbers == [1, 2, 1])


async def test_a_retry_because_the_world_is_down_costs_no_attempt(house: House) -> None:
    collector = Collector(lambda _: Again("10s", counts=False) if len(collector.got) < 3 else Done())
    house.consume(house.bus("certificate"), INTAKE, collector)
    await house.bus("reporting").publish(a_fact())
    for count in (1, 2, 3):
        await eventually(lambda count=count: len(collector.got) == count)
        await eventually(lambda: settled(house))
        house.after("10s")
    assert [delivery.attempt for delivery in collector.got] == [0, 0, 0]


async def test_parking_keeps_the_message_with_its_reason(house: House) -> None:
    bus = house.bus("certificate")
    fails = Collector(lambda delivery: Again("10s") if delivery.attempt < 1 else Park("Refused", "错" * 3000))
    consumer = house.consume(bus, INTAKE, fails)
    parked = Collector()
    house.consume(bus, f"{INTAKE}.parked", parked)
    await house.bus("reporting").publish(a_fact())
    await eventually(lambda: settled(house))
    await eventually(lambda: (house.after("10s"), parked.got)[1])
    assert parked.got == [
        Delivery(f"{INTAKE}.parked", a_fact().wire.encode(), 1, 0, NOTED, reason="Refused", detail="错" * 1000)
    ]
    await stop(consumer)
    assert await left_in(house, "certificate", INTAKE) == []


async def test_parked_messages_wait_in_their_own_queue_with_their_reason(house: House) -> None:
    bus = house.bus("certificate")
    house.consume(bus, INTAKE, Collector(Park("Unreadable", "no envelope")))
    parked = Collector(lambda _: Again("10s", counts=False) if len(parked.got) < 2 else Done())
    house.consume(bus, f"{INTAKE}.parked", parked)
    await house.bus("reporting").publish(a_fact())
    await parked.has(1)
    await eventually(lambda: settled(house))
    house.after("10s")
    await parked.has(2)
    parking = (f"{INTAKE}.parked", "Unreadable", "no envelope")
    assert [(one.queue, one.reason, one.detail) for one in parked.got] == [parking, parking]


async def test_a_replay_reaches_one_queue_and_says_so(house: House) -> None:
    intake, plan = Collector(), Collector()
    certificate = house.bus("certificate")
    house.consume(certificate, INTAKE, intake)
    house.consume(house.bus("notification"), PLAN, plan)
    seen = NOTED - timedelta(days=3)
    wire = a_fact(7).wire
    headers = {"x-replays": "2", "x-first-seen": seen.isoformat()}
    await certificate.publish(Outgoing(1, MORNING, REDELIVER, INTAKE, wire, headers))
    await house.bus("reporting").publish(a_fact(8))
    await eventually(lambda: sorted(intake.numbers) == [7, 8] and plan.numbers == [8])
    replayed = next(delivery for delivery in intake.got if delivery.replays)
    assert replayed == Delivery(INTAKE, wire.encode(), attempt=0, replays=2, first_seen=seen)


async def test_replays_are_still_counted_after_a_retry(house: House) -> None:
    bus = house.bus("certificate")
    collector = Collector(lambda delivery: Again("10s") if delivery.attempt == 0 else Done())
    house.consume(bus, INTAKE, collector)
    await bus.publish(Outgoing(1, NOTED, REDELIVER, INTAKE, a_fact().wire, {"x-replays": "1"}))
    await collector.has(1)
    await eventually(lambda: settled(house))
    house.after("10s")
    await collector.has(2)
    assert [(delivery.attempt, delivery.replays) for delivery in collector.got] == [(0, 1), (1, 1)]


async def test_a_replay_for_a_queue_that_is_gone_is_not_lost(house: House) -> None:
    bus = house.bus("certificate")
    await bus.publish(Outgoing(1, NOTED, REDELIVER, "certificate.formerly", a_fact().wire))

    async def unrouted() -> bool:
        return (await bus.depths())[UNROUTED] == 1

    await eventually(unrouted)


# --- whatever bytes arrive --------------------------------------------------------------------------------------------


class Raw(str):
    """Text that is none: the driver writes whatever `encode` gives."""

    def __new__(cls, content: bytes) -> Raw:
        raw = super().__new__(cls, content.decode(errors="replace"))
        raw.content = content
        return raw

    content: bytes

    def encode(self, *_: Any) -> bytes:
        return self.content


STRANGE = {
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "no text": b"\xff\xfe\x00" * 100,
    "empty": b"",
    "nul": b'{"id": "\\u0000", "type": "\x00"}',
    "half a character": b'{"id": "\\ud800", "type": "\\udfff"}',
    "half a character, raw": b'{"id": "\xed\xa0\x80"}',
    "endless number": b'{"id": ' + b"1" * 20_000 + b"}",
    "fields of other kinds": b'{"id": {"a": []}, "type": 7, "correlationid": [1]}',
    "long fields": b'{"id": "' + b"x" * 400 + b'", "type": "' + b"y" * 400 + b'"}',
    "long": b"\xff" * 5_000_000,
}


@pytest.mark.parametrize("wire", STRANGE.values(), ids=STRANGE.keys())
async def test_whatever_bytes_it_has_a_message_goes_every_way_and_ends_nothing(house: House, wire: bytes) -> None:
    """Handed over, tried again, parked, handed over there, and the consumers go on."""
    bus = house.bus("certificate")

    def fate(delivery: Delivery) -> Fate:
        if delivery.wire != wire:
            return Done()
        return Park("Unreadable", "half \ud800 a character \x00") if delivery.attempt else Again("10s")

    intake, parked = Collector(fate), Collector()
    await house.put(INTAKE, wire)  # before anybody looks: what others put there later is found when time has passed
    consumer = house.consume(bus, INTAKE, intake)
    house.consume(bus, f"{INTAKE}.parked", parked)
    await intake.has(1)
    await eventually(lambda: settled(house))
    house.after("10s")
    await parked.has(1)
    assert (parked.got[0].wire, parked.got[0].reason, parked.got[0].attempt) == (wire, "Unreadable", 1)
    assert parked.got[0].detail.startswith("half ")
    await bus.publish(Outgoing(1, NOTED, REDELIVER, INTAKE, '{"n": 1}'))
    await intake.has(3)
    assert not consumer.done()


@pytest.mark.servers
@pytest.mark.parametrize(
    "headers",
    [
        {"x-attempt": {"deeply": {"nested": [1, [2, {"x": None}]]}}, "x-replays": [1]},
        {"x-attempt": -5, "x-replays": "-1", "x-first-seen": 7},
        {"x-attempt": "9" * 400, "x-replays": "9" * 18, "x-first-seen": "0001-01-01T00:00:00+23:59"},
        {"x-attempt": 1.5, "x-replays": True, "x-first-seen": bytearray(b"\xff\xfe")},
        {"x-death": "nonsense", "x-reason": {"a": 1}, "x-detail": [1]},
        {"x-death": [], "x-reason": Raw(b"\xff"), "x-first-seen": "2026-04-03T01:00:00+00:00:30"},
        {"x-death": ["no table"], "x-first-seen": datetime(1971, 1, 1, tzinfo=UTC)},
        {
            "other": {
                "a": [{"b": datetime(2026, 1, 1, tzinfo=UTC)}, Decimal("1.5"), None, bytearray(b"x"), 1.5, -(2**62)]
            }
        },
        {"": "no name", "n" * 128: "a long one"},
    ],
    ids=str,
)
async def test_whatever_stands_in_its_headers_too(rabbit_house: RabbitHouse, headers: dict[str, Any]) -> None:
    house = rabbit_house
    bus = house.bus("certificate")
    intake = Collector(lambda delivery: Again("10s") if len(intake.got) < 2 else Park("Refused", "no"))
    parked = Collector(lambda _: Again("10s", counts=False) if len(parked.got) < 2 else Done())
    house.consume(bus, INTAKE, intake)
    house.consume(bus, f"{INTAKE}.parked", parked)
    await house.put(INTAKE, b"{}", headers)
    await parked.has(2)
    assert len(intake.got) == 2
    first, last = intake.got[0], parked.got[-1]
    assert (last.attempt, last.replays, last.reason, last.detail) == (first.attempt + 1, first.replays, "Refused", "no")
    assert 0 <= first.attempt <= 1_000_000
    assert 0 <= first.replays <= 1_000_000
    assert first.first_seen.year >= 2026


def nested(depth: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for _ in range(depth):
        table = {"t": table}
    return table


@pytest.mark.servers
@pytest.mark.parametrize(
    ("headers", "properties"),
    [
        pytest.param(nested(3000), {}, id="nested deeply"),
        pytest.param({Raw(b"\xff\xfe"): 1}, {}, id="a name that is no text"),
        pytest.param({}, {"message_id": Raw(b"\xff\xfe")}, id="an id that is no text"),
        pytest.param({}, {"type": Raw(b"\xff"), "correlation_id": Raw(b"\xc3(")}, id="a type that is no text"),
        pytest.param({}, {"timestamp": NOTED}, id="a time that is none"),
        pytest.param({"when": datetime(2026, 1, 1, tzinfo=UTC)}, {}, id="a time in the headers"),
    ],
)
async def test_what_the_driver_cannot_read_keeps_nobody_waiting(
    rabbit_house: RabbitHouse, headers: dict[str, Any], properties: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = rabbit_house
    bus = house.bus("certificate")
    intake, parked = (
        Collector(lambda delivery: Park("Unreadable", "") if b"n" not in delivery.wire else Done()),
        Collector(),
    )
    house.consume(bus, INTAKE, intake, prefetch=1)
    house.consume(bus, f"{INTAKE}.parked", parked)
    with monkeypatch.context() as patched:
        patched.setitem(encode.METHODS, "timestamp", lambda _: (2**64 - 1).to_bytes(8))
        patched.setattr(encode, "timestamp", lambda _: (2**64 - 1).to_bytes(8))
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(100_000)
        await house.put(INTAKE, b"{}", headers, **properties)
        sys.setrecursionlimit(limit)
    await house.put(INTAKE, b'{"n": 1}')
    await eventually(lambda: parked.got and len(intake.got) >= 2, within=30)
    assert parked.got[0].wire == b"{}"


# --- consumers that fail, die or stop ---------------------------------------------------------------------------------


async def test_a_handler_that_raises_gives_the_delivery_back(house: House) -> None:
    def fails_once(_: Delivery) -> Fate:
        if len(collector.got) == 1:
            raise RuntimeError("a bug")
        return Done()

    collector = Collector(fails_once)
    house.consume(house.bus("certificate"), INTAKE, collector)
    await house.bus("reporting").publish(a_fact())
    await collector.has(2)
    assert [delivery.attempt for delivery in collector.got] == [0, 0]


@pytest.mark.parametrize(
    "error", [RecursionError(), MemoryError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x")], ids=repr
)
async def test_no_error_of_a_handler_ends_its_consumer(house: House, error: Exception) -> None:
    def fails_first(delivery: Delivery) -> Fate:
        if len(collector.got) <= 2:
            raise error
        return Done()

    collector = Collector(fails_first)
    consumer = house.consume(house.bus("certificate"), INTAKE, collector)
    await house.bus("reporting").publish(a_fact())
    await collector.has(3)
    assert not consumer.done()


async def test_a_handler_that_is_interrupted_by_others_gives_the_delivery_back(house: House) -> None:
    """A connection that breaks hands its waiters a CancelledError; nobody asked this consumer to end."""

    async def interrupted(delivery: Delivery) -> Fate:
        await collector(delivery)
        if len(collector.got) == 1:
            broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            broken.cancel()
            await broken
        return Done()

    collector = Collector()
    consumer = house.consume(house.bus("certificate"), INTAKE, interrupted, prefetch=1)
    await house.bus("reporting").publish(a_fact())
    await collector.has(2)
    assert not consumer.done()


async def test_one_that_is_interrupted_each_time_is_parked_in_the_end(house: House) -> None:
    async def interrupted(delivery: Delivery) -> Fate:
        raise asyncio.CancelledError

    parked, bus = Collector(), house.bus("certificate")
    house.consume(bus, INTAKE, interrupted, prefetch=1)
    house.consume(bus, f"{INTAKE}.parked", parked)
    await house.bus("reporting").publish(a_fact())
    await eventually(lambda: parked.got)
    assert parked.got[0].reason == "delivery_limit"


async def test_a_fate_that_cannot_be_carried_out_is_parked_in_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours over one message: it is counted as a crash, and the consumer goes on with the others."""
    fails = Collector(lambda delivery: Again("10s") if b"poison" in delivery.wire else Done())
    parked, bus = Collector(), house.bus("certificate")

    def fault(*_: Any) -> Any:
        raise ZeroDivisionError("a fault in the program")

    monkeypatch.setattr("shared.adapters.rabbitmq.bus.retry_headers", fault)
    monkeypatch.setattr("shared.adapters.sqlite.bus.WAITS", {})
    await house.put(INTAKE, b'{"n": "poison"}')
    await house.put(INTAKE, b'{"n": 2}')
    consumer = house.consume(bus, INTAKE, fails, prefetch=1)
    house.consume(bus, f"{INTAKE}.parked", parked)
    await eventually(lambda: parked.got and b'{"n": 2}' in {delivery.wire for delivery in fails.got})
    assert (parked.got[0].wire, parked.got[0].reason) == (b'{"n": "poison"}', "delivery_limit")
    assert not consumer.done()


async def test_a_message_that_kills_its_consumers_is_parked_in_the_end(house: House) -> None:
    def always_fails(_: Delivery) -> Fate:
        raise RuntimeError("poison")

    poison, parked = Collector(always_fails), Collector()
    bus = house.bus("certificate")
    house.consume(bus, INTAKE, poison, prefetch=1)
    house.consume(bus, f"{INTAKE}.parked", parked)
    await house.bus("reporting").publish(a_fact())
    await eventually(lambda: parked.got)
    assert len(poison.got) == DELIVERY_LIMIT + 1
    assert (parked.got[0].wire, parked.got[0].reason) == (a_fact().wire.encode(), "delivery_limit")


async def test_the_deliveries_of_a_dead_consumer_go_to_another(house: House) -> None:
    async def dies(delivery: Delivery) -> Fate:
        raise Crash

    consumer = house.consume(house.bus("certificate"), INTAKE, dies)
    await house.bus("reporting").publish(a_fact())
    with pytest.raises(Crash):
        await asyncio.wait_for(consumer, 10)
    house.after_a_crash()
    assert await left_in(house, "certificate", INTAKE) == [1]


async def test_a_cancelled_consumer_finishes_what_it_has_in_hand(house: House) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(delivery: Delivery) -> Fate:
        begun.set()
        await may_end.wait()
        return Done()

    consumer = house.consume(house.bus("certificate"), INTAKE, slow, prefetch=1)
    reporting = house.bus("reporting")
    await reporting.publish(a_fact(1))
    await begun.wait()
    await reporting.publish(a_fact(2))
    consumer.cancel()
    await asyncio.wait([consumer], timeout=0.2)
    assert not consumer.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert await left_in(house, "certificate", INTAKE) == [2]


async def test_a_consumer_cancelled_twice_gives_back_what_it_has_in_hand(house: House) -> None:
    begun = asyncio.Event()

    async def endless(delivery: Delivery) -> Fate:
        begun.set()
        await asyncio.Event().wait()
        return Done()

    consumer = house.consume(house.bus("certificate"), INTAKE, endless)
    await house.bus("reporting").publish(a_fact())
    await begun.wait()
    consumer.cancel()
    await asyncio.wait([consumer], timeout=0.2)
    assert not consumer.done()
    await stop(consumer)
    assert await left_in(house, "certificate", INTAKE) == [1]


async def test_two_consumers_never_share_a_delivery(house: House) -> None:
    first, second = Collector(), Collector()
    reporting = house.bus("reporting")
    await asyncio.gather(*(reporting.publish(a_fact(n)) for n in range(100)))
    house.consume(house.bus("certificate"), INTAKE, first, prefetch=5)
    house.consume(house.bus("certificate"), INTAKE, second, prefetch=5)
    await asyncio.gather(*(reporting.publish(a_fact(n)) for n in range(100, 200)))
    await eventually(lambda: len(first.got) + len(second.got) >= 200)
    assert sorted(first.numbers + second.numbers) == list(range(200))


@pytest.mark.parametrize("prefetch", [1, 3])
async def test_no_more_than_prefetch_are_in_hand(house: House, prefetch: int) -> None:
    in_hand, most = 0, 0
    may_end = asyncio.Event()

    async def counted(delivery: Delivery) -> Fate:
        nonlocal in_hand, most
        in_hand += 1
        most = max(most, in_hand)
        await may_end.wait()
        in_hand -= 1
        return Done()

    reporting = house.bus("reporting")
    for n in range(10):
        await reporting.publish(a_fact(n))
    house.consume(house.bus("certificate"), INTAKE, counted, prefetch=prefetch)
    await eventually(lambda: in_hand == prefetch)
    other = Collector()
    house.consume(house.bus("certificate"), INTAKE, other)
    await other.has(10 - prefetch)  # what the first does not hold is free for others
    assert most == prefetch
    may_end.set()
    await eventually(lambda: in_hand == 0)


async def test_a_consumer_is_known_while_it_is_registered(house: House) -> None:
    bus = house.bus("certificate")
    assert bus.consuming() == {}
    consumer = house.consume(bus, INTAKE, Collector())
    await eventually(lambda: INTAKE in bus.consuming())
    assert 0 <= house.clock.monotonic() - bus.consuming()[INTAKE] < 60
    await stop(consumer)
    assert bus.consuming() == {}


async def test_depths_count_what_waits_to_be_handled(house: House) -> None:
    bus, may_end = house.bus("certificate"), asyncio.Event()

    async def held(delivery: Delivery) -> Fate:
        await may_end.wait()
        return Done()

    house.consume(bus, INTAKE, held, prefetch=1)
    reporting = house.bus("reporting")
    for n in range(4):
        await reporting.publish(a_fact(n))

    async def three() -> bool:
        return (await bus.depths()).get(INTAKE) == 3

    await eventually(three)
    may_end.set()


async def test_an_unknown_queue_is_a_bug(house: House) -> None:
    with pytest.raises(ValueError, match="topology"):
        await house.bus("certificate").consume("certificate.nothing_such", 1, Collector())


async def test_ping_answers(house: House) -> None:
    await house.bus("certificate").ping()


# --- the embedded bus alone: leases -----------------------------------------------------------------------------------


async def test_who_slept_through_the_lease_cannot_finish_what_another_holds(sqlite_house: SqliteHouse) -> None:
    house = sqlite_house
    sleeper_may_end, other_may_end = asyncio.Event(), asyncio.Event()
    begun: list[str] = []

    def slow(name: str, may_end: asyncio.Event) -> Callable[[Delivery], Awaitable[Fate]]:
        async def handle(delivery: Delivery) -> Fate:
            begun.append(name)
            await may_end.wait()
            return Done()

        return handle

    asleep = HandClock()  # a process that was stopped: its clock, and so its renewals, stand still
    sleeping_bus = SqliteBus(house.path, TOPOLOGY.queues, asleep)
    sleeper = house.consume(sleeping_bus, INTAKE, slow("sleeper", sleeper_may_end), prefetch=1)
    await house.bus("reporting").publish(a_fact())
    await eventually(lambda: begun == ["sleeper"])
    other = house.consume(house.bus("certificate"), INTAKE, slow("other", other_may_end))
    house.after_a_crash()
    await eventually(lambda: begun == ["sleeper", "other"])

    sleeper_may_end.set()
    await stop(sleeper)
    await sleeping_bus.close()
    with contextlib.closing(sqlite3.connect(house.path)) as file:
        query = "SELECT count(*) FROM message WHERE queue = ? AND lease <> ''"
        assert file.execute(query, (INTAKE,)).fetchone() == (1,)  # still there, still the other's
    other_may_end.set()
    await stop(other)
    house.after_a_crash()
    assert await left_in(house, "certificate", INTAKE) == []


async def test_being_stopped_over_and_over_is_no_crash_of_the_message(sqlite_house: SqliteHouse) -> None:
    """A service that is restarted every minute parks nothing."""
    house = sqlite_house
    begun: list[Delivery] = []

    async def endless(delivery: Delivery) -> Fate:
        begun.append(delivery)
        await asyncio.Event().wait()
        return Done()

    await house.bus("reporting").publish(a_fact())
    bus = house.bus("certificate")
    for stops in range(1, DELIVERY_LIMIT + 3):
        consumer = house.consume(bus, INTAKE, endless)
        await eventually(lambda stops=stops: len(begun) == stops)
        consumer.cancel()
        await asyncio.wait([consumer], timeout=0.02)
        await stop(consumer)
    assert await left_in(house, "certificate", INTAKE) == [1]
    assert await left_in(house, "certificate", f"{INTAKE}.parked") == []


async def test_who_is_stopped_on_his_way_to_a_message_leaves_it_as_it_was(
    sqlite_house: SqliteHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, collector = sqlite_house, Collector()
    claimed, may_go_on = asyncio.Event(), asyncio.Event()
    await house.bus("reporting").publish(a_fact())
    bus = house.bus("certificate")
    claim = bus._claim  # type: ignore[attr-defined]

    async def slowly(*given: Any, **named: Any) -> Any:
        held = await claim(*given, **named)
        claimed.set()
        await may_go_on.wait()
        return held

    monkeypatch.setattr(bus, "_claim", slowly)
    consumer = house.consume(bus, INTAKE, collector)
    await claimed.wait()
    consumer.cancel()
    await asyncio.wait([consumer], timeout=0.02)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert collector.got == []
    with contextlib.closing(sqlite3.connect(house.path)) as file:
        query = "SELECT visible_at, lease, crashes FROM message WHERE queue = ?"
        assert file.execute(query, (INTAKE,)).fetchall() == [(0, "", 0)]


async def test_a_lease_is_renewed_while_its_delivery_is_handled(sqlite_house: SqliteHouse) -> None:
    house = sqlite_house
    may_end, holder = asyncio.Event(), Collector()

    async def slow(delivery: Delivery) -> Fate:
        await holder(delivery)
        await may_end.wait()
        return Done()

    bus = house.bus("certificate")
    house.consume(bus, INTAKE, slow)
    await house.bus("reporting").publish(a_fact())
    await holder.has(1)
    other = Collector()
    house.consume(house.bus("certificate"), INTAKE, other)
    for _ in range(10):
        before = leased_until(house)
        house.clock.advance(11)
        await eventually(lambda before=before: leased_until(house) > before)
    before = leased_until(house)
    house.clock.advance(9)
    await eventually(lambda: bus.consuming()[INTAKE] == house.clock.monotonic())
    assert leased_until(house) == before, "each third of it, and not at every look"
    may_end.set()
    await eventually(lambda: leased_until(house) == 0)
    assert (holder.numbers, other.numbers) == ([1], [])


def leased_until(house: SqliteHouse) -> float:
    with contextlib.closing(sqlite3.connect(house.path)) as file:
        query = "SELECT coalesce(max(visible_at), 0) FROM message WHERE queue = ?"
        return float(file.execute(query, (INTAKE,)).fetchone()[0])


async def test_a_clock_that_jumps_does_not_hand_a_consumer_its_own_delivery_again(sqlite_house: SqliteHouse) -> None:
    house = sqlite_house
    may_end, begun = asyncio.Event(), Collector()

    async def slow(delivery: Delivery) -> Fate:
        await begun(delivery)
        await may_end.wait()
        return Done()

    house.consume(house.bus("certificate"), INTAKE, slow)
    reporting = house.bus("reporting")
    await reporting.publish(a_fact(1))
    await begun.has(1)
    house.clock.advance(24 * 3600)
    await reporting.publish(a_fact(2))
    await begun.has(2)
    assert begun.numbers == [1, 2]
    may_end.set()


HOUR = 3600.0


@pytest.mark.parametrize("jump", [-24 * HOUR, -HOUR, -45.0, 45.0, HOUR, 24 * HOUR])
async def test_a_clock_that_is_set_hands_nobody_what_a_living_consumer_holds(
    sqlite_house: SqliteHouse, jump: float
) -> None:
    """Two processes on one machine see the clock jump at the same moment, and go on living through it."""
    house = sqlite_house
    may_end, holder, other = asyncio.Event(), Collector(), Collector()

    async def slow(delivery: Delivery) -> Fate:
        await holder(delivery)
        await may_end.wait()
        return Done()

    holding_bus, other_bus = house.bus("certificate"), house.bus("certificate")
    consumer = house.consume(holding_bus, INTAKE, slow)
    await house.bus("reporting").publish(a_fact())
    await holder.has(1)
    house.consume(other_bus, INTAKE, other)
    await eventually(lambda: INTAKE in other_bus.consuming())
    house.clock.advance(5)
    await eventually(lambda: house.clock.sleepers >= 2)
    house.clock.set_by(jump)
    for _ in range(100):  # seconds, more than three leases
        house.clock.advance(1)
        await eventually(lambda: 18 < leased_until(house) - house.clock.now().timestamp() <= 30)  # renewed each third
    assert other.numbers == []
    may_end.set()
    await stop(consumer)
    assert leased_until(house) == 0, "done, and nothing is left of it"
    assert other.numbers == []


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_who_sees_the_jump_first_leaves_the_holder_time_to_renew(sqlite_house: SqliteHouse, jump: float) -> None:
    house = sqlite_house
    may_end, holder, other = asyncio.Event(), Collector(), Collector()

    async def slow(delivery: Delivery) -> Fate:
        await holder(delivery)
        await may_end.wait()
        return Done()

    consumer = house.consume(house.bus("certificate"), INTAKE, slow)
    await house.bus("reporting").publish(a_fact())
    await holder.has(1)
    quick = HandClock(house.clock.now())  # the same time of day, in a process that happens to look earlier
    other_bus = SqliteBus(house.path, TOPOLOGY.queues, quick)
    watching = house.consume(other_bus, INTAKE, other)
    await eventually(lambda: INTAKE in other_bus.consuming())
    for clock in (quick, house.clock):
        clock.set_by(jump)
    for _ in range(3):
        quick.advance(1)
        await eventually(lambda: other_bus.consuming()[INTAKE] == quick.monotonic())
    assert other.numbers == []
    house.clock.advance(3)
    await eventually(lambda: 18 < leased_until(house) - house.clock.now().timestamp() <= 30)
    quick.advance(20)
    await eventually(lambda: other_bus.consuming()[INTAKE] == quick.monotonic())
    assert other.numbers == []
    may_end.set()
    await stop(consumer)
    await stop(watching)
    await other_bus.close()


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_the_deliveries_of_a_dead_consumer_are_not_held_by_a_clock_that_is_set(
    sqlite_house: SqliteHouse, jump: float
) -> None:
    house = sqlite_house

    async def dies(delivery: Delivery) -> Fate:
        raise Crash

    consumer = house.consume(house.bus("certificate"), INTAKE, dies)
    await house.bus("reporting").publish(a_fact())
    with pytest.raises(Crash):
        await asyncio.wait_for(consumer, 10)
    house.clock.set_by(jump)
    collector = Collector()
    house.consume(house.bus("certificate"), INTAKE, collector)
    waited = await passed_until(house, lambda: collector.got)
    assert waited <= 31, "no longer than for any other that died"


async def passed_until(house: SqliteHouse, happened: Callable[[], Any], at_most: float = 2 * HOUR) -> float:
    """Let time pass in small steps until it happened. Returns the seconds that it took."""
    began = house.clock.monotonic()
    while house.clock.monotonic() - began < at_most:
        for _ in range(20):
            await asyncio.sleep(0.001)
            if happened():
                return house.clock.monotonic() - began
        house.clock.advance(1)
    raise AssertionError(f"not within {at_most} s of the clock")


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize(
    ("wait", "jump"), [("10s", -HOUR), ("10s", -60.0), ("1m", -HOUR), ("1m", -30.0), ("10m", -HOUR)]
)
async def test_a_clock_that_is_set_back_holds_no_message_longer_than_once_more_its_wait(
    sqlite_house: SqliteHouse, wait: str, jump: float, restarted: bool
) -> None:
    house = sqlite_house
    again = Collector(lambda delivery: Again(wait) if delivery.attempt == 0 else Done())
    consumer = house.consume(house.bus("certificate"), INTAKE, again)
    await house.bus("reporting").publish(a_fact())
    await again.has(1)
    await eventually(lambda: settled(house))
    house.clock.advance(5)
    if restarted:
        await stop(consumer)
    house.clock.set_by(jump)
    if restarted:
        house.consume(house.bus("certificate"), INTAKE, again)
    waited = await passed_until(house, lambda: len(again.got) == 2)
    assert waited <= topology.WAITS[wait] + 31


async def test_a_file_of_an_earlier_release_is_taken_over(tmp_path: Path) -> None:
    """Its waits say when they end and not how long they are: at most an hour, which is the longest."""
    house = SqliteHouse(tmp_path / "bus.db")
    now = house.clock.now().timestamp()
    with contextlib.closing(sqlite3.connect(house.path)) as file, file:
        file.execute(
            "CREATE TABLE message (seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL,"
            " visible_at REAL NOT NULL DEFAULT 0, lease TEXT NOT NULL DEFAULT '', crashes INTEGER NOT NULL DEFAULT 0,"
            " wire BLOB NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, replays INTEGER NOT NULL, first_seen TEXT NOT NULL,"
            " reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '')"
        )
        for n, (visible_at, lease) in enumerate([(0, ""), (now + 10, ""), (now + 20, "x"), (now + 2 * HOUR, "")]):
            row = (INTAKE, visible_at, lease, json.dumps({"n": n}), NOTED.isoformat())
            file.execute(
                "INSERT INTO message (queue, visible_at, lease, wire, replays, first_seen) VALUES (?, ?, ?, ?, 0, ?)",
                row,
            )
    collector = Collector()
    house.consume(house.bus("certificate"), INTAKE, collector)
    await eventually(lambda: sorted(collector.numbers) == [0, 3])
    house.clock.advance(11)
    await eventually(lambda: sorted(collector.numbers) == [0, 1, 3])
    house.clock.advance(11)
    await eventually(lambda: sorted(collector.numbers) == [0, 1, 2, 3])
    await house.close()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from services.runtime.catalogue import REGISTER
from shared.adapters.clock import SystemClock
from shared.adapters.sqlite.bus import SqliteBus

async def dies(delivery):
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(SqliteBus(Path(sys.argv[1]), REGISTER.topology().queues, SystemClock()).consume("certificate.intake", 1, dies))
"""


async def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    house = SqliteHouse(tmp_path / "bus.db")
    house.clock = HandClock(datetime.now(UTC))  # the other process tells the real time
    await house.bus("reporting").publish(a_fact(1))
    root = str(Path(__file__).parents[2])
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(house.path), root)
    assert await killed.wait() == -9
    with contextlib.closing(sqlite3.connect(house.path)) as file:
        held = file.execute("SELECT count(*) FROM message WHERE queue = ? AND lease <> ''", (INTAKE,)).fetchone()
    assert held == (1,)
    house.clock.advance(60)
    assert await left_in(house, "certificate", INTAKE) == [1]
    await house.close()
