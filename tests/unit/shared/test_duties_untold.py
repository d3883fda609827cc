"""How late the telling of duties itself is, as the metrics say it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.plan.declares import DECLARED, KINDS
from services.plan.duties.annual_plan import AnnualPlanOwing
from services.plan.duties.duty import PlanDuty
from services.runtime.wiring import MACHINERY
from shared.adapters.sqlite.store import SqliteStore
from shared.keeping import repository
from shared.ports import Record
from shared.procedure.duties.duty import Key, Owed
from shared.procedure.duties.keeper import DutyKeeper
from shared.procedure.duties.lateness import oldest_due
from shared.register.duties import kinds_with_duties
from shared.trade.ladder import Ladder
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays
from shared.web.routers import health
from tests.world.clock import HandClock

STATION = "49053012"
LADDER, CALENDAR = Ladder((7, 0)), WorkingDays(ours())
FIRST_MARK = datetime(2026, 3, 20, tzinfo=UTC)
"""08:00 in Beijing, a week before the last day."""


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._inner, name)


class Quiet:
    async def depths(self) -> dict[str, int]:
        return {}


def a_duty(about: str = "p") -> PlanDuty:
    owed = Owed(STATION, f"/49000001/{STATION}/", STATION, date(2026, 3, 1), date(2026, 3, 27))
    return PlanDuty.opening("annual_plan", Key(about, STATION), owed, LADDER, CALENDAR, FIRST_MARK - timedelta(days=9))


def test_a_mark_says_since_when_the_term_is_counted() -> None:
    duty = a_duty()
    assert duty.mark(LADDER, CALENDAR, FIRST_MARK)
    assert json.loads(duty.outbox[-1].wire)["data"]["since"] == "2026-03-01"


async def test_it_is_the_age_of_what_waits_longest_and_nothing_once_all_are_told(tmp_path: Path) -> None:
    store, hour = SqliteStore(tmp_path / "plan.sqlite", (*KINDS, *MACHINERY)), timedelta(hours=1)
    (kind,) = kinds_with_duties(DECLARED.facts)
    assert await oldest_due(store, kind, FIRST_MARK) == 0
    duty, other = a_duty(), a_duty("other")
    await repository.add(store, duty)
    await repository.add(store, other)
    assert await oldest_due(store, kind, FIRST_MARK) == 0, "it is time, and nobody is late"
    assert await oldest_due(store, kind, FIRST_MARK + 2 * hour) == 7200
    duty.mark(LADDER, CALENDAR, FIRST_MARK + 2 * hour)
    await repository.save(store, duty)
    assert await oldest_due(store, kind, FIRST_MARK + 3 * hour) == 3 * 3600, "the other one still waits"
    other.settle(FIRST_MARK, FIRST_MARK)
    await repository.save(store, other)
    assert await oldest_due(store, kind, FIRST_MARK + 3 * hour) == 0
    await store.close()


async def test_a_quiet_look_at_everything_costs_the_same_however_much_there_is(tmp_path: Path) -> None:
    """By its questions: 100,000 in seconds is what `jianding bench duties` measures."""
    store = SqliteStore(tmp_path / "plan.sqlite", (*KINDS, *MACHINERY))
    counted: Any = Counted(store)
    keeper = DutyKeeper(counted, HandClock(), CALENDAR, PlanDuty, [AnnualPlanOwing(counted, LADDER)])
    at = FIRST_MARK - timedelta(days=2)
    await keeper.watch(at)
    asked = []
    for many in (0, 40, 1200):
        record = a_duty().as_record()
        await store.add_many(PlanDuty.KIND, [Record(f"d-{many}-{n}", record.body) for n in range(many)])
        counted.calls = 0
        await keeper.watch(at)
        asked.append(counted.calls)
    assert asked == [2, 2, 2], "whether the round is over, and what became due"
    await store.close()


async def test_it_stands_in_the_metrics_of_a_service_with_duties(tmp_path: Path) -> None:
    store, clock = SqliteStore(tmp_path / "plan.sqlite", (*KINDS, *MACHINERY)), HandClock(FIRST_MARK)
    await repository.add(store, a_duty())
    bus: Any = Quiet()
    app = FastAPI()
    watched = [
        health.Watched("plan", store, bus, None, None, (), tuple(kinds_with_duties(DECLARED.facts))),
        health.Watched("gateway", store, bus, None, None, ()),
    ]
    app.include_router(health.router(watched, clock, {}))
    clock.advance(90)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        metrics = (await client.get("/metrics")).text
    assert 'jianding_duties_oldest_due_seconds{service="plan"} 90.0' in metrics
    assert 'oldest_due_seconds{service="gateway"}' not in metrics
    await store.close()
