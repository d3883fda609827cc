"""Who owes the report on a quarter's work (R2). The notice fixes no day; `work_report_days` after the quarter's end is a
parameter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.supervision import ids
from services.supervision.duties.duty import WORK_REPORT
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports.owing import owes_report
from services.supervision.work_reports.work_report import WorkReport
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.ports import Kind, Store
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.procedure.duties.handing_in import came_back, handed_in_at, times_handed_in
from shared.register.duties import DutyRow
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder

EARLIER = Kind("work_report_duty", follows=True)
"""Reminders as releases up to 0.1 kept them: what they told stays told."""


def key_of(body: str, quarter: Quarter) -> Key:
    return Key(ids.work_report_id(body, quarter.name), body, quarter.name)


@dataclass(frozen=True, slots=True)
class WorkReportOwing:
    """days: until when a report is due, after its quarter."""

    store: Store
    ladder: Ladder
    days: int
    row: DutyRow = WORK_REPORT

    def round(self, now: datetime) -> str:
        return Quarter.at(now).before.name

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        quarter = Quarter.at(now).before
        bodies = await local_copies.all_copies(self.store, BodyRegistered)
        yield [key_of(body.body, quarter) for body in bodies if owes_report(body, quarter)]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        abouts = [key.about for key in keys]
        records = await self.store.get_many(WorkReport.KIND, abouts)
        reports, unreadable = repository.readable(WorkReport, records)
        by_id = {report.id: report for report in reports}
        earlier = {
            record.id: tuple(record.body["marked"]) for record in await self.store.get_many(EARLIER.name, abouts)
        }
        bodies = await local_copies.copies_of(self.store, BodyRegistered, {key.body for key in keys})
        return [
            None  # whose report cannot be read is not asked for another one
            if key.about in unreadable
            else self._one(key, bodies.get(key.body), by_id.get(key.about), earlier.get(key.about, ()), now)
            for key in keys
        ]

    def _one(
        self, key: Key, body: BodyRegistered | None, report: WorkReport | None, told: tuple[int, ...], now: datetime
    ) -> Found:
        """Asked for until the next quarter is over, whose report is owed then; in the bulletin it is missing for good."""
        if report is not None and report.on_hand:
            return Done(handed_in_at(report) or report.handed_in_at or now)
        quarter = Quarter.named(key.period)
        if body is None or not owes_report(body, quarter) or Quarter.at(now).before != quarter:
            return None
        since, turn = quarter.after, 0
        back = came_back(report) if report is not None else None
        if report is not None and back is not None:
            since, turn, told = local_day(back.at), times_handed_in(report), ()
        return Owed(body.body, body.path, body.body, since, quarter.report_due(self.days).on, turn, told)
