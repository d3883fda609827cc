"""Duties of a small tree, taken through their verbs, and what their facts made of the radar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from services.notification.declares import KINDS
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.handlers import handlers
from services.plan.duties.duty import PlanDuty
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.envelope import Envelope
from shared.outside import Ports
from shared.procedure.duties.duty import Key, Owed
from shared.trade.deadline import CHINA
from shared.trade.ladder import Ladder
from shared.trade.roles import Role
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock
from tests.world.empty import empty_house
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, OTHER_BRANCH, DIRECT = "49000001", "49050001", "49060001", "49003007"
STATION, SECOND, FAR = "49053012", "49053017", "49063021"
TREE = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    OTHER_BRANCH: f"/{CENTRE}/{OTHER_BRANCH}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    SECOND: f"/{CENTRE}/{BRANCH}/{SECOND}/",
    FAR: f"/{CENTRE}/{OTHER_BRANCH}/{FAR}/",
}
LADDER = Ladder((30, 7, 0, -1, -3))
CALENDAR = WorkingDays(ours())


def nine(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA) + timedelta(hours=9)


def officer(body: str, role: Role = Role.BRANCH_OFFICER) -> Actor:
    return Actor(f"officer-{body}", "办事员", body, TREE[body], frozenset({role}))


def duty(
    body: str, due_on: str = "2026-02-28", what: str = "annual_plan", concerns: str = "", period: str = "2026"
) -> PlanDuty:
    """Opened at the beginning of that year."""
    since = date(int(due_on[:4]), 1, 1)
    owed = Owed(body, TREE[body], concerns or body, since, date.fromisoformat(due_on))
    key = Key(f"{concerns or body}-{period}", concerns or body, period)
    return PlanDuty.opening(what, key, owed, LADDER, CALENDAR, nine(since.isoformat()))


def told(*days: str, of: PlanDuty) -> PlanDuty:
    for day in days:
        of.mark(LADDER, CALENDAR, nine(day))
    return of


def said(of: PlanDuty) -> list[Envelope]:
    """Its facts so far, as the broker has them."""
    return [Envelope.read(row.wire) for row in of.outbox]


class World:
    def __init__(self, ports: Ports) -> None:
        self.ports, self.store = ports, ports.store
        self._handlers = handlers(ports, FeedWriter(ports.store, ports.clock))["radar"]

    async def hear(self, *duties: PlanDuty) -> None:
        for one in duties:
            await self.take(*said(one))

    async def take(self, *envelopes: Envelope) -> None:
        for envelope in envelopes:
            await self._handlers[envelope.fact_type](envelope)


@asynccontextmanager
async def radar_room(folder: Path) -> AsyncIterator[World]:
    store, clock = SqliteStore(folder / "notification.sqlite", (*KINDS, *MACHINERY)), HandClock(nine("2026-02-10"))
    for code, path in TREE.items():
        await hear_of_body(store, code, path, name_zh=f"示例{code}", name_en=f"Example {code}")
    yield World(empty_house(store=store, clock=clock))
    await store.close()
