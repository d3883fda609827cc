"""Facts of planning: annual plans (form 1), their deadline, session plans (form 2)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode, Level, OccupationCode

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
    plan: str
    body: InstitutionCode
    path: BodyPath
    at_desk: InstitutionCode = Field(description="the body whose turn it now is")


class AnnualPlanSubmitted(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.submitted.v1"
    year: int
    heads: int


class AnnualPlanEndorsed(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.endorsed.v1"
    year: int
    heads: int


class AnnualPlanApproved(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.approved.v1"
    year: int
    heads: int


class AnnualPlanReturned(_PlanFact):
    TYPE: ClassVar[str] = "annual_plan.returned.v1"
    year: int
    reason: str


class AnnualPlanDue(Fact):
    """A mark before the deadline of form 1 was reached and the plan is still not submitted (R1)."""

    TYPE: ClassVar[str] = "annual_plan.due.v1"
    body: InstitutionCode
    path: BodyPath
    year: int
    due_on: date
    days_left: int = Field(description="0 on the last day, negative when overdue")


class SessionPlanSubmitted(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.submitted.v1"
    session: str


class SessionPlanEndorsed(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.endorsed.v1"
    session: str


class SessionPlanApproved(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.approved.v1"
    session: str
    held_on: date
    items: list[PlannedItem]
    standard: Standard | None = Field(
        default=None, description="occupational standard: national, filed with the ministry, unapproved"
    )
    paper_source: PaperSource | None = Field(
        default=None, description="question bank the papers come from, or written here"
    )
    fee_yuan: int | None = Field(default=None, ge=0, description="fee of one candidate; none where it was not told")


class SessionPlanReturned(_PlanFact):
    TYPE: ClassVar[str] = "session_plan.returned.v1"
    session: str
    reason: str


class SessionPlanVoided(Fact):
    """The session is not held: it was open when its body lost its licence (rules §4.9)."""

    TYPE: ClassVar[str] = "session_plan.voided.v1"
    plan: str
    session: str
    body: InstitutionCode
    path: BodyPath
    sanction: str


class PlanWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "plan_windup.done.v1"
    sanction: str
    effects: int


FACTS: tuple[type[Fact], ...] = (
    AnnualPlanSubmitted,
    AnnualPlanEndorsed,
    AnnualPlanApproved,
    AnnualPlanReturned,
    AnnualPlanDue,
    SessionPlanSubmitted,
    SessionPlanEndorsed,
    SessionPlanApproved,
    SessionPlanReturned,
    SessionPlanVoided,
    PlanWindUpDone,
)
