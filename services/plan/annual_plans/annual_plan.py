"""The annual training and appraisal plan of a body (form 1, R1): heads by occupation and level, one plan a year."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts import plan
from shared.contracts.envelope import Fact
from shared.errors import Invalid
from shared.procedure.approval import Approval


class AnnualPlan(Approval):
    KIND: ClassVar[str] = "annual_plan"
    SOURCE: ClassVar[str] = "/plan"

    year: int
    items: list[plan.PlannedItem]

    @property
    def heads(self) -> int:
        return sum(item.heads for item in self.items)

    def covers(self, item: plan.PlannedItem) -> bool:
        return any(own.occupation == item.occupation and own.level == item.level for own in self.items)

    def ready_to_submit(self) -> None:
        if not self.items:
            raise Invalid("计划没有内容 · the plan has no lines")

    def fact_of(self, verb: str) -> Fact:
        head = {"plan": self.id, "body": self.body, "path": self.path, "at_desk": self.at_desk, "year": self.year}
        match verb:
            case "submit":
                return plan.AnnualPlanSubmitted(**head, heads=self.heads)
            case "endorse":
                return plan.AnnualPlanEndorsed(**head, heads=self.heads)
            case "approve":
                return plan.AnnualPlanApproved(**head, heads=self.heads)
            case "withdraw":
                return plan.AnnualPlanWithdrawn(**head, desk_before=self.desk_before, reason=self.history[-1].reason)
            case "discard":
                return plan.AnnualPlanDiscarded(**head, desk_before=self.desk_before if self.was_handed_in else None)
        return plan.AnnualPlanReturned(**head, reason=self.returned_because)
