"""Facts of supervision: inspections, violations, sanctions, work reports, quality bulletins."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode, QuarterName, Seal

Measure = Literal["notice", "rectification", "suspension", "revocation"]
MEASURES: tuple[Measure, ...] = ("notice", "rectification", "suspension", "revocation")
"""The ladder of rules §4.9: 约谈/通报, 限期整改, 暂停鉴定, 取消资质."""


class InspectionPerformed(Fact):
    """An unscheduled inspection took place (R2). The body learns of it now, not before."""

    TYPE: ClassVar[str] = "inspection.performed.v1"
    inspection: str
    body: InstitutionCode
    path: BodyPath
    performed_on: date
    findings: int = Field(ge=0)
    rectify_by: date | None = Field(description="none when nothing was found")


class InspectionClosed(Fact):
    TYPE: ClassVar[str] = "inspection.closed.v1"
    inspection: str
    body: InstitutionCode
    path: BodyPath
    outcome: Literal["clean", "rectified", "escalated"]


class _SanctionFact(Fact):
    sanction: str
    body: InstitutionCode
    path: BodyPath
    branch: InstitutionCode | None = Field(description="the branch centre above the body, if there is one")
    measure: Measure
    reason: str


class SanctionConfirmed(_SanctionFact):
    """A step of the ladder is in force (R3, rules §4.9). Of a revocation: everybody carries out their part now."""

    TYPE: ClassVar[str] = "sanction.confirmed.v1"
    until: date | None = Field(description="last day of a rectification; none where there is no term")


class SanctionLifted(_SanctionFact):
    """A rectification passed, or a suspension ended."""

    TYPE: ClassVar[str] = "sanction.lifted.v1"


class SanctionCarriedOut(Fact):
    """Every service answered what it did because of a revocation. agrees: that is what was shown before it was
    confirmed."""

    TYPE: ClassVar[str] = "sanction.carried_out.v1"
    sanction: str
    body: InstitutionCode
    path: BodyPath
    centre: InstitutionCode
    effects: int
    agrees: bool


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
    InspectionPerformed,
    InspectionClosed,
    SanctionConfirmed,
    SanctionLifted,
    SanctionCarriedOut,
    WorkReportDue,
    WorkReportSubmitted,
    WorkReportEndorsed,
    WorkReportApproved,
    WorkReportReturned,
    BulletinPublished,
)
