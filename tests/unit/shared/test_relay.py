"""The relay: order within a document, what leaves an outbox and when, whose turn it is, and clocks that are set."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sqlite.store import SqliteStore
from shared.audit import chain as audit
from shared.errors import Stale, Unavailable
from shared.messaging import relay as relays
from shared.messaging.relay import LEASE, Relay
from shared.ports import Kind, Outgoing, Record
from shared.ports.exchanges import AUDIT, EVENTS
from tests.world.clock import MORNING, HandClock
from tests.world.eventually import eventually

THING = Kind("thing")
HOUR = 3600.0


class RecordingBus:
    """refuse: raises what the bus raises over this message."""

    def __init__(self, refuse: Callable[[Outgoing], None] = lambda message: None) -> None:
        self.refuse = refuse
        self.sent: list[tuple[str, int]] = []

    async def publish(self, message: Outgoing) -> None:
        self.refuse(message)
        self.sent.append((message.key, message.n))

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a relay does not ask the bus for {name}")


class Asked:
    """A store that counts what it is asked."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._store, name)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite", (THING, LEASE, *audit.KINDS))
    yield store
    await store.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


async def note(store: SqliteStore, id: str, *rows: Outgoing) -> None:
    assert await store.add(THING.name, Record(id, {"state": "new"}, 1, len(rows)), rows)


def fact(n: int, key: str, at: datetime = MORNING) -> Outgoing:
    return Outgoing(n, at, EVENTS, key, f'{{"n": {n}}}')


def act(n: int, chain: str = "house") -> Outgoing:
    return Outgoing(n, MORNING, AUDIT, chain, f'{{"n": {n}, "verb": "approve"}}', {"path": "/"})


async def unsent(store: SqliteStore) -> dict[str, list[int]]:
    return {waiting.id: [row.n for row in waiting.rows] for waiting in await store.pending()}


def away(*keys_and_n: tuple[str, int]) -> Callable[[Outgoing], None]:
    def refuse(message: Outgoing) -> None:
        if (message.key, message.n) in keys_and_n:
            raise Unavailable("the queue is full")

    return refuse


# --- one document -----------------------------------------------------------------------------------------------------


async def test_a_document_is_sent_in_its_order_and_forgotten_once_all_is_confirmed(
    store: SqliteStore, clock: HandClock
) -> None:
    await note(store, "a", fact(1, "a"), fact(2, "a"), act(3), fact(4, "a"))
    bus = RecordingBus()
    assert await Relay(store, bus, clock, "here").round() is True
    assert bus.sent == [("a", 1), ("a", 2), ("a", 4)]
    assert await store.count(audit.ENTRIES.name) == 1
    assert await unsent(store) == {}


@pytest.mark.parametrize("refused", [1, 2, 3])
async def test_the_first_failure_ends_the_turn_of_its_document(
    store: SqliteStore, clock: HandClock, refused: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What comes behind it is not sent, so that the order stands; what it and they say is not forgotten."""
    await note(store, "a", fact(1, "a"), fact(2, "a"), fact(3, "a"))
    bus = RecordingBus(away(("a", refused)))
    await Relay(store, bus, clock, "here").round()
    assert bus.sent == [("a", n) for n in range(1, refused)]
    assert await unsent(store) == {"a": list(range(refused, 4))}
    assert "thing a waits: the queue is full" in caplog.text
    assert not [record for record in caplog.records if record.exc_info], "an outage is no fault of the program"
    bus.refuse = away()
    await Relay(store, bus, clock, "here").round()
    assert bus.sent == [("a", 1), ("a", 2), ("a", 3)]
    assert await unsent(store) == {}


async def test_an_act_that_fails_is_not_forgotten_either(
    store: SqliteStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await note(store, "a", act(1), fact(2, "a"))

    async def overtaken(*_: Any) -> None:
        raise Stale

    bus = RecordingBus()
    with monkeypatch.context() as patched:
        patched.setattr(audit, "append", overtaken)
        await Relay(store, bus, clock, "here").round()
    assert bus.sent == []
    assert await unsent(store) == {"a": [1, 2]}
    await Relay(store, bus, clock, "here").round()
    assert (bus.sent, await store.count(audit.ENTRIES.name), await unsent(store)) == ([("a", 2)], 1, {})


async def test_a_row_that_can_never_be_sent_ends_nothing_and_keeps_only_its_document(
    store: SqliteStore, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    await note(store, "a", fact(1, "a"), fact(2, "a"))
    await note(store, "b", fact(1, "b"))

    def refuse(message: Outgoing) -> None:
        if (message.key, message.n) == ("a", 1):
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "half a character")

    bus = RecordingBus(refuse)
    assert await Relay(store, bus, clock, "here").round() is True
    assert bus.sent == [("b", 1)]
    assert await unsent(store) == {"a": [1, 2]}
    assert "thing a cannot be sent" in caplog.text


async def test_what_was_confirmed_is_forgotten_only_after_the_confirmation(
    store: SqliteStore, clock: HandClock
) -> None:
    await note(store, "a", fact(1, "a"), fact(2, "a"))
    seen: list[dict[str, list[int]]] = []

    class Looking(RecordingBus):
        async def publish(self, message: Outgoing) -> None:
            seen.append(await unsent(store))
            await super().publish(message)

    await Relay(store, Looking(), clock, "here").round()
    assert seen == [{"a": [1, 2]}, {"a": [1, 2]}]


# --- many documents ---------------------------------------------------------------------------------------------------


async def test_a_document_that_is_held_up_keeps_nobody_waiting_and_is_asked_ever_less_often(
    store: SqliteStore, clock: HandClock
) -> None:
    await note(store, "a", fact(1, "a"))
    await note(store, "b", fact(1, "b"))
    tries: list[float] = []
    began = clock.monotonic()

    def refuse(message: Outgoing) -> None:
        if message.key == "a":
            tries.append(clock.monotonic() - began)
            raise Unavailable("full")

    bus = RecordingBus(refuse)
    relay = Relay(store, bus, clock, "here")
    for busy in range(40):
        await note(store, f"c{busy}", fact(1, "c"))  # so that something always goes
        assert await relay.round() is True
        clock.advance(1)
    assert bus.sent.count(("b", 1)) == 1
    assert bus.sent.count(("c", 1)) == 40
    assert tries == [0, 1, 3, 7, 15, 31]


async def test_nothing_got_through_means_that_the_broker_is_away(store: SqliteStore, clock: HandClock) -> None:
    await note(store, "a", fact(1, "a"))
    relay = Relay(store, RecordingBus(away(("a", 1))), clock, "here")
    assert await relay.round() is False
    assert await relay.round() is True, "its turn has not come, and nobody else waits"


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_a_held_up_document_has_its_turn_whatever_is_done_to_the_clock(
    store: SqliteStore, clock: HandClock, jump: float
) -> None:
    await note(store, "a", fact(1, "a"))
    bus = RecordingBus(away(("a", 1)))
    relay = Relay(store, bus, clock, "here")
    await relay.round()
    bus.refuse = away()
    clock.set_by(jump)
    await relay.round()
    assert bus.sent == [], "no time has passed"
    clock.advance(1)
    await relay.round()
    assert bus.sent == [("a", 1)]


async def test_the_next_wave_is_published_while_the_one_before_leaves_its_outboxes(
    store: SqliteStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none of it is published again, though the looks meanwhile still see it waiting."""
    monkeypatch.setattr(relays, "AT_ONCE", 2)
    for id in "abcdef":
        await note(store, id, fact(1, id), fact(2, id))
    bus = RecordingBus()

    class Slow(Asked):
        async def sent(self, kind: str, id: str, upto: int) -> None:
            at_removal.append(len(bus.sent))
            await eventually(lambda: len(bus.sent) >= 6)  # the first wave has four
            await store.sent(kind, id, upto)

    at_removal: list[int] = []
    assert await Relay(Slow(store), bus, clock, "here").round() is True  # type: ignore[arg-type]
    assert at_removal[0] == 2, "a document leaves once all of it was confirmed"
    assert sorted(bus.sent) == [(id, n) for id in "abcdef" for n in (1, 2)]
    assert await unsent(store) == {}


async def test_what_is_noted_while_its_document_is_in_hand_goes_after_it(
    store: SqliteStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "AT_ONCE", 1)
    for id in "abc":
        await note(store, id, fact(1, id))

    class Noting(RecordingBus):
        async def publish(self, message: Outgoing) -> None:
            if message.n == 1:
                await store.put(THING.name, Record(message.key, {"state": "new"}, 1, 2), [fact(2, message.key)])
                await asyncio.sleep(0)
            await super().publish(message)

    bus = Noting()
    assert await Relay(store, bus, clock, "here").round() is True
    for id in "abc":
        assert [n for key, n in bus.sent if key == id] == [1, 2]
    assert await unsent(store) == {}


async def test_a_round_that_is_interrupted_leaves_no_wave_behind(
    store: SqliteStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "AT_ONCE", 1)
    for id in "abc":
        await note(store, id, fact(1, id))
    never, begun = asyncio.Event(), []

    class Hanging(RecordingBus):
        async def publish(self, message: Outgoing) -> None:
            begun.append(message.key)
            await never.wait()

    before = asyncio.all_tasks()
    relay = Relay(store, Hanging(), clock, "here")
    going = asyncio.create_task(relay.round())
    await eventually(lambda: len(begun) == relays.WAVES)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    await eventually(lambda: asyncio.all_tasks() == before)
    relay._bus = bus = RecordingBus()  # type: ignore[assignment]
    assert await relay.round() is True
    assert sorted(bus.sent) == [("a", 1), ("b", 1), ("c", 1)], "what was in hand is taken up again"


# --- the lease --------------------------------------------------------------------------------------------------------


async def sends(relay: Relay, store: SqliteStore, bus: RecordingBus, id: str) -> bool:
    await note(store, id, fact(1, id))
    await relay.round()
    return (id, 1) in bus.sent


async def test_one_of_two_places_is_active(store: SqliteStore, clock: HandClock) -> None:
    bus = RecordingBus()
    here, there = Relay(store, bus, clock, "here"), Relay(store, bus, clock, "there")
    assert await sends(here, store, bus, "a")
    assert not await sends(there, store, bus, "b")
    clock.advance(relays.LEASE_SECONDS - 1)
    assert not await sends(there, store, bus, "c")
    assert await sends(here, store, bus, "d"), "and takes the lease anew"
    clock.advance(2)
    assert not await sends(there, store, bus, "e")
    clock.advance(relays.LEASE_SECONDS)
    assert await sends(there, store, bus, "f"), "the other one has not been seen for a whole lease"
    assert not await sends(here, store, bus, "g")


async def test_two_that_ask_at_once_do_not_both_take_it(store: SqliteStore, clock: HandClock) -> None:
    """For a new lease and for one that has ended."""
    for _ in range(2):
        asked = [Relay(store, RecordingBus(), clock, f"place {n}") for n in range(5)]
        taken = await asyncio.gather(*(relay._holds_lease() for relay in asked))
        assert sum(taken) == 1
        clock.advance(relays.LEASE_SECONDS + 1)


@pytest.mark.parametrize("jump", [-HOUR, -3.0, HOUR])
async def test_who_holds_it_goes_on_whatever_is_done_to_the_clock(
    store: SqliteStore, clock: HandClock, jump: float
) -> None:
    bus = RecordingBus()
    here = Relay(store, bus, clock, "here")
    assert await sends(here, store, bus, "a")
    clock.set_by(jump)
    assert await sends(here, store, bus, "b")
    clock.advance(relays.LEASE_SECONDS)
    assert await sends(here, store, bus, "c")


async def test_a_lease_from_before_the_clock_was_set_back_is_not_waited_for(
    store: SqliteStore, clock: HandClock
) -> None:
    """Its holder is dead, and it would end in an hour."""
    bus = RecordingBus()
    assert await sends(Relay(store, bus, clock, "dead"), store, bus, "a")
    clock.set_by(-HOUR)
    assert await sends(Relay(store, bus, clock, "there"), store, bus, "b")


# --- lateness ---------------------------------------------------------------------------------------------------------


async def test_how_late_the_oldest_unsent_fact_is(store: SqliteStore, clock: HandClock) -> None:
    bus = RecordingBus(away(("a", 1)))
    relay = Relay(store, bus, clock, "here")
    assert relay.late == 0
    await note(store, "a", fact(1, "a", MORNING - timedelta(seconds=30)))
    await relay.round()
    assert relay.late == 30
    clock.advance(20)
    assert relay.late == 50
    bus.refuse = away()
    await relay.round()
    assert relay.late == 0


async def test_a_clock_that_is_set_back_hides_no_lateness(store: SqliteStore, clock: HandClock) -> None:
    await note(store, "a", fact(1, "a", clock.now()))
    relay = Relay(store, RecordingBus(away(("a", 1))), clock, "here")
    await relay.round()
    clock.set_by(-HOUR)
    assert relay.late == 0
    clock.advance(40)
    await relay.round()
    assert relay.late == 40


async def test_another_oldest_fact_is_late_from_when_it_was_first_seen_to_be_it(
    store: SqliteStore, clock: HandClock
) -> None:
    """Of the same document or of another one, while the wall clock says that nothing of it has begun yet."""
    later = MORNING + timedelta(seconds=HOUR)
    await note(store, "a", fact(1, "a", later), fact(2, "a", later + timedelta(seconds=1)))
    await note(store, "b", fact(1, "b", later + timedelta(seconds=2)))
    bus = RecordingBus(away(("a", 1), ("a", 2), ("b", 1)))
    relay = Relay(store, bus, clock, "here")
    await relay.round()
    clock.advance(40)
    for refused in ([("a", 2), ("b", 1)], [("b", 1)]):
        clock.advance(40)
        bus.refuse = away(*refused)
        await relay.round()
        await relay.round()  # and looks at what is left
        assert relay.late == 0, "the one that was late has gone"
    clock.advance(5)
    assert relay.late == 5


async def test_who_lost_the_lease_is_not_late(store: SqliteStore, clock: HandClock) -> None:
    await note(store, "a", fact(1, "a"))
    here = Relay(store, RecordingBus(away(("a", 1))), clock, "here")
    await here.round()
    clock.advance(relays.LEASE_SECONDS + 1)
    assert await Relay(store, RecordingBus(away(("a", 1))), clock, "there")._holds_lease()
    await here.round()
    assert here.late == 0


# --- the loop ---------------------------------------------------------------------------------------------------------


class TimedClock(HandClock):
    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await super().sleep(seconds)


async def test_it_asks_a_broker_that_is_away_ever_less_often_and_looks_often_otherwise(store: SqliteStore) -> None:
    clock = TimedClock()
    await note(store, "a", fact(1, "a"))
    bus = RecordingBus(away(("a", 1), ("b", 1)))
    running = asyncio.create_task(Relay(store, bus, clock, "here").run())
    expected: list[float] = []
    for pause in (1, 2, 4, 8):
        expected.append(pause)
        await eventually(lambda: clock.pauses == expected and clock.sleepers == 1)
        if pause == 8:
            bus.refuse = away(("b", 1))
        clock.advance(pause)
    for _ in range(2):
        expected.append(relays.IDLE)
        await eventually(lambda: clock.pauses == expected and clock.sleepers == 1)
        assert bus.sent == [("a", 1)]
        clock.advance(relays.IDLE)
    expected.append(relays.IDLE)
    await eventually(lambda: clock.pauses == expected)
    assert len(asyncio.all_tasks()) <= 4, "nothing is left of the earlier waits"
    await note(store, "b", fact(1, "b"))
    expected.append(1)  # woken by what was written, and the next outage begins from the shortest pause
    await eventually(lambda: clock.pauses == expected and clock.sleepers == 1)
    running.cancel()


async def test_it_outlives_a_store_and_a_bus_that_are_away(store: SqliteStore, clock: HandClock) -> None:
    class Fails:
        fails = 3

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def pending(self, limit: int = 100) -> Any:
            self.fails -= 1
            if self.fails >= 0:
                raise Unavailable("the store is away")
            return await store.pending(limit)

    refused = 0

    def refuse(message: Outgoing) -> None:
        nonlocal refused
        refused += 1
        if refused <= 3:
            raise Unavailable("the bus is away")

    bus = RecordingBus(refuse)
    await note(store, "a", fact(1, "a", datetime(2026, 1, 1, tzinfo=UTC)))
    running = asyncio.create_task(Relay(Fails(), bus, clock, "here").run())  # type: ignore[arg-type]

    await eventually(lambda: (clock.advance(1), bus.sent)[1])
    assert bus.sent == [("a", 1)]
    assert not running.done()
    running.cancel()


async def test_while_nothing_waits_it_asks_one_question_a_look(store: SqliteStore, clock: HandClock) -> None:
    """And one more, with its answer, each time it takes the lease anew."""
    asked = Asked(store)
    running = asyncio.create_task(Relay(asked, RecordingBus(), clock, "here").run())  # type: ignore[arg-type]
    looks = 60
    for n in range(1, looks):
        await eventually(lambda n=n: asked.asked["pending"] == n and clock.sleepers == 1)
        clock.advance(relays.IDLE)
    await eventually(lambda: asked.asked["pending"] == looks)
    leases = math.ceil(looks * relays.IDLE / (relays.LEASE_SECONDS / 2))
    assert asked.asked["get"] == asked.asked["put"] + asked.asked["add"] <= leases
    assert set(asked.asked) <= {"pending", "get", "put", "add", "written"}
    running.cancel()
