"""What planning declares: its collections."""

from __future__ import annotations

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import AnnualPlanDuty
from services.plan.session_plans.session_plan import SessionPlan
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind
from shared.procedure import windup

KINDS: tuple[Kind, ...] = (
    Kind(AnnualPlan.KIND, indexes=(("path",),)),
    Kind(SessionPlan.KIND, indexes=(("path",), ("body",))),
    Kind(AnnualPlanDuty.KIND),
    windup.KIND,
    *local_copies.kinds(BodyRegistered),
)
