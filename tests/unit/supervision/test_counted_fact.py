"""Counted facts: each counts once, whatever repeats and in whatever order, in the quarter of its day in China."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision.declares import KINDS
from services.supervision.figures import storage as counting
from services.supervision.figures.counted_fact import CountedFact, counted
from services.supervision.figures.figures import Figures, Gathered, of_body
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from services.supervision.figures.storage import COUNTED_FACTS
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts import FACTS, Envelope
from shared.contracts.envelope import PREFIX
from shared.errors import Invalid, Stale
from tests.world.books import everything

STATION, PATH = "49053012", "/49000001/49050001/49053012/"
SESSION = f"{STATION}-2026-001"
NOW = datetime(2026, 4, 20, 1, tzinfo=UTC)
HEAD = {"body": STATION, "path": PATH, "at_desk": STATION}
ITEM = {"occupation": "6-04-01-01", "occupation_zh": "车工", "occupation_en": "turner", "level": 4, "heads": 30}
FIRST = Quarter(2026, 1)


def envelope(type_: str, data: dict[str, Any], *, n: int = 3, at: datetime = NOW, subject: str = SESSION) -> Envelope:
    content = FACTS[type_].from_data(data).model_dump(mode="json", exclude_unset=True)
    return Envelope(
        id=f"/x/{subject}#{n:010d}",
        source="/x",
        type=PREFIX + type_,
        subject=subject,
        time=at,
        sequence=f"{n:010d}",
        data=content,
    )


def session(held_on: date = date(2026, 3, 20), n: int = 3, **stated: Any) -> Envelope:
    data = {**HEAD, "plan": SESSION, "session": SESSION, "held_on": held_on, "items": [ITEM, {**ITEM, "level": 3}]}
    return envelope("session_plan.approved.v1", {**data, **stated}, n=n)


def roster(approved_on: date = date(2026, 3, 28), *, examined: int | None = 50, path: str = PATH) -> Envelope:
    data = {**HEAD, "path": path, "roster": SESSION, "session": SESSION, "producer": "49050001"}
    sealed = {"approved_on": approved_on, "lines": {4: 25, 3: 15}, "seal": "sha256:" + "a" * 64, "examined": examined}
    return envelope("roster.approved.v1", {**data, **sealed}, n=5)


def parcel(at: datetime = datetime(2026, 3, 30, tzinfo=UTC)) -> Envelope:
    data = {"roster": SESSION, "body": STATION, "path": PATH, "producer": "49050001"}
    posted = {"certificates": 39, "carrier": "EMS", "parcel": "EA1"}
    return envelope("certificates.mailed.v1", {**data, **posted}, n=2, at=at)


def returned(what: str, n: int, at: datetime = datetime(2026, 3, 10, tzinfo=UTC), **more: Any) -> Envelope:
    data = {**HEAD, what: SESSION, "session": SESSION, "reason": "地址不详", **more}
    return envelope(f"{'session_plan' if what == 'plan' else 'roster'}.returned.v1", data, n=n, at=at)


ALL = (
    session(standard="filed", paper_source="self_made", fee_yuan=180),
    roster(),
    parcel(),
    returned("plan", 2),
    returned("plan", 4),
    returned("roster", 3),
)
EXPECTED = Figures(
    sessions=1,
    held=1,
    heads_planned=60,
    examined=50,
    passed=40,
    passed_of_examined=40,
    certificates=39,
    plans_returned=2,
    rosters_returned=1,
    standard_filed=1,
    paper_self_made=1,
    fees_stated=1,
    fee_yuan=180,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


async def figures(store: SqliteStore, quarter: Quarter = FIRST) -> Figures:
    found = await counting.rows(store, quarter, Part("/49000001/"), Gathered([], []))
    return of_body(found.rows, STATION)


async def test_what_a_session_leaves_behind(store: SqliteStore) -> None:
    for fact in ALL:
        await counting.keep(store, fact)
    assert await figures(store) == EXPECTED
    assert await figures(store, FIRST.before) == Figures()


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(ALL))))[::97])
async def test_order_and_repeats_change_nothing(store: SqliteStore, order: tuple[int, ...]) -> None:
    for n in (*order, *order):
        await counting.keep(store, ALL[n])
    assert await store.count(COUNTED_FACTS) == len(ALL)
    assert await figures(store) == EXPECTED


async def test_a_fact_that_comes_again_with_newer_content_is_counted_by_the_newer(store: SqliteStore) -> None:
    """Also when the older one is late: the source's sequence is the watermark."""
    newer = session(date(2026, 4, 2), n=9)
    for order in ((session(), newer), (newer, session())):
        for fact in order:
            await counting.keep(store, fact)
        assert (await figures(store)).sessions == 0
        assert (await figures(store, Quarter(2026, 2))).sessions == 1


def postponed(held_on: date, n: int) -> Envelope:
    first = session(standard="filed", paper_source="self_made", fee_yuan=180).data
    more = {"held_on": held_on, "held_before": first["held_on"], "branch": "49050001", "reason": "台风"}
    return envelope("session_plan.postponed.v1", {**first, **more}, n=n)


def cancelled(n: int) -> Envelope:
    data = {**HEAD, "plan": SESSION, "session": SESSION, "held_on": date(2026, 3, 20), "reason": "报名不足"}
    return envelope("session_plan.cancelled.v1", {**data, "branch": "49050001", "centre": "49000001"}, n=n)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_session_counts_in_the_quarter_in_which_it_is_held(store: SqliteStore, order: tuple[int, ...]) -> None:
    facts = (ALL[0], postponed(date(2026, 4, 2), 6), postponed(date(2026, 7, 2), 8))
    for n in (*order, *order):
        await counting.keep(store, facts[n])
    for quarter, sessions in ((1, 0), (2, 0), (3, 1)):
        found = await figures(store, Quarter(2026, quarter))
        stated = (found.sessions, found.standard_filed, found.paper_self_made, found.fee_yuan)
        assert stated == (sessions, sessions, sessions, 180 * sessions)
    assert await store.count(COUNTED_FACTS) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_cancelled_session_counts_nowhere(store: SqliteStore, order: tuple[int, ...]) -> None:
    facts = (ALL[0], postponed(date(2026, 4, 2), 6), cancelled(8))
    for n in (*order, *order):
        await counting.keep(store, facts[n])
    for quarter in (1, 2):
        assert await figures(store, Quarter(2026, quarter)) == Figures()
    await counting.keep(store, roster())
    found = await figures(store)
    assert (found.held, found.sessions, found.passed) == (0, 0, 40), "its roster was approved: it will be told again"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_one_that_was_held_after_all_counts_again(store: SqliteStore, order: tuple[int, ...]) -> None:
    facts = (ALL[0], cancelled(6), session(n=9))
    for n in (*order, *order):
        await counting.keep(store, facts[n])
    await counting.keep(store, roster())
    found = await figures(store)
    assert (found.sessions, found.held) == (1, 1)


async def test_two_workers_at_once(store: SqliteStore) -> None:
    async def insisting() -> None:
        while True:
            try:
                return await counting.keep(store, ALL[0])
            except Stale:
                continue

    await asyncio.gather(*(insisting() for _ in range(8)))
    assert await store.count(COUNTED_FACTS) == 1


async def test_practice_counts_nowhere(store: SqliteStore) -> None:
    assert counted(roster(path="/99000001/99050001/99053012/")) is None
    await counting.keep(store, roster(path="/99000001/99050001/99053012/"))
    assert await store.count(COUNTED_FACTS) == 0


async def test_a_session_is_held_once_its_roster_is_approved_be_it_a_quarter_later(store: SqliteStore) -> None:
    await counting.keep(store, session())
    assert (await figures(store)).held == 0
    await counting.keep(store, roster(date(2026, 5, 4)))
    first, second = await figures(store), await figures(store, Quarter(2026, 2))
    assert (first.sessions, first.held, first.passed) == (1, 1, 0)
    assert (second.sessions, second.held, second.passed) == (0, 0, 40)


async def test_a_roster_that_does_not_say_how_many_sat_is_no_part_of_the_rate(store: SqliteStore) -> None:
    await counting.keep(store, roster(examined=None))
    found = await figures(store)
    assert (found.passed, found.passed_of_examined, found.examined, found.pass_rate) == (40, 0, 0, None)


async def test_what_a_fact_of_an_earlier_release_does_not_say_is_not_stated(store: SqliteStore) -> None:
    await counting.keep(store, session())
    found = await figures(store)
    assert (found.standard_national, found.standard_unstated) == (0, 1)
    assert (found.paper_self_made, found.paper_unstated) == (0, 1)
    assert (found.fees_stated, found.fees_unstated, found.mean_fee) == (0, 1, None)


async def test_a_record_holds_counts_and_nobody(store: SqliteStore) -> None:
    for fact in ALL:
        await counting.keep(store, fact)
    kept = [CountedFact.from_body(record.id, record.body) for record in await everything(store, COUNTED_FACTS)]
    assert {fact.basis for fact in kept} == {"held_on", "approved_on", "happened_on"}
    assert all(str(ALL[3].data["reason"]) not in str(fact.as_body()) for fact in kept)


# --- the edge of a quarter, in Beijing ----------------------------------------------------------------------------------

BEFORE_MIDNIGHT = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)  # 31 March 23:59:59 in Beijing
AT_MIDNIGHT = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)  # 1 April 00:00


@pytest.mark.parametrize(
    ("instant", "name"),
    [
        (BEFORE_MIDNIGHT, "2026-Q1"),
        (AT_MIDNIGHT, "2026-Q2"),
        (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), "2026-Q2"),
        (datetime(2026, 9, 30, 16, 0, tzinfo=UTC), "2026-Q4"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-Q1"),
    ],
)
async def test_parcels_and_returns_count_by_the_day_in_beijing(
    store: SqliteStore, instant: datetime, name: str
) -> None:
    assert Quarter.at(instant).name == name
    await counting.keep(store, parcel(instant))
    await counting.keep(store, returned("roster", 7, instant))
    found = await figures(store, Quarter.named(name))
    assert (found.certificates, found.rosters_returned) == (39, 1)
    assert await figures(store, Quarter.named(name).before) == Figures()


@pytest.mark.parametrize(
    ("name", "first", "last", "before"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
        ("2028-Q1", date(2028, 1, 1), date(2028, 3, 31), "2027-Q4"),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), "2026-Q1"),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "2026-Q2"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026-Q3"),
    ],
)
def test_the_days_of_a_quarter(name: str, first: date, last: date, before: str) -> None:
    quarter = Quarter.named(name)
    assert (quarter.first, quarter.last, quarter.before.name) == (first, last, before)
    assert Quarter.of(first) == Quarter.of(last) == quarter


@pytest.mark.parametrize("name", ["2026-Q5", "2026-Q0", "2026Q1", "1999-Q1", "", "2026-Q1 "])
def test_what_is_no_quarter(name: str) -> None:
    with pytest.raises(Invalid, match="quarter"):
        Quarter.named(name)


def test_a_roster_that_came_back_by_a_postponement_is_nobodys_fault() -> None:
    assert counted(returned("roster", 3, postponed_to=date(2026, 5, 8))) is None
    assert counted(returned("roster", 3)) is not None
