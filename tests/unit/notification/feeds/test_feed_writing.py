"""A feed has every fact once, under numbers without a gap, whoever dies, repeats or writes at the same time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from services.notification.declares import KINDS
from services.notification.feeds import figures, storage
from services.notification.feeds.readers import feeds_named_by
from services.notification.feeds.usecases import reading, retention
from services.notification.feeds.usecases.writing import TOGETHER, FeedWriter
from shared.adapters.mongo import MongoStore
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.envelope import Envelope, Fact, Reader
from shared.contracts.plan import AnnualPlanDue
from shared.errors import Unavailable
from shared.ports import Outgoing, Record, Store
from tests.world.clock import MORNING, HandClock
from tests.world.eventually import eventually
from tests.world.hearing import hear_of_body, told

CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PLACE = f"/{CENTRE}/{BRANCH}/{STATION}/"
FEEDS = (CENTRE, BRANCH, STATION)


def due(year: int, path: str = PLACE) -> Envelope:
    body = path.rstrip("/").rpartition("/")[2]
    fact = AnnualPlanDue.model_validate(
        {"body": body, "path": path, "year": year, "due_on": f"{year}-02-28", "days_left": 3}
    )
    return told(f"{body}-{year}", fact, sequence=year)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.servers)])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[[], Store]]:
    """Opens the store once more: another process."""
    stores: list[Store] = []
    if request.param == "mongodb":
        url, database = request.getfixturevalue("mongodb_url"), request.getfixturevalue("database")

    def another() -> Store:
        if request.param == "sqlite":
            stores.append(SqliteStore(tmp_path / "notification.sqlite", KINDS))
        else:
            stores.append(MongoStore(url, database, KINDS))
        return stores[-1]

    await another().prepare()
    yield another
    for store in stores:
        await store.close()


async def read(store: Store, body: str, after: int = 0, limit: int = 1000) -> list[Envelope]:
    """With the numbers looked at."""
    part = await reading.read(store, body, after, limit)
    assert [entry.n for entry in part.entries] == list(range(after + 1, after + 1 + len(part.entries)))
    return [Envelope.model_validate_json(entry.wire) for entry in part.entries]


async def facts_of(store: Store, body: str) -> list[int]:
    return [entry.data["year"] for entry in await read(store, body)]


async def test_everybody_concerned_has_an_entry_of_its_own(opened: Callable[[], Store], clock: HandClock) -> None:
    store, event = opened(), due(2026)
    await FeedWriter(store, clock).write(AnnualPlanDue, event)
    for feed in FEEDS:
        (entry,) = (await reading.read(store, feed, 0, 10)).entries
        told_here = Envelope.model_validate_json(entry.wire)
        assert (told_here.id, entry.fact) == (f"{feed}/1", event.id)
        assert f'"factid":"{event.id}","feednumber":1' in entry.wire
        assert told_here.model_copy(update={"id": event.id}) == event
    assert (await reading.read(store, "49060001", 0, 10)).last == 0


async def test_repeats_and_writers_side_by_side_double_nothing(opened: Callable[[], Store], clock: HandClock) -> None:
    writers = [FeedWriter(opened(), clock) for _ in range(3)]
    years = range(2001, 2031)
    await asyncio.gather(*(writer.write(AnnualPlanDue, due(year)) for year in years for writer in writers))
    for feed in FEEDS:
        assert sorted(await facts_of(opened(), feed)) == list(years)


async def test_one_writer_keeps_the_order_in_which_facts_come(opened: Callable[[], Store], clock: HandClock) -> None:
    store, years = opened(), list(range(2001, 2001 + 2 * TOGETHER + 5))
    writer = FeedWriter(store, clock)
    await asyncio.gather(*(writer.write(AnnualPlanDue, due(year)) for year in years))
    for feed in FEEDS:
        assert await facts_of(store, feed) == years


class Dead(Exception):
    """kill -9: nothing that this life does from here on reaches the store."""


class Dying(SqliteStore):
    """Dies at its call number `last`, before or after that took effect."""

    calls = 0
    last, after = 0, False

    async def _or_die(self, doing: Any) -> Any:
        self.calls += 1
        if self.calls > self.last > 0 or (self.calls == self.last and not self.after):
            doing.close()
            raise Dead
        answer = await doing
        if self.calls == self.last:
            raise Dead
        return answer

    async def add(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> bool:
        return bool(await self._or_die(super().add(kind, record, outbox)))

    async def add_many(self, kind: str, records: Sequence[Record]) -> int:
        return int(await self._or_die(super().add_many(kind, records)))

    async def put(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> None:
        await self._or_die(super().put(kind, record, outbox))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("last", range(1, 13))
async def test_whoever_dies_at_any_write_leaves_no_gap(
    tmp_path: Path, clock: HandClock, last: int, after: bool
) -> None:
    store = Dying(tmp_path / "notification.sqlite", KINDS)
    await store.prepare()
    store.last, store.after = last, after
    years, writer = [2024, 2025], FeedWriter(store, clock)
    with pytest.raises(Dead):
        for year in years:
            await writer.write(AnnualPlanDue, due(year))
    store.last = 0
    for feed in FEEDS:  # a reader at this very moment sees no gap either
        await read(store, feed)
    writer = FeedWriter(store, clock)
    for year in years:  # what was not acknowledged comes again
        await writer.write(AnnualPlanDue, due(year))
    for feed in FEEDS:
        assert sorted(await facts_of(store, feed)) == years
        stored = await store.find(storage.ENTRY, {"feed": feed}, sort="n")
        assert [record.body["n"] for record in stored.records] == [1, 2]
    await store.close()


class Away(SqliteStore):
    is_away = False

    async def get(self, kind: str, id: str) -> Record | None:
        if self.is_away:
            raise Unavailable("away")
        return await super().get(kind, id)


async def test_while_the_store_is_away_nobody_overtakes(tmp_path: Path, clock: HandClock) -> None:
    store = Away(tmp_path / "notification.sqlite", KINDS)
    await store.prepare()
    store.is_away = True
    writer = FeedWriter(store, clock)
    writing = [asyncio.create_task(writer.write(AnnualPlanDue, due(2001)))]
    await eventually(lambda: clock.sleepers == 3)  # one for each feed
    writing.append(asyncio.create_task(writer.write(AnnualPlanDue, due(2002))))
    for _ in range(3):
        clock.advance(30)
        await eventually(lambda: clock.sleepers == 3)
    assert not any(task.done() for task in writing)
    store.is_away = False
    clock.advance(60)
    await asyncio.gather(*writing)
    assert await facts_of(store, STATION) == [2001, 2002]
    await store.close()


class Planted(Fact):
    """A new event whose author thought of no reader."""

    TYPE: ClassVar[str] = "annual_plan.planted.v1"
    ABOUT: ClassVar[str] = "新事件 · new"
    SUBJECT: ClassVar[str] = "编号 · id"
    body: str
    path: str


async def test_a_place_in_the_tree_opens_nothing(opened: Callable[[], Store], clock: HandClock) -> None:
    store = opened()
    await FeedWriter(store, clock).write(Planted, told("x", Planted(body=STATION, path=PLACE)))
    for feed in FEEDS:
        assert (await reading.read(store, feed, 0, 10)).last == 0


class Announced(Planted):
    TYPE: ClassVar[str] = "bulletin.announced.v1"
    READERS: ClassVar[tuple[Reader, ...]] = ("centre", "bodies")


async def test_what_is_for_all_reaches_whoever_stands_below(opened: Callable[[], Store], clock: HandClock) -> None:
    store = opened()
    for path in (f"/{CENTRE}/", f"/{CENTRE}/{BRANCH}/", PLACE, "/99000001/99050001/"):
        await hear_of_body(store, path.rstrip("/").rpartition("/")[2], path)
    await FeedWriter(store, clock).write(Announced, told("x", Announced(body=CENTRE, path=f"/{CENTRE}/")))
    assert [(await reading.read(store, feed, 0, 10)).last for feed in (*FEEDS, "99050001")] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("path", "readers", "feeds"),
    [
        (PLACE, ("body", "branch", "centre"), (STATION, BRANCH, CENTRE)),
        (f"/{CENTRE}/{STATION}/", ("body", "branch", "centre"), (STATION, CENTRE)),
        (f"/{CENTRE}/{BRANCH}/", ("body", "branch", "centre"), (BRANCH, CENTRE)),
        (f"/{CENTRE}/", ("body", "branch", "centre"), (CENTRE,)),
        (f"/{CENTRE}/{BRANCH}/", ("branch", "centre"), (CENTRE,)),
        (PLACE, ("branch",), (BRANCH,)),
        (PLACE, (), ()),
    ],
)
def test_who_reads(path: str, readers: tuple[Reader, ...], feeds: tuple[str, ...]) -> None:
    fact = type("Fact1", (Planted,), {"READERS": readers})
    assert feeds_named_by(fact, {"path": path}) == feeds


async def test_after_its_time_an_entry_keeps_its_number_and_no_data(
    opened: Callable[[], Store], clock: HandClock
) -> None:
    store = opened()
    for year in (2024, 2025):
        await FeedWriter(store, clock).write(AnnualPlanDue, due(year))
    await retention.thin_out(store, 0, clock.now() + timedelta(days=9999))
    assert len(await facts_of(store, STATION)) == 2, "for ever, unless the operator says otherwise"
    await retention.thin_out(store, 2, MORNING + timedelta(days=2))
    assert len(await facts_of(store, STATION)) == 2
    for _ in range(2):
        await retention.thin_out(store, 2, MORNING + timedelta(days=2, seconds=1))
    for entry in (await reading.read(store, STATION, 0, 10)).entries:
        told_here = json.loads(entry.wire)
        assert "data" not in told_here
        assert (told_here["feednumber"], told_here["type"]) == (entry.n, "cn.jianding.annual_plan.due.v1")
    assert not [entry for entry in (await storage.load(store, STATION)).tail if "data" in json.loads(entry.wire)]
    await FeedWriter(store, clock).write(AnnualPlanDue, due(2024))
    assert (await reading.read(store, STATION, 0, 10)).last == 2, "a late repeat is still known"
    await FeedWriter(store, clock).write(AnnualPlanDue, due(2026))
    assert await read(store, STATION, 2, 10), "what comes after is whole"


async def test_how_long_the_oldest_fact_in_hand_waits(
    opened: Callable[[], Store], clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database is away it grows, whatever comes behind it."""
    store = opened()
    writer = FeedWriter(store, clock)

    def waits() -> float:
        (one,) = figures.measured(writer.waits_since, clock.now())
        return one.value

    async def away(*_: object) -> None:
        raise Unavailable("away")

    assert waits() == 0
    with monkeypatch.context() as patched:
        patched.setattr(storage, "save", away)
        writing = asyncio.create_task(writer.write(AnnualPlanDue, due(2024)))
        await eventually(lambda: clock.sleepers)
        clock.advance(40)
        assert waits() == 40
    await eventually(lambda: clock.sleepers or writing.done())
    clock.advance(40)
    await writing
    assert (waits(), await facts_of(store, BRANCH)) == (0, [2024])
