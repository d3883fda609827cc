"""Nobody who waits for one letter waits for very many: the whole way from the fact to the post, on a real store and bus, under a
clock that stands still unless time is to pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.notification.handlers import handlers
from services.notification.mailings.mailing import BULK, Mailing
from services.notification.mailings.usecases import resuming
from services.notification.mailings.usecases.giving_way import MOST_WAITING, PAGE, PATIENCE
from services.notification.mailings.usecases.planning import plan_letters
from services.runtime.catalogue import REGISTER
from shared.adapters.sqlite.bus import SqliteBus
from shared.contracts.directory import Addressee
from shared.contracts.envelope import Envelope
from shared.errors import Unavailable
from shared.keeping import repository
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from shared.ports import Outgoing, ReadyLetter, every_record
from shared.ports.exchanges import EVENTS, REDELIVER
from tests.unit.notification.occasions import SOMEBODY, happened, mailings, post_room, relayed
from tests.world.clock import MORNING
from tests.world.eventually import eventually

RESET = "account.reset_requested.v1"
MAILED = "certificates.mailed.v1"
BULLETIN = "bulletin.published.v1"
QUEUES = [one for one in REGISTER.topology().queues_of("notification") if one.job.startswith(("plan", "deliver"))]


def queues_of(fact: str) -> set[str]:
    return {queue.name for queue in QUEUES if fact in queue.takes}


class Counter:
    """The post: which letters it took, in their order."""

    def __init__(self) -> None:
        self.letters: list[str] = []

    async def send(self, letter: ReadyLetter) -> None:
        await asyncio.sleep(0)
        self.letters.append(letter.letter)


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path) as ports:
        ports.mailer = Counter()
        ports.neighbours.person = Addressee(name="张三", email=SOMEBODY, link="https://certificates.example.org/x")
        yield ports


@pytest.fixture
async def bus(ports: Any, tmp_path: Path) -> AsyncIterator[SqliteBus]:
    opened = SqliteBus(tmp_path / "bus.sqlite", REGISTER.topology().queues, ports.clock)
    yield opened
    await opened.close()


@asynccontextmanager
async def at_work(ports: Any, bus: SqliteBus) -> AsyncIterator[None]:
    """Relay and worker of the notification service, as far as letters need them."""
    table = handlers(ports, SimpleNamespace())  # type: ignore[arg-type]
    by_queue = {queue.name: table[queue.job] for queue in QUEUES}
    running = [asyncio.create_task(Relay(ports.store, bus, ports.clock, "here").run())]
    hands = Worker(ports.store, bus, ports.clock, QUEUES, by_queue, REGISTER.owners)
    running.append(asyncio.create_task(hands.run()))
    try:
        yield
    finally:
        for one in running:
            one.cancel()
        ended = asyncio.gather(*running, return_exceptions=True)

        def is_over() -> bool:  # bulk that gives way to nobody any more waits until it has lost its patience
            ports.clock.advance(PATIENCE)
            return ended.done()

        await eventually(is_over)


async def publish(bus: SqliteBus, fact: Envelope, queue: str = "") -> None:
    """As its owner would. queue: to that one alone."""
    owner = next(service for service, facts in REGISTER.owners.items() if fact.fact_type.split(".")[0] in facts)
    id = f"/{owner}/document/{fact.subject}#{fact.sequence}"
    said = fact.model_copy(update={"source": f"/{owner}", "id": id})
    to = (REDELIVER, queue) if queue else (EVENTS, fact.fact_type)
    await bus.publish(Outgoing(1, MORNING, *to, said.wire()))


def many(ports: Any, count: int) -> None:
    ports.neighbours.holders = [f"holder-{n}@example.org" for n in range(count)]


# --- from the fact to the post ----------------------------------------------------------------------------------------


async def test_a_reset_behind_thousands_is_handed_over_among_the_first_of_them(ports: Any, bus: SqliteBus) -> None:
    """More orders are mailed at once than are planned at once, each to a thousand holders."""
    orders, holders = 40, 1000
    many(ports, holders)
    for n in range(orders):
        await publish(bus, happened(MAILED, n + 1))

    def taken(count: int) -> bool:
        ports.clock.advance(0.05)
        return len(ports.mailer.letters) >= count

    async with at_work(ports, bus):
        await eventually(lambda: taken(100), within=120)
        before = len(ports.mailer.letters)
        await publish(bus, happened(RESET))
        await eventually(lambda: taken(0) and "account-reset" in ports.mailer.letters, within=120)
    stood_before = ports.mailer.letters.index("account-reset") - before
    assert await ports.store.count(Mailing.KIND) < orders * holders / 2, "most of the bulk is not even written"
    assert stood_before <= MOST_WAITING + 4 * PAGE, "that may wait to be sent when the reset is written"


async def test_all_of_them_go_out_in_the_end_each_once(ports: Any, bus: SqliteBus) -> None:
    many(ports, 450)
    await publish(bus, happened(MAILED))

    def all_taken() -> bool:
        ports.clock.advance(0.05)
        return len(ports.mailer.letters) == 451

    async with at_work(ports, bus):
        await eventually(all_taken, within=120)
    assert {one: ports.mailer.letters.count(one) for one in set(ports.mailer.letters)} == {
        "certificate-on-its-way": 450,
        "certificates-mailed": 1,
    }


# --- planning ---------------------------------------------------------------------------------------------------------


def test_who_waits_for_one_letter_has_a_queue_that_no_bulk_stands_in() -> None:
    for fact in (RESET, "account.locked.v1", "roster.returned.v1", "sanction.confirmed.v1"):
        assert queues_of(fact) == {"notification.plan_single"}, fact
    assert queues_of(BULLETIN) == {"notification.plan"}
    for fact in (MAILED, "plan_duty.marked.v1"):
        assert queues_of(fact) == {"notification.plan", "notification.plan_single"}, fact


def test_every_letter_is_planned_by_one_of_them() -> None:
    for fact, letters in REGISTER.letters.items():
        wanted = {"notification.plan" if letter.is_bulk else "notification.plan_single" for letter in letters}
        assert queues_of(fact) == wanted, fact


async def test_the_single_letter_of_a_fact_does_not_wait_for_the_many_of_it(ports: Any) -> None:
    await plan_letters(ports, happened(MAILED), single=True)
    assert [(one.letter, one.lane) for one in await mailings(ports)] == [("certificates-mailed", "")]
    await plan_letters(ports, happened(MAILED))
    found = sorted((one.letter, one.lane) for one in await mailings(ports))
    assert found == [("certificate-on-its-way", BULK)] * 2 + [("certificates-mailed", "")]


async def test_what_is_due_ahead_is_bulk_and_what_is_overdue_goes_out_by_itself(ports: Any) -> None:
    ahead = {"ahead": True, "overdue": False, "days_left": 3, "mark": 3, "above": None}
    late = {"ahead": False, "overdue": True}
    await plan_letters(ports, happened("plan_duty.marked.v1", 1, **ahead), single=True)
    assert await mailings(ports) == []
    await plan_letters(ports, happened("plan_duty.marked.v1", 1, **ahead))
    assert {(one.letter, one.lane) for one in await mailings(ports)} == {("duty-ahead", BULK)}
    await plan_letters(ports, happened("plan_duty.marked.v1", 2, **late), single=True)
    assert {one.lane for one in await mailings(ports) if one.letter != "duty-ahead"} == {""}


@pytest.mark.parametrize("fact", [RESET, MAILED, "roster.returned.v1"])
async def test_what_an_earlier_release_left_in_its_only_queue_is_planned_whole(
    ports: Any, bus: SqliteBus, fact: str
) -> None:
    await publish(bus, happened(fact), "notification.plan")
    wanted = {letter.name for letter in REGISTER.letters[fact]}

    async def planned() -> bool:
        ports.clock.advance(0.05)
        return {one.letter for one in await mailings(ports)} == wanted

    async with at_work(ports, bus):
        await eventually(planned)


# --- giving way -------------------------------------------------------------------------------------------------------


async def waiting(ports: Any) -> int:
    return len(await ports.store.pending(10_000))


async def test_bulk_writes_no_more_than_the_relay_takes(ports: Any) -> None:
    many(ports, 1000)
    planning = asyncio.create_task(plan_letters(ports, happened(MAILED)))
    await eventually(lambda: ports.clock.sleepers == 1)
    assert MOST_WAITING <= await waiting(ports) < MOST_WAITING + PAGE
    await relayed(ports, planning)
    assert len(await mailings(ports)) == 1001


async def test_a_broker_that_is_away_for_a_minute_pauses_bulk_and_costs_it_nothing(ports: Any) -> None:
    many(ports, 1000)
    planning = asyncio.create_task(plan_letters(ports, happened(MAILED)))
    await eventually(lambda: ports.clock.sleepers == 1)
    ports.clock.advance(PATIENCE)
    with pytest.raises(Unavailable, match="bulk goes on later"):
        await planning
    await plan_letters(ports, happened(RESET), single=True)
    assert "account-reset" in {one.letter for one in await mailings(ports)}, "a single letter asks for no room"


# --- resuming ---------------------------------------------------------------------------------------------------------


async def put_off(ports: Any, count: int) -> str:
    """So many of a bulk, and then a reset, which were put off once; the id of the reset."""
    many(ports, count)
    await relayed(ports, plan_letters(ports, happened(MAILED)))
    await relayed(ports, plan_letters(ports, happened(RESET)))
    async for record in every_record(ports.store, Mailing.KIND):
        mailing = Mailing.from_record(record)
        mailing.next_at = ports.clock.now() + timedelta(seconds=60 + (mailing.letter == "account-reset"))
        await repository.save(ports.store, mailing)
    (reset,) = [one for one in await mailings(ports) if one.letter == "account-reset"]
    return reset.id


async def test_after_an_outage_single_letters_come_back_first(ports: Any) -> None:
    reset = await put_off(ports, 1000)
    ports.clock.advance(120)
    resumed = asyncio.create_task(resuming.resume(ports.store, ports.clock))
    await eventually(lambda: ports.clock.sleepers == 1)
    place = [one.id for one in await ports.store.pending(10_000)]
    assert reset in place
    assert len(place) < MOST_WAITING + PAGE
    assert await relayed(ports, resumed) == 1002


async def test_a_letter_that_cannot_be_read_keeps_none_waiting_behind_it(ports: Any) -> None:
    reset = await put_off(ports, 150)
    record = await ports.store.get(Mailing.KIND, next(one.id for one in await mailings(ports) if one.id != reset))
    assert record is not None
    await ports.store.put(Mailing.KIND, type(record)(record.id, record.body | {"attempt": "x"}, record.version))
    ports.clock.advance(120)
    assert await relayed(ports, resuming.resume(ports.store, ports.clock)) == 151


async def test_what_an_earlier_release_stored_without_a_lane_comes_back_too(ports: Any) -> None:
    reset = await put_off(ports, 150)
    record = await ports.store.get(Mailing.KIND, reset)
    assert record is not None
    body = {name: value for name, value in record.body.items() if name != "lane"}
    await ports.store.put(Mailing.KIND, type(record)(record.id, body, record.version))
    ports.clock.advance(120)
    assert await relayed(ports, resuming.resume(ports.store, ports.clock)) == 152
