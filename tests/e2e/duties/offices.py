"""The services that keep duties, each on its own store, and the radar: every fact is taken to whoever takes it, by the handlers
of their queues, under one clock that is driven by hand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.certificate import handlers as certificate_handlers
from services.certificate.duties import watching as certificate
from services.certificate.duties.duty import CertificateDuty
from services.directory import handlers as directory_handlers
from services.directory.duties import watching as directory
from services.directory.duties.duty import DirectoryDuty
from services.notification import handlers as notification_handlers
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.radar.row import RadarRow
from services.notification.radar.storage import RADAR
from services.plan import handlers as plan_handlers
from services.plan.duties import watching as plan
from services.plan.duties.duty import PlanDuty
from services.reporting import handlers as reporting_handlers
from services.reporting.duties import watching as reporting
from services.reporting.duties.duty import RosterDuty
from services.runtime.catalogue import REGISTER
from services.runtime.wiring import MACHINERY
from services.supervision import handlers as supervision_handlers
from services.supervision.duties import watching as supervision
from services.supervision.duties.duty import SupervisionDuty
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.messaging.worker import Handler
from shared.outside import Ports
from shared.ports import every_record
from shared.procedure.duties.duty import Duty
from shared.procedure.duties.keeper import DutyKeeper
from shared.trade.workdays.reading import NamedDay
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock
from tests.world.empty import empty_house

KEEPERS = {
    "plan": (plan.duties, plan_handlers.handlers, PlanDuty),
    "reporting": (reporting.duties, reporting_handlers.handlers, RosterDuty),
    "certificate": (certificate.duties, certificate_handlers.handlers, CertificateDuty),
    "directory": (directory.duties, directory_handlers.handlers, DirectoryDuty),
    "supervision": (supervision.duties, supervision_handlers.handlers, SupervisionDuty),
}


class Offices:
    """published: duty → its facts, in their order. numbers: document and type → that of its latest fact.
    deaf: documents whose facts wait behind an outage for ever."""

    def __init__(self, folder: Path, named: Iterable[NamedDay], now: datetime) -> None:
        self.clock = HandClock(now)
        self.stores = {
            name: SqliteStore(folder / f"{name}.sqlite", (*REGISTER.declared[name].kinds, *MACHINERY))
            for name in (*KEEPERS, "notification")
        }
        self.published: dict[str, list[Envelope]] = defaultdict(list)
        self.numbers: dict[tuple[str, str], int] = {}
        self.deaf: set[str] = set()
        self.keepers: dict[str, tuple[DutyKeeper, DutyKeeper]] = {}
        self._takes: dict[str, list[Handler]] = {}
        self.know(named)

    def know(self, named: Iterable[NamedDay]) -> None:
        """Started anew with these working days: two clocks of each service."""
        calendar = WorkingDays(named)
        takes: dict[str, list[Handler]] = defaultdict(list)
        for name, (keeper, jobs, _) in KEEPERS.items():
            ports = self._ports(name, calendar)
            self.keepers[name] = keeper(ports), keeper(ports)
            for type, handler in jobs(ports)["duties"].items():
                takes[type].append(handler)
        ports = self._ports("notification", calendar)
        of_radar = notification_handlers.handlers(ports, FeedWriter(ports.store, ports.clock))
        for type, handler in (*of_radar["radar"].items(), *of_radar["copies"].items()):
            takes[type].append(handler)
        assert BodyRegistered.TYPE in takes
        self._takes = takes

    def _ports(self, name: str, calendar: WorkingDays) -> Ports:
        return empty_house(store=self.stores[name], clock=self.clock, calendar=calendar)

    # --- the clock ----------------------------------------------------------------------------------------------------

    def be(self, now: datetime) -> datetime:
        """Whatever the wall clock said before."""
        self.clock.set_by((now - self.clock.now()) / timedelta(seconds=1))
        return self.clock.now()

    async def look(self, now: datetime, clocks: int, services: Iterable[str]) -> None:
        """The clocks of these services ask, so many at the same moment; and what they tell is heard."""
        self.be(now)
        each = [keeper for name in services for keeper in self.keepers[name][:clocks]]
        await asyncio.gather(*(keeper.watch(now) for keeper in each))
        await self.pump()

    # --- what is done, and heard ----------------------------------------------------------------------------------------

    async def put(self, service: str, document: Aggregate) -> None:
        await repository.save_if_first(self.stores[service], document)

    async def pump(self) -> None:
        """Until nothing is on its way."""
        moved = True
        while moved:
            moved = False
            for store in self.stores.values():
                while waiting := await store.pending(500):
                    moved = True
                    await asyncio.gather(*(self._deliver(store, one) for one in waiting))

    async def _deliver(self, store: SqliteStore, one: Any) -> None:
        """What one document has to tell, in its order."""
        for row in one.rows:
            if row.exchange == "events" and one.id not in self.deaf:
                await self.hear(Envelope.read(row.wire))
        await store.sent(one.kind, one.id, one.rows[-1].n)

    async def hear(self, envelope: Envelope) -> None:
        if envelope.fact_type.partition(".")[0].endswith("_duty"):
            self.published[envelope.subject].append(envelope)
        self.numbers[envelope.subject, envelope.fact_type] = int(envelope.sequence)
        for handler in self._takes.get(envelope.fact_type, ()):
            await handler(envelope)

    # --- looked at ------------------------------------------------------------------------------------------------------

    def marks(self) -> dict[str, list[int]]:
        return {
            id: marks
            for id, told in self.published.items()
            if (marks := [int(one.data["mark"]) for one in told if ".marked." in one.fact_type])
        }

    async def duties(self) -> dict[str, Duty]:
        return {
            duty.id: duty
            for name, (_, _, what) in KEEPERS.items()
            async for duty in repository.every(self.stores[name], what)
        }

    async def radar(self) -> Mapping[str, RadarRow]:
        """Duty → its row."""
        records = every_record(self.stores["notification"], RADAR.name)
        rows = [RadarRow.model_validate(record.body) async for record in records]
        return {row.duty: row for row in rows}

    async def close(self) -> None:
        for store in self.stores.values():
            await store.close()
