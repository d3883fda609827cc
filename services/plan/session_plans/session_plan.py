"""The plan of one appraisal session (form 2, R4.1). It may be held only after the Centre approved it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from shared.actor import Actor
from shared.contracts import plan
from shared.contracts.envelope import Fact
from shared.errors import Invalid, WrongState
from shared.procedure.approval import APPROVED, DRAFT, ENDORSED, RETURNED, SUBMITTED, TAKEN_OVER, Approval

VOIDED, REPORTED = "voided", "reported"
OPEN = (DRAFT, RETURNED, SUBMITTED, ENDORSED, APPROVED)
"""States in which a session that is not reported yet may still be held, or finished, moved or voided."""


class SessionPlan(Approval):
    """reported: its roster was approved, so nothing about it is open any more."""

    KIND: ClassVar[str] = "session_plan"
    SOURCE: ClassVar[str] = "/plan"

    year: int
    number: int
    annual_plan: str
    held_on: date
    place: str
    in_charge: str
    items: list[plan.PlannedItem]
    standard: plan.Standard = "national"
    paper_source: plan.PaperSource = "self_made"
    fee_yuan: int | None = None
    reported: bool = False

    @property
    def heads(self) -> int:
        return sum(item.heads for item in self.items)

    def ready_to_submit(self) -> None:
        if not self.items:
            raise Invalid("计划没有内容 · the plan has no lines")

    def close(self) -> bool:
        """The Centre approved its roster. False: known already."""
        if self.reported:
            return False
        self.reported = True
        return True

    # --- winding up a revoked body (rules §4.9) ---

    def finish(self, by: Actor, at: datetime, reason: str) -> None:
        """An approved session may still be held and reported. Raises WrongState."""
        self._only_open("finish", APPROVED)
        self.move("finish", APPROVED, by, at, reason)

    def void(self, by: Actor, at: datetime, reason: str, sanction: str) -> None:
        """It is not held. For good. Raises WrongState."""
        self._only_open("void", *OPEN)
        self.move("void", VOIDED, by, at, reason)
        fact = plan.SessionPlanVoided(plan=self.id, session=self.id, body=self.body, path=self.path, sanction=sanction)
        self.note(fact, at)

    def transfer(self, by: Actor, at: datetime, reason: str, body: str, path: str) -> None:
        """Another body holds it, under the same number. What was not approved yet lies on that body's desk, whose people
        have to submit it anew; what was approved is noted anew, so that every local copy follows. Raises WrongState."""
        self._only_open("transfer", *OPEN)
        to = TAKEN_OVER[self.state]
        if to == RETURNED:
            self.submitted_by, self.endorsed_by, self.returned_because = "", "", reason
        self.move("transfer", to, by, at, reason)  # an act of the body that is left
        self.body, self.path = body, path
        if to == APPROVED:
            self.note(self.fact_of("approve"), at)

    def _only_open(self, verb: str, *states: str) -> None:
        """Raises WrongState."""
        if self.reported:
            raise WrongState(f"{self.KIND} {self.id}", REPORTED, verb)
        self.only_when(verb, *states)

    def fact_of(self, verb: str) -> Fact:
        head = {"plan": self.id, "session": self.id, "body": self.body, "path": self.path, "at_desk": self.at_desk}
        match verb:
            case "submit":
                return plan.SessionPlanSubmitted(**head)
            case "endorse":
                return plan.SessionPlanEndorsed(**head)
            case "approve":
                return plan.SessionPlanApproved(
                    **head,
                    held_on=self.held_on,
                    items=self.items,
                    standard=self.standard,
                    paper_source=self.paper_source,
                    fee_yuan=self.fee_yuan,
                )
            case "withdraw":
                return plan.SessionPlanWithdrawn(**head, desk_before=self.desk_before, reason=self.history[-1].reason)
            case "discard":
                return plan.SessionPlanDiscarded(**head, desk_before=self.desk_before if self.was_handed_in else None)
        return plan.SessionPlanReturned(**head, reason=self.returned_because)
