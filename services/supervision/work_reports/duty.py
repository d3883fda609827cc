"""The duty to report on a quarter's work (R2). The notice fixes no day; `work_report_days` after the quarter's end is a
parameter."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import WorkReportDue
from shared.procedure.duty import Duty
from shared.trade.practice import is_practice

AT_WORK = frozenset({"", "licensed", "rectifying"})
"""States of a station that has work to report on; the first is that of local copies made before bodies had a state."""
CLOSED = frozenset({"suspended", "revoked"})
"""States of a branch that has none. A branch needs no licence to review what its stations submit."""


class WorkReportDuty(Duty):
    KIND: ClassVar[str] = "work_report_duty"
    SOURCE: ClassVar[str] = "/supervision"

    quarter: str

    def remind(self, now: datetime, days: int) -> bool:
        """Note at most one reminder. days: until when it is due, after the quarter. False: nothing to say."""
        due = Quarter.named(self.quarter).report_due(days)
        return self.remind_of(
            due,
            now,
            lambda days_left: WorkReportDue(
                body=self.body, path=self.path, quarter=self.quarter, due_on=due.on, days_left=days_left
            ),
        )


def owes_reports(body: BodyRegistered) -> bool:
    """Branches and stations at work; not the Centre, and nobody in practice."""
    if body.kind == "centre" or is_practice(body.path):
        return False
    return body.state in AT_WORK if body.kind == "station" else body.state not in CLOSED
