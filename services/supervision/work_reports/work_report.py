"""The periodic report of a body on its work (R2): one per body and quarter, up to the Centre like every form."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from services.supervision.figures.figures import Figures
from services.supervision.figures.quarter import Quarter
from shared.actor import Actor
from shared.contracts import supervision
from shared.contracts.envelope import Fact
from shared.errors import Invalid, Problem
from shared.procedure.approval import DRAFT, RETURNED, Approval
from shared.procedure.form_words import form_words
from shared.trade.deadline import local_day
from shared.words import Words

SECTIONS = ("work_done", "problems", "suggestions")


class WorkReport(Approval):
    KIND: ClassVar[str] = "work_report"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = form_words("work_report", ("季度工作报告", "work report"))

    quarter: str
    work_done: str
    problems: str
    suggestions: str
    figures: Figures | None = None
    figures_cut_at: datetime | None = None
    figures_left_out: int = 0
    handed_in_at: datetime | None = None  # the first time: a later return does not make it late

    def attach(self, figures: Figures, at: datetime, left_out: int = 0) -> None:
        """The computed figures, as the documents stood when it was submitted; they change with the next submission only.
        left_out: how many documents could not be read: no reason to let somebody miss the day."""
        self.only_when("submit", DRAFT, RETURNED)
        self.figures, self.figures_cut_at, self.figures_left_out = figures, at, left_out

    def submit(self, by: Actor, at: datetime) -> None:
        """Only after the quarter is over."""
        last = Quarter.named(self.quarter).last
        if local_day(at) <= last:
            raise Invalid(f"{self.quarter} 尚未结束 · the quarter ends on {last}")
        super().submit(by, at)
        self.handed_in_at = self.handed_in_at or at

    def withdraw(self, by: Actor, at: datetime, reason: str = "") -> None:
        """What is taken back was not handed in."""
        super().withdraw(by, at, reason)
        self.handed_in_at = self.handed_in

    def redraft(self, by: Actor, at: datetime, **content: object) -> None:
        """Giving up what was returned does not undo that it was handed in."""
        super().redraft(by, at, **content)
        self.handed_in_at = self.handed_in

    def ready_to_submit(self) -> None:
        wrong = [
            Problem(f"/{name}", "不能为空 · must not be empty", "没有可写“无” · write 无 if there is nothing")
            for name in SECTIONS
            if not getattr(self, name).strip()
        ]
        if wrong:
            raise Invalid("报告尚不能呈报 · the report cannot be submitted yet", wrong)

    def fact_of(self, verb: str) -> Fact:
        head = {
            "report": self.id,
            "body": self.body,
            "path": self.path,
            "at_desk": self.at_desk,
            "quarter": self.quarter,
        }
        match verb:
            case "submit":
                return supervision.WorkReportSubmitted(**head)
            case "endorse":
                return supervision.WorkReportEndorsed(**head)
            case "approve":
                return supervision.WorkReportApproved(**head)
            case "withdraw":
                return supervision.WorkReportWithdrawn(
                    **head, desk_before=self.desk_before, reason=self.history[-1].reason
                )
            case "discard":
                return supervision.WorkReportDiscarded(
                    **head, desk_before=self.desk_before if self.was_handed_in else None
                )
        return supervision.WorkReportReturned(**head, reason=self.returned_because)


def timeliness(report: WorkReport | None, quarter: Quarter, days: int, now: datetime) -> Figures:
    """Whether the report of a body that owes one is on time, late, missing, or not due yet."""
    due = quarter.report_due(days).instant
    if report is not None and report.on_hand and report.handed_in_at is not None:
        return Figures(reports_on_time=1) if report.handed_in_at < due else Figures(reports_late=1)
    return Figures(reports_pending=1) if now < due else Figures(reports_missing=1)
