"""Facts of planning: annual plans (form 1), their deadline, session plans (form 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Doc

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import ALL_CONCERNED, Fact, Reader
from shared.contracts.words import (
    ConcernedBody,
    ConcernedPath,
    Excepted,
    InstitutionCode,
    KnewOfDraft,
    Level,
    OccupationCode,
    TakenFrom,
    WhyTakenBack,
)

Standard = Literal["national", "filed", "unapproved"]
PaperSource = Literal["national_bank", "filed_bank", "self_made"]
"""What the quality bulletin asks about a session (rules §4.6)."""

STANDARDS: Mapping[str, tuple[str, str]] = {
    "national": ("国家标准", "national"),
    "filed": ("备案标准", "filed"),
    "unapproved": ("未经批准的标准，不予受理", "not approved: refused"),
}
PAPER_SOURCES: Mapping[str, tuple[str, str]] = {
    "national_bank": ("国家题库", "the national bank"),
    "filed_bank": ("备案题库", "a bank that was filed"),
    "self_made": ("自编", "the body itself"),
}


class PlannedItem(BaseModel):
    """One occupation at one level, with the heads planned for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    occupation: OccupationCode
    occupation_zh: str
    occupation_en: str
    level: Level
    heads: int = Field(ge=1, le=99_999)


class _PlanFact(Fact):
    plan: Annotated[str, Doc("计划的编号 · id of the plan")]
    body: ConcernedBody
    path: ConcernedPath
    at_desk: InstitutionCode = Field(description="现在应当办理的机构 · the body whose turn it now is")


class PlanDutyOpened(DutyOpened):
    TYPE: ClassVar[str] = "plan_duty.opened.v1"


class PlanDutyReckoned(DutyReckoned):
    TYPE: ClassVar[str] = "plan_duty.reckoned.v1"


class PlanDutyMarked(DutyMarked):
    TYPE: ClassVar[str] = "plan_duty.marked.v1"


class PlanDutySettled(DutySettled):
    TYPE: ClassVar[str] = "plan_duty.settled.v1"


class AnnualPlanSubmitted(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.submitted.v1"
    ABOUT: ClassVar[str] = "机构呈报了某年的年度计划（R1）。 · A body submitted its plan for a year (R1)."
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    heads: Annotated[int, Doc("计划人数，各等级合计 · planned heads, all levels")]
    version: int | None = Field(
        default=None,
        ge=1,
        description=(
            "版次：首版为 1，每次调整递增；早先版本的事件中为空 · 1, higher for an amendment; none in earlier releases"
        ),
    )
    late: bool | None = Field(
        default=None,
        description=(
            "是否在 2 月 28 日之后呈报（R1）；早先版本的事件中为空 · handed in after 28 February (R1); none in "
            "earlier releases"
        ),
    )


class AnnualPlanEndorsed(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.endorsed.v1"
    ABOUT: ClassVar[str] = (
        "分中心审核同意了鉴定站的计划；由中心批准。 · The branch centre agreed to a station's plan; the Centre decides."
    )
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    heads: Annotated[int, Doc("计划人数，各等级合计 · planned heads, all levels")]


class AnnualPlanApproved(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.approved.v1"
    ABOUT: ClassVar[str] = (
        "中心批准了年度计划，或批准了对它的调整，调整后的取代原来的。 · The Centre approved the plan, or an "
        "amendment of it, which takes its place."
    )
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    heads: Annotated[int, Doc("计划人数，各等级合计 · planned heads, all levels")]
    version: int | None = Field(
        default=None,
        ge=1,
        description=(
            "版次：首版为 1，每次调整递增；早先版本的事件中为空 · 1, higher for an amendment; none in earlier releases"
        ),
    )


class AnnualPlanReturned(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.returned.v1"
    ABOUT: ClassVar[str] = "计划被退回一级，并载明理由。 · The plan was sent back one step, with a reason."
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    reason: Annotated[str, Doc("退回的理由，审核者的原话 · why it was returned, in the reviewer's words")]


class AnnualPlanWithdrawn(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.withdrawn.v1"
    ABOUT: ClassVar[str] = (
        "上级尚未办理时，呈报或审核者撤回了计划。 · Who handed the plan on took it back, before the office "
        "above had acted on it."
    )
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class AnnualPlanDiscarded(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.discarded.v1"
    ABOUT: ClassVar[str] = (
        "草稿已作废。调整草稿作废的，已批准的计划照旧有效。可以另行起草。 · A draft was given up. Of an "
        "amendment: the approved plan goes on as it was. Another one may be drafted."
    )
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    desk_before: KnewOfDraft


class AnnualPlanAmended(_PlanFact):
    """The body began to amend its approved plan. The approved version counts until the Centre approves the next."""

    TYPE: ClassVar[str] = "annual_plan.amended.v1"
    ABOUT: ClassVar[str] = (
        "机构开始调整已批准的年度计划。中心批准新版之前，已批准的版本有效。 · A body began to amend its "
        "approved plan. The approved version counts until the Centre has approved the next."
    )
    SUBJECT: ClassVar[str] = "年度计划的编号 · id of the annual plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    above: InstitutionCode = Field(
        description="直接上级机构：分中心或中心 · the body right above: its branch centre, or the Centre"
    )
    version: int = Field(ge=2, description="新起草的版次 · number of the version that was begun")
    reason: Annotated[str, Doc("调整的理由 · why it is amended")]


class AnnualPlanDue(Fact):
    """A mark before the deadline of form 1 was reached and the plan is still not submitted (R1)."""

    TYPE: ClassVar[str] = "annual_plan.due.v1"
    ABOUT: ClassVar[str] = (
        "已到提醒刻度（期限前 30、14、7、3、1、0 天，期限后 1、3 天），年度计划尚未呈报。每个刻度只提醒一次；"
        "错过的刻度略过，不会接连补发。 · A mark of the reminder ladder (30, 14, 7, 3, 1, 0 days before, 1 "
        "and 3 days after) was reached and the plan is not submitted. Each mark once; marks that were missed "
        "are skipped, never sent late in a row."
    )
    SUBJECT: ClassVar[str] = "年度计划应办事项的编号 · id of the annual plan duty"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    body: ConcernedBody
    path: ConcernedPath
    year: Annotated[int, Doc("计划的年份 · year of the plan")]
    due_on: Annotated[date, Doc("期限的最后一天，当地日期 · last day, local date")]
    days_left: int = Field(description="最后一天为 0，逾期为负数 · 0 on the last day, negative when overdue")


class _SessionOnItsWay(_PlanFact):
    """What whoever has to act on it wants to know; none of it in facts of earlier releases."""

    session: Annotated[str, Doc("鉴定批次的编号 · id of the session (鉴定批次)")]
    held_on: date | None = Field(
        default=None,
        description="鉴定日期；早先版本的事件中为空 · day of the exam; none in facts of earlier releases",
    )
    place: str = Field(
        default="",
        description="鉴定地点；早先版本的事件中为空 · where the exam is held; empty in facts of earlier releases",
    )
    items: list[PlannedItem] = Field(
        default_factory=list,
        description=(
            "职业、等级及计划人数；早先版本的事件中为空 · occupations and levels with planned heads; empty in facts of earlier "
            "releases"
        ),
    )


class SessionPlanSubmitted(_SessionOnItsWay):
    TYPE: ClassVar[str] = "session_plan.submitted.v1"
    ABOUT: ClassVar[str] = "鉴定站呈报了鉴定计划（R4.1）。 · A station submitted the plan of a session (R4.1)."
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class SessionPlanEndorsed(_SessionOnItsWay):
    TYPE: ClassVar[str] = "session_plan.endorsed.v1"
    ABOUT: ClassVar[str] = "分中心审核同意；由中心批准。 · The branch centre agreed; the Centre decides."
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class _ApprovedSession(_PlanFact):
    session: Annotated[str, Doc("鉴定批次的编号 · id of the session (鉴定批次)")]
    held_on: Annotated[date, Doc("鉴定日期 · day of the exam")]
    items: Annotated[list[PlannedItem], Doc("职业、等级及计划人数 · occupations and levels with planned heads")]
    standard: Standard | None = Field(
        default=None,
        description=(
            "职业标准：国家标准、部里备案、未经批准 · occupational standard: national, filed with the ministry, "
            "unapproved"
        ),
    )
    paper_source: PaperSource | None = Field(
        default=None,
        description="试卷来源：国家题库、备案题库、自编 · question bank the papers come from, or written here",
    )
    fee_yuan: int | None = Field(
        default=None,
        ge=0,
        description="每名考生的收费（元）；未告知的为空 · fee of one candidate; none where it was not told",
    )
    draw_needed: bool | None = Field(
        default=None,
        description=(
            "名册是否须待 `session_plan.papers_drawn.v1`；早先版本批准的为空 · whether its roster waits for "
            "session_plan.papers_drawn.v1; none where an earlier release approved"
        ),
    )
    exceptions: Excepted = Field(default_factory=list)
    place: str = Field(
        default="",
        description="鉴定地点；早先版本的事件中为空 · where the exam is held; empty in facts of earlier releases",
    )


class SessionPlanApproved(_ApprovedSession):
    TYPE: ClassVar[str] = "session_plan.approved.v1"
    ABOUT: ClassVar[str] = (
        "中心批准了鉴定计划：可以实施鉴定，呈报服务接收其名册。 · The Centre approved: the session may be "
        "held, and reporting accepts its roster."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED


class SessionPlanPostponed(_ApprovedSession):
    """An approved session is held on another day. It says everything that the approval said, so the latest is enough."""

    TYPE: ClassVar[str] = "session_plan.postponed.v1"
    ABOUT: ClassVar[str] = (
        "中心将已批准的鉴定改期。本事件载明 `session_plan.approved.v1` 的全部内容，两者以最新一件为准；"
        "按原日期导入的名册行作废。 · The Centre moved an approved session to another day. It carries "
        "everything that `session_plan.approved.v1` does, so the latest of both is enough; lines that were "
        "imported for the day before are void."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    branch: InstitutionCode | None = Field(
        description="机构的上级分中心；没有的为空 · the branch centre above the body, if there is one"
    )
    held_before: Annotated[date, Doc("原鉴定日期 · day of the exam before")]
    reason: Annotated[str, Doc("理由，中心的原话 · why, in the Centre's words")]


class SessionPlanCancelled(_PlanFact):
    """An approved session is not held."""

    TYPE: ClassVar[str] = "session_plan.cancelled.v1"
    ABOUT: ClassVar[str] = (
        "已批准的鉴定取消。不再为其建立名册；未批准的名册作废；所占用的年度计划人数退还。 · An approved "
        "session is not held. No roster is opened for it; one that is not approved is voided; what it took of "
        "the annual plan is free again."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    session: Annotated[str, Doc("鉴定批次的编号 · id of the session (鉴定批次)")]
    branch: InstitutionCode | None = Field(
        description="机构的上级分中心；没有的为空 · the branch centre above the body, if there is one"
    )
    centre: InstitutionCode = Field(description="中心 · the Centre")
    held_on: Annotated[date, Doc("原定的鉴定日期 · day on which it would have been held")]
    reason: Annotated[str, Doc("理由，取消者的原话 · why, in the words of who cancelled it")]
    cancelled_by: InstitutionCode | None = Field(
        default=None,
        description=(
            "取消者所在的机构；早先版本的事件中为空 · the body whose people cancelled it; none in facts of earlier releases"
        ),
    )


class SessionPlanPapersDrawn(_PlanFact):
    """The Centre recorded the draw of self-made papers (R4.1). Which set it is stays in the planning service."""

    TYPE: ClassVar[str] = "session_plan.papers_drawn.v1"
    ABOUT: ClassVar[str] = (
        "中心登记了自编试卷的抽题（R4.1），名册须待抽题。抽中哪一套不公布：鉴定日之前只有中心可见。 · The "
        "Centre recorded the draw of a session's self-made papers (R4.1), which its roster waits for. Which "
        "set was drawn is not told: only the Centre sees it before the day."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    session: Annotated[str, Doc("鉴定批次的编号 · id of the session (鉴定批次)")]


class SessionPlanWithdrawn(_SessionOnItsWay):
    TYPE: ClassVar[str] = "session_plan.withdrawn.v1"
    ABOUT: ClassVar[str] = (
        "上级尚未办理时，呈报或审核者撤回了计划。 · Who handed the plan on took it back, before the office "
        "above had acted on it."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class SessionPlanDiscarded(_SessionOnItsWay):
    TYPE: ClassVar[str] = "session_plan.discarded.v1"
    ABOUT: ClassVar[str] = (
        "草稿已作废。可以按同一序号另行起草。 · A draft was given up. Another one may be drafted under the same number."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    desk_before: KnewOfDraft


class SessionPlanReturned(_SessionOnItsWay):
    TYPE: ClassVar[str] = "session_plan.returned.v1"
    ABOUT: ClassVar[str] = "计划被退回一级，并载明理由。 · The plan was sent back one step, with a reason."
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    reason: Annotated[str, Doc("退回的理由，审核者的原话 · why it was returned, in the reviewer's words")]


class SessionPlanVoided(Fact):
    """The session is not held: it was open when its body lost its licence (rules §4.9)."""

    TYPE: ClassVar[str] = "session_plan.voided.v1"
    ABOUT: ClassVar[str] = (
        "机构被取消资质，鉴定不再举行。不再为其建立名册；未批准的名册作废。 · A session is not held because "
        "its body lost its licence. No roster is opened for it; one that is not approved is voided."
    )
    SUBJECT: ClassVar[str] = "鉴定计划的编号 · id of the session plan"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    plan: Annotated[str, Doc("计划的编号 · id of the plan")]
    session: Annotated[str, Doc("鉴定批次的编号 · id of the session")]
    body: ConcernedBody
    path: ConcernedPath
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]


class PlanWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "plan_windup.done.v1"
    ABOUT: ClassVar[str] = (
        "计划服务已办完取消资质的善后事项。监督服务读取办理结果：`GET /plan/windups/{sanction}`。 · The plan "
        "service carried out its part of a revocation. Supervision fetches what happened: `GET "
        "/plan/windups/{sanction}`."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    effects: Annotated[int, Doc("办完、移交或作废的事项数 · how many items were finished, moved or voided")]


FACTS: tuple[type[Fact], ...] = (
    AnnualPlanSubmitted,
    AnnualPlanEndorsed,
    AnnualPlanApproved,
    AnnualPlanReturned,
    AnnualPlanWithdrawn,
    AnnualPlanDiscarded,
    AnnualPlanAmended,
    AnnualPlanDue,
    PlanDutyOpened,
    PlanDutyReckoned,
    PlanDutyMarked,
    PlanDutySettled,
    SessionPlanSubmitted,
    SessionPlanEndorsed,
    SessionPlanApproved,
    SessionPlanReturned,
    SessionPlanWithdrawn,
    SessionPlanDiscarded,
    SessionPlanPostponed,
    SessionPlanCancelled,
    SessionPlanPapersDrawn,
    SessionPlanVoided,
    PlanWindUpDone,
)
