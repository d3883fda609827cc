"""The annual training and appraisal plan of a body (form 1, R1): heads by occupation and level, one plan a year.

What the Centre approved is changed by an amendment: a new version, which goes the same way up. Until it is approved the
version before it counts (docs/decisions/0034).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Self

from pydantic import Field, model_validator

from services.plan.annual_plans.term import due_date
from services.plan.annual_plans.version import Version
from shared.actor import Actor
from shared.contracts import plan
from shared.contracts.envelope import Fact
from shared.errors import Invalid
from shared.procedure.approval import APPROVED, DRAFT, EARLY, MAKERS, NEXT, WAY, Approval, Step
from shared.procedure.exceptions import Needed
from shared.procedure.form_words import form_words
from shared.trade.body_path import BodyPath
from shared.trade.deadline import Due, local_day
from shared.words import Words

AMEND = Step({APPROVED: DRAFT}, MAKERS, signs="prepared_by", clears=("submitted_by", "endorsed_by"))


class AnnualPlan(Approval):
    """items: of the version that is on its way, or in force; number: which one that is; amended_because: why it was begun.
    versions: those that were approved, the last one in force."""

    KIND: ClassVar[str] = "annual_plan"
    SOURCE: ClassVar[str] = "/plan"
    WORDS: ClassVar[Words] = form_words(
        "annual_plan",
        ("年度计划", "annual plan"),
        verbs={"amend": ("调整", "amended")},
    )
    STEPS: ClassVar[Mapping[str, Step]] = {**WAY, "amend": AMEND}
    NEXT: ClassVar[Mapping[str, str]] = {
        **NEXT,
        APPROVED: "须先调整（POST …/amendment），写明理由，新版本另行报批 · amend it (POST …/amendment) with a reason, which "
        "begins a version that goes the same way up",
    }
    EARLY: ClassVar[Mapping[str, str]] = {
        **EARLY,
        "amend": "草稿或退回的计划直接修改，无须调整 · what is not submitted is revised as it is",
    }

    year: int
    items: list[plan.PlannedItem]
    number: int = 1
    amended_because: str = ""
    versions: list[Version] = Field(default_factory=list)

    @model_validator(mode="after")
    def _approved_by_an_earlier_release(self) -> Self:
        """Which kept no versions: there is one."""
        if self.state == APPROVED and not self.versions:
            self._keep_version()
        return self

    @property
    def heads(self) -> int:
        return sum(item.heads for item in self.items)

    @property
    def in_force(self) -> list[plan.PlannedItem] | None:
        """What the Centre approved last; None where it never approved anything."""
        if self.state == APPROVED:
            return self.items
        return self.versions[-1].items if self.versions else None

    @property
    def is_amendment(self) -> bool:
        """Whether the version that is on its way takes the place of an approved one."""
        return self.state != APPROVED and bool(self.versions)

    @property
    def on_hand(self) -> bool:
        """Nobody is reminded of a plan that was approved and is amended now (R1)."""
        return self.is_amendment or super().on_hand

    @property
    def handed_in_on(self) -> date | None:
        return local_day(self.handed_in) if self.handed_in is not None else None

    @property
    def late(self) -> bool:
        """Handed in after the day it was due (R1). Once late, always; a return or an amendment makes nothing late."""
        due, standing = Due(due_date(self.year)).instant, self.handed_in
        submissions = [entry.at for entry in self.history if entry.verb == "submit"]
        return any(at >= due for at in submissions if standing is None or at <= standing)

    def ready_to_submit(self) -> None:
        if not self.items:
            raise Invalid("计划没有内容 · the plan has no lines")
        if self.is_amendment and self.items == self.in_force:
            raise Invalid(
                "与已批准的版本相同：请修改，或作废本次调整 · nothing differs from the approved version: revise it, or "
                "discard the amendment"
            )

    # --- its versions -------------------------------------------------------------------------------------------------

    def amend(self, by: Actor, at: datetime, items: Sequence[plan.PlannedItem], reason: str) -> None:
        """调整: begin the next version of an approved plan. Raises WrongState, NotAllowed, Invalid without a reason."""
        self._may("amend", by)
        if not reason.strip():
            raise Invalid("调整须说明理由 · an amendment needs a reason")
        self.items, self.number, self.amended_because = list(items), self.number + 1, reason.strip()
        self._take("amend", by, at, reason.strip())
        above = BodyPath.read(self.path).right_above
        self.note(plan.AnnualPlanAmended(**self._head, above=above, version=self.number, reason=reason.strip()), at)

    def approve(
        self, by: Actor, at: datetime, needed: Sequence[Needed] = (), reasons: Mapping[str, str] | None = None
    ) -> None:
        """中心批准: this version is in force from now on. Raises WrongState, NotAllowed, Invalid."""
        super().approve(by, at, needed, reasons)
        self._keep_version()

    def discard(self, by: Actor, at: datetime, reason: str = "") -> None:
        """作废草稿; of an amendment: the approved version goes on as if there had been none. Raises WrongState, NotAllowed."""
        super().discard(by, at, reason)
        if self.versions:
            last = self.versions[-1]
            self.items, self.number, self.amended_because = list(last.items), last.number, last.reason
            self.prepared_by, self.submitted_by, self.endorsed_by = (
                last.prepared_by,
                last.submitted_by,
                last.endorsed_by,
            )

    def _leads(self, verb: str) -> Mapping[str, str]:
        leads = super()._leads(verb)
        return dict.fromkeys(leads, APPROVED) if verb == "discard" and self.versions else leads

    def _keep_version(self) -> None:
        approval = next((entry for entry in reversed(self.history) if entry.verb == "approve"), None)
        if approval is None:
            return
        kept = Version(
            number=self.number,
            items=list(self.items),
            reason=self.amended_because,
            prepared_by=self.prepared_by,
            submitted_by=self.submitted_by,
            endorsed_by=self.endorsed_by,
            approved_by=approval.by,
            approver=approval.name,
            approved_at=approval.at,
        )
        self.versions.append(kept)

    # --- what others are told -----------------------------------------------------------------------------------------

    @property
    def _head(self) -> dict[str, object]:
        return {"plan": self.id, "body": self.body, "path": self.path, "at_desk": self.at_desk, "year": self.year}

    def fact_of(self, verb: str) -> Fact:
        head = self._head
        match verb:
            case "submit":
                return plan.AnnualPlanSubmitted(**head, heads=self.heads, version=self.number, late=self.late)
            case "endorse":
                return plan.AnnualPlanEndorsed(**head, heads=self.heads)
            case "approve":
                return plan.AnnualPlanApproved(**head, heads=self.heads, version=self.number)
            case "withdraw":
                return plan.AnnualPlanWithdrawn(**head, desk_before=self.desk_before, reason=self.history[-1].reason)
            case "discard":
                return plan.AnnualPlanDiscarded(**head, desk_before=self.desk_before if self.was_handed_in else None)
        return plan.AnnualPlanReturned(**head, reason=self.returned_because)
