"""Facts of supervision: inspections, violations, sanctions, work reports, quality bulletins."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode, QuarterName, Seal


class WorkReportDue(Fact):
    """A mark before the deadline of a work report was reached and it is not handed in (R2)."""

    TYPE: ClassVar[str] = "work_report.due.v1"
    body: InstitutionCode
    path: BodyPath
    quarter: QuarterName
    due_on: date
    days_left: int = Field(description="0 on the last day, negative when overdue")


class _WorkReportFact(Fact):
    report: str
    body: InstitutionCode
    path: BodyPath
    at_desk: InstitutionCode = Field(description="the body whose turn it now is")
    quarter: QuarterName


class WorkReportSubmitted(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.submitted.v1"


class WorkReportEndorsed(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.endorsed.v1"


class WorkReportApproved(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.approved.v1"


class WorkReportReturned(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.returned.v1"
    reason: str


class BulletinPublished(Fact):
    """The Centre published the quality bulletin of a quarter (R0). What it says is frozen under its seal."""

    TYPE: ClassVar[str] = "bulletin.published.v1"
    bulletin: str
    body: InstitutionCode = Field(description="the Centre")
    path: BodyPath
    quarter: QuarterName
    cut_at: datetime = Field(description="records that arrived later do not count in it")
    seal: Seal


FACTS: tuple[type[Fact], ...] = (
    WorkReportDue,
    WorkReportSubmitted,
    WorkReportEndorsed,
    WorkReportApproved,
    WorkReportReturned,
    BulletinPublished,
)
