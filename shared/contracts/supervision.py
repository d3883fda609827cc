"""Facts of supervision: inspections, violations, sanctions, work reports, quality bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Doc

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import ALL_CONCERNED, Fact, Reader
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
        "已进行不定期检查（R2）。机构此时才得知；筹划期间不告知。 · An unscheduled inspection took place "
        "(R2). The body learns of it now; nothing is told while it is planned."
    )
    SUBJECT: ClassVar[str] = "检查的编号 · id of the inspection"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    inspection: Annotated[str, Doc("检查的编号 · id of the inspection")]
    body: ConcernedBody
    path: ConcernedPath
    performed_on: Annotated[date, Doc("检查日期 · day of the inspection")]
    findings: Annotated[int, Doc("检查发现的条数 · how many findings")] = Field(ge=0)
    rectify_by: date | None = Field(description="整改期限；没有发现问题的为空 · none when nothing was found")
    inspected_by: InstitutionCode | None = Field(
        default=None,
        description="进行检查的机构；早先版本的事件中为空 · the office that inspected; none in facts of earlier releases",
    )


class InspectionClosed(Fact):
    TYPE: ClassVar[str] = "inspection.closed.v1"
    ABOUT: ClassVar[str] = (
        "检查已结束：没有发现问题，问题已整改，或应予处理。 · An inspection is over: nothing was found, what "
        "was found is mended, or it is a case for a sanction."
    )
    SUBJECT: ClassVar[str] = "检查的编号 · id of the inspection"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    inspection: Annotated[str, Doc("检查的编号 · id of the inspection")]
    body: ConcernedBody
    path: ConcernedPath
    outcome: Annotated[
        Literal["clean", "rectified", "escalated"],
        Doc("结论：未发现问题、已整改、应予处理 · clean, rectified or escalated"),
    ]


class ViolationConfirmed(Fact):
    """The Centre confirmed that a body did what it was said to have done (rules §4.9). The body learns of it now."""

    TYPE: ClassVar[str] = "violation.confirmed.v1"
    ABOUT: ClassVar[str] = (
        "中心认定机构确有所提出的违规（R3，规则 §4.9）。机构此时才得知；仅提出而未认定的，以及不予认定的，"
        "均不告知。经过只记在监督服务中，因为可能涉及人名。 · The Centre confirmed what a body was said to "
        "have done (R3, rules §4.9). The body learns of it now; nothing is told while it is only raised, nor "
        "of one that is dismissed. What happened stands in supervision: it may name people."
    )
    SUBJECT: ClassVar[str] = "违规的编号 · id of the violation"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    violation: Annotated[str, Doc("违规的编号 · id of the violation")]
    body: ConcernedBody
    path: ConcernedPath
    branch: InstitutionCode | None = Field(
        description="机构的上级分中心；没有的为空 · the branch centre above the body, if there is one"
    )
    trigger: Annotated[
        str,
        Doc(
            "违规情形，按规则 §4.9 和 R3 的名称，如 `paper_leak`；以后可能增加 · what it did, as rules §4.9 "
            "and R3 name it, like `paper_leak`; more may come"
        ),
    ]


class _ProposalFact(Fact):
    """Of the Centre alone: neither the body concerned nor anything of it is named, for it may not know yet."""

    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    body: InstitutionCode = Field(
        description="中心，即应当办理者；不是被处理的机构 · the Centre, whose turn it is; not the body concerned"
    )
    path: Annotated[BodyPath, Doc("中心的路径 · path of the Centre")]
    measure: Annotated[
        Measure,
        Doc("处理种类：约谈通报、限期整改、暂停鉴定、取消资质 · notice, rectification, suspension or revocation"),
    ]
    confirmed: int = Field(ge=0, description="已确认的人数 · persons who confirmed it so far")
    needed: int = Field(
        ge=1, description="须确认的人数；取消资质为两人 · persons who must confirm it; two for a revocation"
    )


class SanctionProposed(_ProposalFact):
    """A step of the ladder was proposed and waits to be confirmed."""

    TYPE: ClassVar[str] = "sanction.proposed.v1"
    ABOUT: ClassVar[str] = (
        "中心有人提出处理；由中心的另一人确认，或者撤回。仅供中心：不指明被处理的机构，"
        "机构在处理确认后才得知。 · Somebody at the Centre proposed a sanction; another person there "
        "confirms it, or it is withdrawn. For the Centre alone: it does not name the body concerned, which "
        "learns of it when it is confirmed."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    READERS: ClassVar[tuple[Reader, ...]] = ("centre",)


class SanctionSeconded(_ProposalFact):
    """A first person confirmed a revocation; it waits for the second."""

    TYPE: ClassVar[str] = "sanction.seconded.v1"
    ABOUT: ClassVar[str] = (
        "取消资质须由两人确认，第一人已确认，等待第二人。同 `sanction.proposed.v1`，仅供中心。 · The first "
        "of two persons confirmed a revocation; it waits for the second. For the Centre alone, like "
        "`sanction.proposed.v1`."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    READERS: ClassVar[tuple[Reader, ...]] = ("centre",)


class _SanctionFact(Fact):
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    body: ConcernedBody
    path: ConcernedPath
    branch: InstitutionCode | None = Field(
        description="机构的上级分中心；没有的为空 · the branch centre above the body, if there is one"
    )
    measure: Annotated[
        Measure,
        Doc("处理种类：约谈通报、限期整改、暂停鉴定、取消资质 · notice, rectification, suspension or revocation"),
    ]
    reason: Annotated[str, Doc("理由，提出者的原话；不含人名 · why, in the words of whoever proposed it; no people")]


class SanctionConfirmed(_SanctionFact):
    """A step of the ladder is in force (R3, rules §4.9). Of a revocation: everybody carries out their part now."""

    TYPE: ClassVar[str] = "sanction.confirmed.v1"
    ABOUT: ClassVar[str] = (
        "一项处理已生效（R3，规则 §4.9）。取消资质的，已由两人确认；各服务随即读取自己的善后任务并办理。"
        "同一机构较轻的处理随之结束。 · A step of the ladder is in force (R3, rules §4.9). Of a revocation, "
        "two persons confirmed it; each service now fetches its orders and carries them out. A milder measure "
        "of the same body ends."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    until: date | None = Field(
        description="整改的最后一天；没有期限的为空 · last day of a rectification; none where there is no term"
    )


class SanctionLifted(_SanctionFact):
    """A rectification passed, or a suspension ended."""

    TYPE: ClassVar[str] = "sanction.lifted.v1"
    ABOUT: ClassVar[str] = "整改已通过，或暂停鉴定已结束。 · A rectification passed, or a suspension ended."
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class SanctionCarriedOut(Fact):
    """Every service answered what it did because of a revocation. agrees: that is what was shown before it was
    confirmed."""

    TYPE: ClassVar[str] = "sanction.carried_out.v1"
    ABOUT: ClassVar[str] = (
        "各服务均已报告因取消资质所办的事项，并已与善后预览核对。 · Every service told what it did because "
        "of a revocation, and it was held against the preview."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    READERS: ClassVar[tuple[Reader, ...]] = ("centre",)
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    body: ConcernedBody
    path: ConcernedPath
    centre: Annotated[InstitutionCode, Doc("中心的机构编码 · institution code of the Centre")]
    effects: Annotated[int, Doc("办完、移交或作废的事项数 · how many items were finished, moved or voided")]
    agrees: Annotated[bool, Doc("是否与确认前所示一致 · whether it is what was shown before the confirmation")]


class WorkReportDue(Fact):
    """A mark before the deadline of a work report was reached and it is not handed in (R2)."""

    TYPE: ClassVar[str] = "work_report.due.v1"
    ABOUT: ClassVar[str] = (
        "已到提醒刻度，上一季度的工作报告尚未呈报（R2）。期限为季度结束后 `JIANDING_WORK_REPORT_DAYS` 天。"
        "季度未结束时不提醒。 · A mark of the reminder ladder was reached and the report on the quarter that "
        "ended last is not handed in (R2). The last day is `JIANDING_WORK_REPORT_DAYS` after the quarter. "
        "Nobody is reminded before the quarter is over."
    )
    SUBJECT: ClassVar[str] = "季度工作报告应办事项的编号 · id of the work report duty"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    body: ConcernedBody
    path: ConcernedPath
    quarter: Annotated[QuarterName, Doc("季度，如 `2026-Q1` · the quarter, like 2026-Q1")]
    due_on: Annotated[date, Doc("期限的最后一天，当地日期 · last day, local date")]
    days_left: int = Field(description="最后一天为 0，逾期为负数 · 0 on the last day, negative when overdue")


class SupervisionDutyOpened(DutyOpened):
    TYPE: ClassVar[str] = "supervision_duty.opened.v1"


class SupervisionDutyReckoned(DutyReckoned):
    TYPE: ClassVar[str] = "supervision_duty.reckoned.v1"


class SupervisionDutyMarked(DutyMarked):
    TYPE: ClassVar[str] = "supervision_duty.marked.v1"


class SupervisionDutySettled(DutySettled):
    TYPE: ClassVar[str] = "supervision_duty.settled.v1"


class _WorkReportFact(Fact):
    report: Annotated[str, Doc("工作报告的编号 · id of the work report")]
    body: ConcernedBody
    path: ConcernedPath
    at_desk: InstitutionCode = Field(description="现在应当办理的机构 · the body whose turn it now is")
    quarter: Annotated[QuarterName, Doc("季度，如 `2026-Q1` · the quarter, like 2026-Q1")]


class WorkReportSubmitted(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.submitted.v1"
    ABOUT: ClassVar[str] = (
        "机构呈报了季度工作报告（R2）；该季度的数据已载入其中。 · A body submitted the report on its work of "
        "a quarter (R2); the figures of the quarter went into it."
    )
    SUBJECT: ClassVar[str] = "工作报告的编号 · id of the work report"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class WorkReportEndorsed(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.endorsed.v1"
    ABOUT: ClassVar[str] = "分中心审核同意；由中心批准。 · The branch centre agreed; the Centre decides."
    SUBJECT: ClassVar[str] = "工作报告的编号 · id of the work report"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class WorkReportApproved(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.approved.v1"
    ABOUT: ClassVar[str] = "中心接受了工作报告。 · The Centre took the report."
    SUBJECT: ClassVar[str] = "工作报告的编号 · id of the work report"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class WorkReportReturned(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.returned.v1"
    ABOUT: ClassVar[str] = "工作报告被退回一级，并载明理由。 · The report was sent back one step, with a reason."
    SUBJECT: ClassVar[str] = "工作报告的编号 · id of the work report"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    reason: Annotated[str, Doc("退回的理由，审核者的原话 · why it was returned, in the reviewer's words")]


class WorkReportWithdrawn(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.withdrawn.v1"
    ABOUT: ClassVar[str] = (
        "上级尚未办理时，呈报或审核者撤回了工作报告。 · Who handed the report on took it back, before the "
        "office above had acted on it."
    )
    SUBJECT: ClassVar[str] = "工作报告的编号 · id of the work report"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class WorkReportDiscarded(_WorkReportFact):
    TYPE: ClassVar[str] = "work_report.discarded.v1"
    ABOUT: ClassVar[str] = "草稿已作废。可以另行起草。 · A draft was given up. Another one may be drafted."
    SUBJECT: ClassVar[str] = "工作报告的编号 · id of the work report"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    desk_before: KnewOfDraft


class BulletinPublished(Fact):
    """The Centre published the quality bulletin of a quarter (R0). What it says is frozen under its seal."""

    TYPE: ClassVar[str] = "bulletin.published.v1"
    ABOUT: ClassVar[str] = (
        "中心发布了某季度的质量通报（R0）：其数据不再变更。系统致信各分中心和鉴定站。 · The Centre published "
        "the quality bulletin of a quarter (R0): its figures are frozen. Every branch centre and station gets "
        "a letter."
    )
    SUBJECT: ClassVar[str] = "质量通报的编号 · id of the bulletin"
    READERS: ClassVar[tuple[Reader, ...]] = ("centre", "bodies")
    bulletin: Annotated[str, Doc("质量通报的编号，即季度 · id of the bulletin: the quarter")]
    body: InstitutionCode = Field(description="中心 · the Centre")
    path: Annotated[BodyPath, Doc("中心的路径 · path of the Centre")]
    quarter: Annotated[QuarterName, Doc("季度，如 `2026-Q1` · the quarter, like 2026-Q1")]
    cut_at: datetime = Field(
        description="数据截止时刻，此后到达的记录不计入 · records that arrived later do not count in it"
    )
    seal: Annotated[Seal, Doc("通报内容的摘要 · hash of what the bulletin says")]
    document_number: str = Field(
        "",
        description="发文字号；早先版本的事件中为空 · document number (发文字号); empty in facts of earlier releases",
    )


class BulletinCorrected(Fact):
    """The Centre published a bulletin that corrects an earlier one of the same quarter, which stays as it is."""

    TYPE: ClassVar[str] = "bulletin.corrected.v1"
    ABOUT: ClassVar[str] = (
        "中心发布了更正同一季度先前通报的通报，并载明理由。先前的通报保持发布时的原样。"
        "系统致信各分中心和鉴定站。 · The Centre published a bulletin that corrects an earlier one of the "
        "same quarter, with a reason. The earlier one stays as it was published. Every branch centre and "
        "station gets a letter."
    )
    SUBJECT: ClassVar[str] = "更正通报的编号 · id of the correction"
    READERS: ClassVar[tuple[Reader, ...]] = ("centre", "bodies")
    bulletin: Annotated[str, Doc("更正通报的编号，如 `2026-Q1-2` · id of the correction, like 2026-Q1-2")]
    corrects: Annotated[str, Doc("被更正的通报的编号 · id of the bulletin that it corrects")]
    correction: int = Field(
        ge=1, description="该季度的第几次更正，首次为 1 · which correction of the quarter: 1 is the first"
    )
    body: InstitutionCode = Field(description="中心 · the Centre")
    path: Annotated[BodyPath, Doc("中心的路径 · path of the Centre")]
    quarter: Annotated[QuarterName, Doc("季度，如 `2026-Q1` · the quarter, like 2026-Q1")]
    document_number: Annotated[str, Doc("发文字号 · document number (发文字号)")]
    cut_at: datetime = Field(
        description="数据截止时刻，此后到达的记录不计入 · records that arrived later do not count in it"
    )
    seal: Annotated[Seal, Doc("更正通报内容的摘要 · hash of what the correction says")]
    reason: Annotated[
        str, Doc("更正的理由，中心的原话；不含人名 · why it was corrected, in the Centre's words; no people")
    ]


class SanctionPaper(BaseModel):
    """Answer of `GET /supervision/sanctions/{id}/paper`, for the letter that tells the sanction."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str = Field(description="文件名 · name of the file")
    content: str = Field(description="PDF 文件，base64 · the PDF, in base64")


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
    SupervisionDutyOpened,
    SupervisionDutyReckoned,
    SupervisionDutyMarked,
    SupervisionDutySettled,
    WorkReportSubmitted,
    WorkReportEndorsed,
    WorkReportApproved,
    WorkReportReturned,
    WorkReportWithdrawn,
    WorkReportDiscarded,
    BulletinPublished,
    BulletinCorrected,
)
