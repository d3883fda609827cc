"""The plan of one appraisal session (form 2, R4.1). It may be held only after the Centre approved it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from shared.approval import Approval
from shared.contracts import plan
from shared.contracts.envelope import Fact
from shared.errors import Invalid


class SessionPlan(Approval):
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

    def ready_to_submit(self) -> None:
        if not self.items:
            raise Invalid("计划没有内容 · the plan has no lines")

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
        return plan.SessionPlanReturned(**head, reason=self.returned_because)
