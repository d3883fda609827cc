"""The duty to report on a quarter's work (R2). The notice fixes no day; `work_report_days` after the quarter's end is a
parameter. The reminder marks stand in the duty itself, so that no scheduler can double or forget one."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import WorkReportDue
from shared.keeping.aggregate import Aggregate
from shared.trade.practice import is_practice

OPEN = "open"
AT_WORK = frozenset({"", "licensed", "rectifying"})
"""States of a station that has work to report on; the first is that of copies made before bodies had a state."""
CLOSED = frozenset({"suspended", "revoked"})
"""States of a branch that has none. A branch needs no licence to review what its stations submit."""


class WorkReportDuty(Aggregate):
    KIND: ClassVar[str] = "work_report_duty"
    SOURCE: ClassVar[str] = "/supervision"

    body: str
    path: str
    quarter: str
    state: str = OPEN
    marked: list[int] = Field(default_factory=list)

    def remind(self, now: datetime, days: int) -> bool:
        """Note at most one reminder: the nearest mark reached. False: nothing to say. Whether the report is handed in is
        asked of the report itself each time, because it may be returned again."""
        due = Quarter.named(self.quarter).report_due(days)
        mark = due.mark_reached(now, self.marked)
        if mark is None:
            return False
        self.marked.append(mark)
        fact = WorkReportDue(
            body=self.body, path=self.path, quarter=self.quarter, due_on=due.on, days_left=due.days_left(now)
        )
        self.note(fact, now)
        return True


def owes_reports(body: BodyRegistered) -> bool:
    """Branches and stations at work; not the Centre, and nobody in training."""
    if body.kind == "centre" or is_practice(body.path):
        return False
    return body.state in AT_WORK if body.kind == "station" else body.state not in CLOSED
