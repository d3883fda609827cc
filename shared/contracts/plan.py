"""Facts of planning: annual plans (form 1), their deadline, session plans (form 2)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Doc

from shared.contracts.envelope import Fact
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


class PlannedItem(BaseModel):
    """One occupation at one level, with the heads planned for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    occupation: OccupationCode
    occupation_zh: str
    occupation_en: str
    level: Level
    heads: int = Field(ge=1, le=99_999)


class _PlanFact(Fact):
    plan: Annotated[str, Doc("id of the plan")]
    body: ConcernedBody
    path: ConcernedPath
    at_desk: InstitutionCode = Field(description="the body whose turn it now is")


class AnnualPlanSubmitted(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.submitted.v1"
    ABOUT: ClassVar[str] = "A body submitted its plan for a year (R1)."
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    heads: Annotated[int, Doc("planned heads, all levels")]
    version: int | None = Field(default=None, ge=1, description="1, higher for an amendment; none in earlier releases")
    late: bool | None = Field(default=None, description="handed in after 28 February (R1); none in earlier releases")


class AnnualPlanEndorsed(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.endorsed.v1"
    ABOUT: ClassVar[str] = "The branch centre agreed to a station's plan; the Centre decides."
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    heads: Annotated[int, Doc("planned heads, all levels")]


class AnnualPlanApproved(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.approved.v1"
    ABOUT: ClassVar[str] = "The Centre approved the plan, or an amendment of it, which takes its place."
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    heads: Annotated[int, Doc("planned heads, all levels")]
    version: int | None = Field(default=None, ge=1, description="1, higher for an amendment; none in earlier releases")


class AnnualPlanReturned(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.returned.v1"
    ABOUT: ClassVar[str] = "The plan was sent back one step, with a reason."
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    reason: Annotated[str, Doc("why it was returned, in the reviewer's words")]


class AnnualPlanWithdrawn(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.withdrawn.v1"
    ABOUT: ClassVar[str] = "Who handed the plan on took it back, before the office above had acted on it."
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class AnnualPlanDiscarded(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.discarded.v1"
    ABOUT: ClassVar[str] = (
        "A draft was given up. Of an amendment: the approved plan goes on as it was. Another one may be drafted."
    )
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    desk_before: KnewOfDraft


class AnnualPlanAmended(_PlanFact):
    """The body began to amend its approved plan. The approved version counts until the Centre approves the next."""

    TYPE: ClassVar[str] = "annual_plan.amended.v1"
    ABOUT: ClassVar[str] = (
        "A body began to amend its approved plan. The approved version counts until the Centre has approved the next."
    )
    SUBJECT: ClassVar[str] = "id of the annual plan"
    year: Annotated[int, Doc("year of the plan")]
    above: InstitutionCode = Field(description="the body right above: its branch centre, or the Centre")
    version: int = Field(ge=2, description="number of the version that was begun")
    reason: Annotated[str, Doc("why it is amended")]


class AnnualPlanDue(Fact):
    """A mark before the deadline of form 1 was reached and the plan is still not submitted (R1)."""

    TYPE: ClassVar[str] = "annual_plan.due.v1"
    ABOUT: ClassVar[str] = (
        "A mark of the reminder ladder (30, 14, 7, 3, 1, 0 days before, 1 and 3 days after) was reached and the "
        "plan is not submitted. Each mark once; marks that were missed are skipped, never sent late in a row."
    )
    SUBJECT: ClassVar[str] = "id of the annual plan duty"
    body: ConcernedBody
    path: ConcernedPath
    year: Annotated[int, Doc("year of the plan")]
    due_on: Annotated[date, Doc("last day, local date")]
    days_left: int = Field(description="0 on the last day, negative when overdue")


class SessionPlanSubmitted(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.submitted.v1"
    ABOUT: ClassVar[str] = "A station submitted the plan of a session (R4.1)."
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]


class SessionPlanEndorsed(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.endorsed.v1"
    ABOUT: ClassVar[str] = "The branch centre agreed; the Centre decides."
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]


class _ApprovedSession(_PlanFact):
    session: Annotated[str, Doc("id of the session (鉴定批次)")]
    held_on: Annotated[date, Doc("day of the exam")]
    items: Annotated[list[PlannedItem], Doc("occupations and levels with planned heads")]
    standard: Standard | None = Field(
        default=None, description="occupational standard: national, filed with the ministry, unapproved"
    )
    paper_source: PaperSource | None = Field(
        default=None, description="question bank the papers come from, or written here"
    )
    fee_yuan: int | None = Field(default=None, ge=0, description="fee of one candidate; none where it was not told")
    draw_needed: bool | None = Field(
        default=None,
        description="whether its roster waits for session_plan.papers_drawn.v1; none where an earlier release approved",
    )
    exceptions: Excepted = Field(default_factory=list)


class SessionPlanApproved(_ApprovedSession):
    TYPE: ClassVar[str] = "session_plan.approved.v1"
    ABOUT: ClassVar[str] = "The Centre approved: the session may be held, and reporting accepts its roster."
    SUBJECT: ClassVar[str] = "id of the session plan"


class SessionPlanPostponed(_ApprovedSession):
    """An approved session is held on another day. It says everything that the approval said, so the latest is enough."""

    TYPE: ClassVar[str] = "session_plan.postponed.v1"
    ABOUT: ClassVar[str] = (
        "The Centre moved an approved session to another day. It carries everything that `session_plan.approved.v1` "
        "does, so the latest of both is enough; lines that were imported for the day before are void."
    )
    SUBJECT: ClassVar[str] = "id of the session plan"
    branch: InstitutionCode | None = Field(description="the branch centre above the body, if there is one")
    held_before: Annotated[date, Doc("day of the exam before")]
    reason: Annotated[str, Doc("why, in the Centre's words")]


class SessionPlanCancelled(_PlanFact):
    """An approved session is not held."""

    TYPE: ClassVar[str] = "session_plan.cancelled.v1"
    ABOUT: ClassVar[str] = (
        "An approved session is not held. No roster is opened for it; one that is not approved is voided; what it took "
        "of the annual plan is free again."
    )
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]
    branch: InstitutionCode | None = Field(description="the branch centre above the body, if there is one")
    centre: InstitutionCode = Field(description="the Centre")
    held_on: Annotated[date, Doc("day on which it would have been held")]
    reason: Annotated[str, Doc("why, in the words of who cancelled it")]


class SessionPlanPapersDrawn(_PlanFact):
    """The Centre recorded the draw of self-made papers (R4.1). Which set it is stays in the planning service."""

    TYPE: ClassVar[str] = "session_plan.papers_drawn.v1"
    ABOUT: ClassVar[str] = (
        "The Centre recorded the draw of a session's self-made papers (R4.1), which its roster waits for. Which set was "
        "drawn is not told: only the Centre sees it before the day."
    )
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]


class SessionPlanWithdrawn(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.withdrawn.v1"
    ABOUT: ClassVar[str] = "Who handed the plan on took it back, before the office above had acted on it."
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class SessionPlanDiscarded(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.discarded.v1"
    ABOUT: ClassVar[str] = "A draft was given up. Another one may be drafted under the same number."
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]
    desk_before: KnewOfDraft


class SessionPlanReturned(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.returned.v1"
    ABOUT: ClassVar[str] = "The plan was sent back one step, with a reason."
    SUBJECT: ClassVar[str] = "id of the session plan"
    session: Annotated[str, Doc("id of the session (鉴定批次)")]
    reason: Annotated[str, Doc("why it was returned, in the reviewer's words")]


class SessionPlanVoided(Fact):
    """The session is not held: it was open when its body lost its licence (rules §4.9)."""

    TYPE: ClassVar[str] = "session_plan.voided.v1"
    ABOUT: ClassVar[str] = (
        "A session is not held because its body lost its licence. No roster is opened for it; one that is not "
        "approved is voided."
    )
    SUBJECT: ClassVar[str] = "id of the session plan"
    plan: Annotated[str, Doc("id of the plan")]
    session: Annotated[str, Doc("id of the session")]
    body: ConcernedBody
    path: ConcernedPath
    sanction: Annotated[str, Doc("id of the sanction")]


class PlanWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "plan_windup.done.v1"
    ABOUT: ClassVar[str] = (
        "The plan service carried out its part of a revocation. Supervision fetches what happened: `GET "
        "/plan/windups/{sanction}`."
    )
    SUBJECT: ClassVar[str] = "id of the sanction"
    sanction: Annotated[str, Doc("id of the sanction")]
    effects: Annotated[int, Doc("how many items were finished, moved or voided")]


FACTS: tuple[type[Fact], ...] = (
    AnnualPlanSubmitted,
    AnnualPlanEndorsed,
    AnnualPlanApproved,
    AnnualPlanReturned,
    AnnualPlanWithdrawn,
    AnnualPlanDiscarded,
    AnnualPlanAmended,
    AnnualPlanDue,
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
