"""The worker: what a handler's end makes of its message, what counts, what pauses, and what becomes of the unkeepable."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from shared import trace
from shared.adapters.http.neighbours import HttpNeighbours
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.envelope import Envelope
from shared.errors import Invalid, NotYet, Refused, Stale, Unavailable
from shared.keeping import repository
from shared.messaging import parking
from shared.messaging.parking import ParkedMessage
from shared.messaging.topology import Queue
from shared.messaging.worker import Handler, Worker
from shared.ports import Again, Delivery, Done, Fate, Handle, Park, Record
from tests.world.clock import MORNING, HandClock
from tests.world.eventually import eventually

QUEUE = Queue("certificate", "intake", ("roster.approved.v1",), prefetch=2)
OWNERS = {"reporting": ("roster",), "certificate": ("batch",)}


def a_wire(**changed: Any) -> bytes:
    content = {
        "specversion": "1.0",
        "id": "/reporting/roster/x#0000000001",
        "source": "/reporting",
        "type": "cn.jianding.roster.approved.v1",
        "subject": "x",
        "time": MORNING.isoformat(),
        "sequence": "0000000001",
        "data": {},
    }
    return json.dumps({**content, **changed}).encode()


def delivery(wire: bytes | None = None, queue: str = QUEUE.name, **changed: Any) -> Delivery:
    known: dict[str, Any] = {"attempt": 0, "replays": 0, "first_seen": MORNING, **changed}
    return Delivery(queue, a_wire() if wire is None else wire, **known)


class HandedBus:
    """A bus that hands over what the test gives it, and keeps the fates."""

    def __init__(self) -> None:
        self.fates: list[Fate] = []
        self.sessions = 0
        self.prefetches: dict[str, int] = {}
        self.ends_quietly = False
        self._waiting: dict[str, asyncio.Queue[Delivery]] = {}

    def give(self, given: Delivery) -> None:
        self._of(given.queue).put_nowait(given)

    async def consume(self, queue: str, prefetch: int, handle: Handle) -> None:
        self.sessions += 1
        self.prefetches[queue] = prefetch
        while True:
            try:
                given = await self._of(queue).get()
            except asyncio.CancelledError:
                if self.ends_quietly:
                    return
                raise
            self.fates.append(await handle(given))

    def _of(self, queue: str) -> asyncio.Queue[Delivery]:
        return self._waiting.setdefault(queue, asyncio.Queue())

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a worker does not ask the bus for {name}")


class World:
    """One worker with one queue. handler: what it does with every message; store: looked at anew at every use."""

    def __init__(self, store: Any, time_limit: float, bus: HandedBus) -> None:
        self.clock, self.bus, self.store = HandClock(), bus, store
        self.handler: Handler = self._nothing
        self.handled: list[Envelope] = []

        async def handle(envelope: Envelope) -> None:
            self.handled.append(envelope)
            await self.handler(envelope)

        handlers = {QUEUE.name: {"roster.approved.v1": handle}}
        self.worker = Worker(store, self.bus, self.clock, [QUEUE], handlers, OWNERS, time_limit)  # type: ignore[arg-type]
        self.running = asyncio.create_task(self.worker.run())

    async def _nothing(self, envelope: Envelope) -> None: ...

    def raising(self, *errors: BaseException | None) -> None:
        """One after the other; the last for ever."""
        left = list(errors)

        async def raises(_: Envelope) -> None:
            error = left.pop(0) if len(left) > 1 else left[0]
            if error is not None:
                raise error

        self.handler = raises

    async def fate(self, given: Delivery) -> Fate:
        known = len(self.bus.fates)
        self.bus.give(given)
        await eventually(lambda: len(self.bus.fates) > known)
        return self.bus.fates[-1]


Worlds = Callable[..., World]


@pytest.fixture
async def a_world(tmp_path: Path) -> AsyncIterator[Worlds]:
    real = SqliteStore(tmp_path / "store.sqlite", (parking.KIND,))
    worlds: list[World] = []

    def made(
        store: Callable[[SqliteStore], Any] = lambda real: real, time_limit: float = 900, bus: HandedBus | None = None
    ) -> World:
        worlds.append(World(store(real), time_limit, bus or HandedBus()))
        return worlds[-1]

    yield made
    for world in worlds:
        if world.running.done():
            continue
        world.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await world.running
    await real.close()


@pytest.fixture
async def world(a_world: Worlds) -> World:
    return a_world()


# --- how a handler ends -----------------------------------------------------------------------------------------------


async def test_what_a_handler_did_is_done(world: World) -> None:
    assert await world.fate(delivery()) == Done()
    assert [envelope.subject for envelope in world.handled] == ["x"]


@pytest.mark.parametrize(
    ("error", "attempt", "fate"),
    [
        (Refused("no"), 0, Park("Refused", "no")),
        (Invalid("no"), 3, Park("Invalid", "no")),
        (NotYet("on its way"), 0, Again("10s")),
        (NotYet("on its way"), 3, Again("1h")),
        (NotYet("on its way"), 4, Park("Exhausted", "on its way")),
        (ZeroDivisionError("of a person"), 4, Park("Exhausted", "ZeroDivisionError")),
        (RecursionError(), 0, Again("10s")),
        (MemoryError(), 4, Park("Exhausted", "MemoryError")),
        (Unavailable("away"), 4, Again("10s", counts=False)),
    ],
    ids=repr,
)
async def test_how_it_ends_otherwise(world: World, error: Exception, attempt: int, fate: Fate) -> None:
    world.raising(error)
    assert await world.fate(delivery(attempt=attempt)) == fate
    assert not world.running.done()


async def test_a_handler_that_hangs_is_stopped_and_its_message_tried_later(a_world: Worlds) -> None:
    world = a_world(time_limit=0.01)
    stopped = 0

    async def hangs(_: Envelope) -> None:
        nonlocal stopped
        try:
            await asyncio.Event().wait()
        finally:
            stopped += 1

    world.handler = hangs
    assert await world.fate(delivery()) == Again("10s")
    assert await world.fate(delivery(attempt=4)) == Park("Exhausted", "TimeoutError")
    assert stopped == 2
    world.raising(None)
    assert await world.fate(delivery()) == Done()


@pytest.mark.parametrize(("overtaken", "fate"), [(1, Done()), (2, Done()), (3, Again("10s"))])
async def test_who_is_overtaken_begins_anew_a_few_times(world: World, overtaken: int, fate: Fate) -> None:
    world.raising(*[Stale()] * overtaken, None)
    assert await world.fate(delivery()) == fate
    assert len(world.handled) == min(overtaken + 1, 3)


async def test_every_outcome_is_counted(world: World) -> None:
    world.raising(None, None, NotYet("x"), Refused("x"), Unavailable("x"))
    for _ in range(5):
        await world.fate(delivery())
    name = QUEUE.name
    assert world.worker.outcomes == {(name, "Done"): 2, (name, "Again"): 2, (name, "Park"): 1}


@pytest.mark.parametrize(
    ("told", "correlation"), [("the.request", "the.request"), ("", "/reporting/roster/x#0000000001")]
)
async def test_what_a_handler_causes_can_be_followed_to_where_it_began(
    world: World, told: str, correlation: str
) -> None:
    seen: list[trace.Trace] = []

    async def looks(_: Envelope) -> None:
        seen.append(trace.current())

    world.handler = looks
    await world.fate(delivery(a_wire(correlationid=told)))
    assert seen == [trace.Trace(correlation, "/reporting/roster/x#0000000001")]


# --- who may say what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"source": "/certificate", "id": "/certificate/roster/x#0000000001"}, "does not write about roster"),
        ({"source": "/nobody", "id": "/nobody/roster/x#0000000001"}, "does not write about roster"),
        ({"type": "cn.jianding.batch.numbered.v1"}, "does not write about batch"),
        ({"sequence": "9999999999", "id": "/reporting/roster/x#9999999999"}, "sequence"),
        ({"sequence": "0000000002"}, "id is not that of"),
        ({"subject": "y"}, "id is not that of"),
    ],
)
async def test_what_its_owner_did_not_say_is_parked_unread(world: World, changed: Any, because: str) -> None:
    fate = await world.fate(delivery(a_wire(**changed)))
    assert isinstance(fate, Park)
    assert fate.reason == "Unreadable"
    assert because in fate.detail
    assert world.handled == []


# --- pauses -----------------------------------------------------------------------------------------------------------


async def test_an_outage_pauses_the_queue_until_what_failed_answers(world: World) -> None:
    pings = 0

    async def ping() -> None:
        nonlocal pings
        pings += 1
        if pings < 3:
            raise Unavailable("still away")

    world.raising(Unavailable("away", ping), None)
    assert await world.fate(delivery()) == Again("10s", counts=False)
    world.bus.give(delivery())
    await eventually(lambda: world.clock.sleepers >= 1)
    for pause in (1, 2, 4):
        assert len(world.bus.fates) == 1, "nothing is taken while it is away"
        before = pings
        await eventually(lambda: world.clock.sleepers >= 1)
        world.clock.advance(pause)
        await eventually(lambda before=before: pings > before)
    await eventually(lambda: len(world.bus.fates) == 2)
    assert world.bus.fates[-1] == Done()


async def test_an_outage_that_does_not_say_who_answers_again_asks_the_store(a_world: Worlds) -> None:
    pings = 0

    class Pinged:
        def __init__(self, store: SqliteStore) -> None:
            self.store = store

        async def ping(self) -> None:
            nonlocal pings
            pings += 1
            if pings < 3:
                raise Unavailable("still away")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.store, name)

    world = a_world(Pinged)
    world.raising(Unavailable("away"), None)
    assert await world.fate(delivery()) == Again("10s", counts=False)
    world.bus.give(delivery())
    await eventually(lambda: (world.clock.advance(1), len(world.bus.fates) == 2)[1])
    assert (world.bus.fates[-1], pings) == (Done(), 3)


class PairBus(HandedBus):
    """Hands over two at once."""

    async def consume(self, queue: str, prefetch: int, handle: Handle) -> None:
        while True:
            pair = [await self._of(queue).get(), await self._of(queue).get()]
            self.fates += await asyncio.gather(*map(handle, pair))


async def test_an_outage_that_several_messages_met_is_one_pause(a_world: Worlds) -> None:
    pings = 0

    async def ping() -> None:
        nonlocal pings
        pings += 1

    world = a_world(bus=PairBus())
    world.raising(Unavailable("away", ping), Unavailable("away", ping), None)
    for handed in (2, 4):
        for _ in range(2):
            world.bus.give(delivery())
        await eventually(lambda handed=handed: (world.clock.advance(1), len(world.bus.fates) == handed)[1])
    assert world.bus.fates == [Again("10s", counts=False)] * 2 + [Done()] * 2
    assert pings == 1


async def test_a_session_that_ends_quietly_for_a_pause_is_followed_by_another(world: World) -> None:
    world.bus.ends_quietly = True
    world.raising(Unavailable("away"), None)
    assert await world.fate(delivery()) == Again("10s", counts=False)
    world.bus.give(delivery())
    await eventually(lambda: (world.clock.advance(1), len(world.bus.fates) == 2)[1])
    assert world.bus.sessions == 3, "the queue twice, and its parked twin"
    world.bus.ends_quietly = False


class Answer(BaseModel):
    known: bool


async def test_a_neighbour_that_is_asked_too_often_uses_up_no_attempt(world: World) -> None:
    """Through the client of the neighbours: 429 pauses as an outage does, however often it comes."""
    asked = 0

    async def throttled(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.url.path.endswith("/tokens"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 900})
        if request.url.path.endswith("/openapi.json"):
            return httpx.Response(200, json={})
        asked += 1
        return (
            httpx.Response(429, json={"detail": "too often"})
            if asked <= 6
            else httpx.Response(200, json={"known": True})
        )

    neighbours = HttpNeighbours(
        "certificate", "secret", lambda _: "http://house", world.clock, httpx.MockTransport(throttled)
    )

    async def asks(_: Envelope) -> None:
        await neighbours.get("reporting", "/rosters/x/sealed", Answer)

    world.handler = asks
    fates: list[Fate] = []
    for _ in range(7):
        world.bus.give(delivery(attempt=4))  # the last one it has
        known = len(fates)
        await eventually(lambda known=known: (world.clock.advance(1), len(world.bus.fates) > known)[1])
        fates = list(world.bus.fates)
    assert fates == [Again("10s", counts=False)] * 6 + [Done()]
    await neighbours.close()


# --- parking ----------------------------------------------------------------------------------------------------------


class Refusing:
    """A store that refuses to add: what it is asked to refuse."""

    def __init__(self, store: SqliteStore, refuses: Callable[[Record], bool]) -> None:
        self.store, self.refuses, self.asked = store, refuses, 0

    async def add(self, kind: str, record: Record, outbox: Any = ()) -> bool:
        self.asked += 1
        if self.refuses(record):
            raise ValueError("the document is too large for the database")
        return await self.store.add(kind, record, outbox)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def parked_delivery(wire: bytes) -> Delivery:
    return delivery(wire, QUEUE.parked, attempt=2, reason="Refused", detail="no")


async def the_parked(world: World) -> list[ParkedMessage]:
    return [message async for message in repository.every(world.store, ParkedMessage)]


async def test_a_parked_message_that_the_store_refuses_is_kept_without_its_content(
    a_world: Worlds, caplog: pytest.LogCaptureFixture
) -> None:
    world = a_world(lambda real: Refusing(real, lambda record: bool(record.body["wire"])))
    assert await world.fate(parked_delivery(b"x" * 500)) == Done()
    (kept,) = await the_parked(world)
    assert (kept.wire, kept.whole, kept.size, kept.reason, kept.detail) == ("", False, 500, "Refused", "no")
    assert "refuses a parked message of 500 bytes" in caplog.text
    assert await world.fate(parked_delivery(b"x" * 500)) == Done(), "a repeat finds it"
    assert len(await the_parked(world)) == 1


async def test_one_that_cannot_be_kept_at_all_rests_and_is_said(
    a_world: Worlds, caplog: pytest.LogCaptureFixture
) -> None:
    world = a_world(lambda real: Refusing(real, lambda _: True))
    assert await world.fate(parked_delivery(b"x")) == Again("1h", counts=False)
    assert world.store.asked == 2
    assert world.worker.outcomes[QUEUE.parked, "NotKept"] == 1
    assert "refuses a parked message" in caplog.text
    assert not world.running.done()
    world.store.refuses = lambda _: False
    assert await world.fate(parked_delivery(b"x")) == Done()
    (kept,) = await the_parked(world)
    assert (kept.wire, kept.whole, kept.reason) == ("x", True, "Refused")


async def test_a_store_that_is_away_pauses_the_parking_too(a_world: Worlds) -> None:
    away = True

    class Away:
        def __init__(self, store: SqliteStore) -> None:
            self.store = store

        async def add(self, *given: Any) -> bool:
            if away:
                raise Unavailable("away", self.store.ping)
            return await self.store.add(*given)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.store, name)

    world = a_world(Away)
    assert await world.fate(parked_delivery(b"x")) == Again("10s", counts=False)
    away = False
    world.bus.give(parked_delivery(b"x"))
    await eventually(lambda: (world.clock.advance(1), len(world.bus.fates) == 2)[1])
    assert world.bus.fates[-1] == Done()
    assert world.worker.outcomes[QUEUE.parked, "NotKept"] == 0


# --- its end ----------------------------------------------------------------------------------------------------------


async def test_it_ends_with_its_bus_and_not_before(world: World) -> None:
    class Broken(BaseException): ...

    await world.fate(delivery())
    assert not world.running.done()
    assert world.bus.sessions == 2, "the queue and its parked twin"
    assert world.bus.prefetches == {QUEUE.name: QUEUE.prefetch, QUEUE.parked: 10}
    world.raising(Broken())
    world.bus.give(delivery())
    with pytest.raises(BaseExceptionGroup) as ended:
        await asyncio.wait_for(world.running, 5)
    assert isinstance(ended.value.exceptions[0], Broken)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}, "nothing of it goes on behind its back"
