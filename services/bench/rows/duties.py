"""One look of the clock at everything that is owed: with nothing new, and with a thousand marks to tell; beside asking for each
duty and the document it is about, as releases up to 0.1 did every minute."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians, seconds_of
from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.term import due_date
from services.plan.duties.annual_plan import AnnualPlanOwing
from services.plan.duties.duty import ANNUAL_PLAN, PlanDuty
from services.plan.settings import PlanSettings
from services.runtime import wiring
from services.runtime.catalogue import WholeSettings
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Record, Store
from shared.procedure.duties.duty import Key, Owed
from shared.procedure.duties.keeper import DutyKeeper
from shared.trade.ladder import Ladder
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays

YEAR = 2026
QUIET, MORNING = datetime(YEAR, 1, 28, 2, tzinfo=UTC), datetime(YEAR, 1, 29, 2, tzinfo=UTC)
"""Before the first mark, and on its day."""
MARKS = 1000
CALENDAR = WorkingDays(ours())


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found
        self.calls += 1
        return found


def measure(place: Place, size: int) -> list[Figure]:
    """size: open duties."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    ladder = Ladder.read(WholeSettings().of(PlanSettings).annual_plan_ladder)
    async with home.store_of(place, "plan") as store:
        counted: Any = Counted(store)
        keeper = DutyKeeper(counted, wiring.clock(), CALENDAR, PlanDuty, [AnnualPlanOwing(counted, ladder)])
        await keeper.watch(QUIET)  # which goes through everybody of the year: here nobody so far
        duties = _duties(size, ladder)
        await home.fill(store, local_copies.kind_of(BodyRegistered), _bodies(size))
        await home.fill(store, PlanDuty.KIND, duties)
        counted.calls = 0
        await keeper.watch(QUIET)
        quiet_calls = counted.calls
        (quiet,) = await medians(lambda: keeper.watch(QUIET))
        before = await seconds_of(lambda: _two_gets_each(store, duties))
        counted.calls = 0
        marked = await seconds_of(lambda: keeper.watch(MORNING))
        marked_calls = counted.calls
        assert await store.count(PlanDuty.KIND, {"state": "open"}) == size
    marks = min(MARKS, size)
    beside = "逐件读取任务及其文档 · two gets for each duty"
    return [
        Figure("无新事的一轮 · a run with nothing new", quiet, "s", before, beside),
        Figure("其中的查询 · questions of it", quiet_calls, "次 calls", 2 * size, beside),
        Figure(
            f"发出 {marks} 个提醒的一轮 · a run that tells {marks} marks", marked, "s", None, f"{marked_calls} 次 calls"
        ),
    ]


async def _two_gets_each(store: Store, duties: Sequence[Record]) -> None:
    for duty in duties:
        assert await store.get(PlanDuty.KIND, duty.id)
        await store.get(AnnualPlan.KIND, str(duty.body["about"]))


def _station(n: int) -> str:
    return f"49{n:06d}"


def _path(n: int) -> str:
    return f"/{home.CENTRE}/{_station(n)}/"


def _bodies(size: int) -> list[Record]:
    station = BodyRegistered(
        body=_station(1),
        kind="station",
        path=_path(1),
        name_zh="示例鉴定站",
        name_en="Example Station",
        produces=False,
        email="office@example.org",
        state="licensed",
    ).model_dump(mode="json")
    return [
        Record(_station(n), {"sequence": f"{1:010d}", "copy": station | {"body": _station(n), "path": _path(n)}})
        for n in range(size)
    ]


def _duties(size: int, ladder: Ladder) -> list[Record]:
    """The first of them were not told yet. One of each is made as the keeper makes it, the others differ in whose it is."""
    since = datetime(YEAR, 1, 1, 2, tzinfo=UTC)
    owed = Owed(_station(0), _path(0), _station(0), since.date(), due_date(YEAR))
    key = Key(ids.annual_plan_id(_station(0), YEAR), _station(0), str(YEAR))
    untold = PlanDuty.opening(ANNUAL_PLAN.what, key, owed, ladder, CALENDAR, since)
    told = untold.model_copy(deep=True)
    told.mark(ladder, CALENDAR, MORNING)
    bodies = untold.as_record().body, told.as_record().body

    def one(n: int) -> Record:
        station, about = _station(n), ids.annual_plan_id(_station(n), YEAR)
        whose = {"about": about, "body": station, "path": _path(n), "concerns": station}
        return Record(f"{about}.{ANNUAL_PLAN.what}", bodies[n >= MARKS] | whose, facts=1 + (n >= MARKS))

    return [one(n) for n in range(size)]


ROW = Row(
    what="期限任务 · duties",
    goal="100,000 件无新事：≤ 2 s，≤ 50 次查询 · 100,000 with nothing new: 2 s and 50 questions at most",
    sizes=(6_250, 25_000, 100_000),
    quick=6_250,
    tiny=120,
    measure=measure,
    servers=True,
)
