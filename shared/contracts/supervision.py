"""Facts of supervision: inspections, violations, sanctions, work reports, quality bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import Doc

from shared.contracts.envelope import Fact
from shared.contracts.words import (
    BodyPath,
    ConcernedBody,
    ConcernedPath,
    InstitutionCode,
    KnewOfDraft,
    QuarterName,
    Seal,
    TakenFrom,
    WhyTakenBack,
)

Measure = Literal["notice", "rectification", "suspension", "revocation"]
MEASURES: tuple[Measure, ...] = ("notice", "rectification", "suspension", "revocation")
"""The ladder of rules §4.9."""
MEASURE_NAMES: Mapping[str, str] = {
    "notice": "约谈、通报批评",
    "rectification": "责令限期整改",
    "suspension": "暂停鉴定",
    "revocation": "取消鉴定资质",
}
TRIGGER_NAMES: Mapping[str, str] = {
    "beyond_scope": "超范围鉴定",
    "subcontracting": "转包、委托鉴定",
    "standards_ignored": "不执行职业标准",
    "paper_leak": "试卷泄密",
    "paper_reuse": "重复使用试卷",
    "steps_skipped": "不履行报名、资格审查程序",
    "conditions_changed": "擅自改变鉴定条件",
    "too_few_examiners": "考评人员不足",
    "supervision_refused": "拒绝监督检查",
    "issued_directly": "擅自核发证书",
    "forged_certificates": "伪造证书",
    "mass_cheating": "半数以上作弊或雷同",
    "foreign_number": "证书非从中心领取（编号无行业代码）",
}
"""What a violation may consist in (rules §4.9, R3); whatever has no name here, in a later release, is called by its own."""


class InspectionPerformed(Fact):
    """An unscheduled inspection took place (R2). The body learns of it now, not before."""

    TYPE: ClassVar[str] = "inspection.performed.v1"
    ABOUT: ClassVar[str] = (
        "An unscheduled inspection took place (R2). The body learns of it now; nothing is told while it is planned."
    )
    SUBJECT: ClassVar[str] = "id of the inspection"
    inspection: Annotated[str, Doc("id of the inspection")]
    body: ConcernedBody
    path: ConcernedPath
    performed_on: Annotated[date, Doc("day of the inspection")]
    findings: Annotated[int, Doc("how many findings")] = Field(ge=0)
    rectify_by: date | None = Field(description="none when nothing was found")


class InspectionClosed(Fact):
    TYPE: ClassVar[str] = "inspection.closed.v1"
    ABOUT: ClassVar[str] = (
        "An inspection is over: nothing was found, what was found is mended, or it is a case for a sanction."
    )
    SUBJECT: ClassVar[str] = "id of the inspection"
    inspection: Annotated[str, Doc("id of the inspection")]
    body: ConcernedBody
    path: ConcernedPath
    outcome: Annotated[Literal["clean", "rectified", "escalated"], Doc("clean, rectified or escalated")]


class ViolationConfirmed(Fact):
    """The Centre confirmed that a body did what it was said to have done (rules §4.9). The body learns of it now."""

    TYPE: ClassVar[str] = "violation.confirmed.v1"
    ABOUT: ClassVar[str] = (
        "The Centre confirmed what a body was said to have done (R3, rules §4.9). The body learns of it now; nothing is "
        "told while it is only raised, nor of one that is dismissed. What happened stands in supervision: it may name people."
    )
    SUBJECT: ClassVar[str] = "id of the violation"
    violation: Annotated[str, Doc("id of the violation")]
    body: ConcernedBody
    path: ConcernedPath
    branch: InstitutionCode | None = Field(description="the branch centre above the body, if there is one")
    trigger: Annotated[str, Doc("what it did, as rules §4.9 and R3 name it, like `paper_leak`; more may come")]


class _ProposalFact(Fact):
    """Of the Centre alone: neither the body concerned nor anything of it is named, for it may not know yet."""

    sanction: Annotated[str, Doc("id of the sanction")]
    body: InstitutionCode = Field(description="the Centre, whose turn it is; not the body concerned")
    path: Annotated[BodyPath, Doc("path of the Centre")]
    measure: Annotated[Measure, Doc("notice, rectification, suspension or revocation")]
    confirmed: int = Field(ge=0, description="persons who confirmed it so far")
    needed: int = Field(ge=1, description="persons who must confirm it; two for a revocation")


class SanctionProposed(_ProposalFact):
    """A step of the ladder was proposed and waits to be confirmed."""

    TYPE: ClassVar[str] = "sanction.proposed.v1"
    ABOUT: ClassVar[str] = (
        "Somebody at the Centre proposed a sanction; another person there confirms it, or it is withdrawn. For the Centre "
        "alone: it does not name the body concerned, which learns of it when it is confirmed."
    )
    SUBJECT: ClassVar[str] = "id of the sanction"


class SanctionSeconded(_ProposalFact):
    """A first person confirmed a revocation; it waits for the second."""

    TYPE: ClassVar[str] = "sanction.seconded.v1"
    ABOUT: ClassVar[str] = (
        "The first of two persons confirmed a revocation; it waits for the second. For the Centre alone, like "
        "`sanction.proposed.v1`."
    )
    SUBJECT: ClassVar[str] = "id of the sanction"


class _SanctionFact(Fact):
    sanction: Annotated[str, Doc("id of the sanction")]
    body: ConcernedBody
    path: ConcernedPath
    branch: InstitutionCode | None = Field(description="the branch centre above the body, if there is one")
    measure: Annotated[Measure, Doc("notice, rectification, suspension or revocation")]
    reason: Annotated[str, Doc("why, in the words of whoever proposed it; no people")]


class SanctionConfirmed(_SanctionFact):
    """A step of the ladder is in force (R3, rules §4.9). Of a revocation: everybody carries out their part now."""

    TYPE: ClassVar[str] = "sanction.confirmed.v1"
    ABOUT: ClassVar[str] = (
        "A step of the ladder is in force (R3, rules §4.9). Of a revocation, two persons confirmed it; each "
        "service now fetches its orders and carries them out. A milder measure of the same body ends."
    )
    SUBJECT: ClassVar[str] = "id of the sanction"
    until: date | None = Field(description="last day of a rectification; none where there is no term")


class SanctionLifted(_SanctionFact):
    """A rectification passed, or a suspension ended."""

    TYPE: ClassVar[str] = "sanction.lifted.v1"
    ABOUT: ClassVar[str] = "A rectification passed, or a suspension ended."
    SUBJECT: ClassVar[str] = "id of the sanction"


class SanctionCarriedOut(Fact):
    """Every service answered what it did because of a revocation. agrees: that is what was shown before it was
    confirmed."""

    TYPE: ClassVar[str] = "sanction.carried_out.v1"
    ABOUT: ClassVar[str] = (
        "Every service told what it did because of a revocation, and it was held against the preview."
    )
    SUBJECT: ClassVar[str] = "id of the sanction"
    sanction: Annotated[str, Doc("id of the sanction")]
    body: ConcernedBody
    path: ConcernedPath
    centre: Annotated[InstitutionCode, Doc("institution code of the Centre")]
    effects: Annotated[int, Doc("how many items were finished, moved or voided")]
    agrees: Annotated[bool, Doc("whether it is what was shown before the confirmation")]


class WorkReportDue(Fact):
    """A mark before the deadline of a work report was reached and it is not handed in (R2)."""

    TYPE: ClassVar[str] = "work_report.due.v1"
    ABOUT: ClassVar[str] = (
        "A mark of the reminder ladder was reached and the report on the quarter that ended last is not handed in "
        "(R2). The last day is `JIANDING_WORK_REPORT_DAYS` after the quarter. Nobody is reminded before the "
        "quarter is over."
    )
    SUBJECT: ClassVar[str] = "id of the work report duty"
    body: ConcernedBody
    path: ConcernedPath
    quarter: Annotated[QuarterName, Doc("the quarter, like 2026-Q1")]
    due_on: Annotated[date, Doc("last day, local date")]
    days_left: int = Field(description="0 on the last day, negative when overdue")


class _WorkReportFact(Fact):
    report: Annotated[str, Doc("id of the work report")]
    body: ConcernedBody
    path: ConcernedPath
    at_desk: InstitutionCode = Field(description="the body whose turn it now is")
    quarter: Annotated[QuarterName, Doc("the quarter, like 2026-Q1")]


class WorkReportSubmitted(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.submitted.v1"
    ABOUT: ClassVar[str] = (
        "A body submitted the report on its work of a quarter (R2); the figures of the quarter went into it."
    )
    SUBJECT: ClassVar[str] = "id of the work report"


class WorkReportEndorsed(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.endorsed.v1"
    ABOUT: ClassVar[str] = "The branch centre agreed; the Centre decides."
    SUBJECT: ClassVar[str] = "id of the work report"


class WorkReportApproved(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.approved.v1"
    ABOUT: ClassVar[str] = "The Centre took the report."
    SUBJECT: ClassVar[str] = "id of the work report"


class WorkReportReturned(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.returned.v1"
    ABOUT: ClassVar[str] = "The report was sent back one step, with a reason."
    SUBJECT: ClassVar[str] = "id of the work report"
    reason: Annotated[str, Doc("why it was returned, in the reviewer's words")]


class WorkReportWithdrawn(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.withdrawn.v1"
    ABOUT: ClassVar[str] = "Who handed the report on took it back, before the office above had acted on it."
    SUBJECT: ClassVar[str] = "id of the work report"
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class WorkReportDiscarded(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.discarded.v1"
    ABOUT: ClassVar[str] = "A draft was given up. Another one may be drafted."
    SUBJECT: ClassVar[str] = "id of the work report"
    desk_before: KnewOfDraft


class BulletinPublished(Fact):
    """The Centre published the quality bulletin of a quarter (R0). What it says is frozen under its seal."""

    TYPE: ClassVar[str] = "bulletin.published.v1"
    ABOUT: ClassVar[str] = (
        "The Centre published the quality bulletin of a quarter (R0): its figures are frozen. Every branch centre "
        "and station gets a letter."
    )
    SUBJECT: ClassVar[str] = "id of the bulletin"
    bulletin: Annotated[str, Doc("id of the bulletin: the quarter")]
    body: InstitutionCode = Field(description="the Centre")
    path: Annotated[BodyPath, Doc("path of the Centre")]
    quarter: Annotated[QuarterName, Doc("the quarter, like 2026-Q1")]
    cut_at: datetime = Field(description="records that arrived later do not count in it")
    seal: Annotated[Seal, Doc("hash of what the bulletin says")]
    document_number: str = Field("", description="document number (发文字号); empty in facts of earlier releases")


class BulletinCorrected(Fact):
    """The Centre published a bulletin that corrects an earlier one of the same quarter, which stays as it is."""

    TYPE: ClassVar[str] = "bulletin.corrected.v1"
    ABOUT: ClassVar[str] = (
        "The Centre published a bulletin that corrects an earlier one of the same quarter, with a reason. The earlier one "
        "stays as it was published. Every branch centre and station gets a letter."
    )
    SUBJECT: ClassVar[str] = "id of the correction"
    bulletin: Annotated[str, Doc("id of the correction, like 2026-Q1-2")]
    corrects: Annotated[str, Doc("id of the bulletin that it corrects")]
    correction: int = Field(ge=1, description="which correction of the quarter: 1 is the first")
    body: InstitutionCode = Field(description="the Centre")
    path: Annotated[BodyPath, Doc("path of the Centre")]
    quarter: Annotated[QuarterName, Doc("the quarter, like 2026-Q1")]
    document_number: Annotated[str, Doc("document number (发文字号)")]
    cut_at: datetime = Field(description="records that arrived later do not count in it")
    seal: Annotated[Seal, Doc("hash of what the correction says")]
    reason: Annotated[str, Doc("why it was corrected, in the Centre's words; no people")]


FACTS: tuple[type[Fact], ...] = (
    InspectionPerformed,
    InspectionClosed,
    ViolationConfirmed,
    SanctionProposed,
    SanctionSeconded,
    SanctionConfirmed,
    SanctionLifted,
    SanctionCarriedOut,
    WorkReportDue,
    WorkReportSubmitted,
    WorkReportEndorsed,
    WorkReportApproved,
    WorkReportReturned,
    WorkReportWithdrawn,
    WorkReportDiscarded,
    BulletinPublished,
    BulletinCorrected,
)
