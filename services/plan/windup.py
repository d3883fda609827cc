"""Winding up a revoked body: its open sessions, and the reminder of its next annual plan."""

from __future__ import annotations

from typing import ClassVar

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import VOIDED, AnnualPlanDuty, year_in_view
from services.plan.session_plans.paper_draw import key_of
from services.plan.session_plans.session_plan import OPEN as SESSION_OPEN
from services.plan.session_plans.session_plan import VOIDED as SESSION_VOIDED
from services.plan.session_plans.session_plan import SessionPlan
from shared.contracts.envelope import Fact
from shared.contracts.plan import PlanWindUpDone
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import WindUpPreview, WindUpService
from shared.keeping import repository
from shared.outside import Ports
from shared.procedure.approval import APPROVED, TAKEN_OVER
from shared.procedure.duty import OPEN
from shared.procedure.holdings import Holding, Way
from shared.procedure.windup import Part, WindUp, carry_out, previewed


class PlanWindUp(WindUp):
    SOURCE: ClassVar[str] = "/plan"
    SERVICE: ClassVar[WindUpService] = "plan"
    FACT: ClassVar[type[Fact]] = PlanWindUpDone


SESSIONS = Holding(
    kind="session",
    what=SessionPlan,
    open=SESSION_OPEN,
    closed=lambda plan: plan.reported,
    title=lambda plan: f"鉴定批次 {plan.held_on} · session",
    count=lambda plan: plan.heads,
    held_on=lambda plan: plan.held_on,
    needs=lambda plan: sorted({key_of(item) for item in plan.items}),
    ways={
        # Only what the Centre approved: nobody approves anything more for a body without a licence.
        "finish": Way(
            {APPROVED: APPROVED},
            lambda plan, act: plan.finish(act.by, act.at, act.reason),
        ),
        "move": Way(
            TAKEN_OVER,
            lambda plan, act: plan.transfer(act.by, act.at, act.reason, act.target, act.path),
        ),
        "void": Way(
            dict.fromkeys(SESSION_OPEN, SESSION_VOIDED),
            lambda plan, act: plan.void(act.by, act.at, act.reason, act.sanction),
        ),
    },
)


def _not_begun(id: str, body: str, path: str) -> AnnualPlanDuty:
    """Of a year whose reminders have not begun there is no duty yet: it is made, so that it can be voided."""
    return AnnualPlanDuty(id=id, body=body, path=path, year=int(id.rpartition("-")[2]))


REMINDERS = Holding(
    kind="reminder",
    what=AnnualPlanDuty,
    open=(OPEN,),
    title=lambda duty: f"{duty.year} 年度计划催报 · reminder of the annual plan",
    ways={"void": Way({OPEN: VOIDED}, lambda duty, act: duty.void(act.by, act.at, act.reason))},
    made=lambda id, fact: _not_begun(id, fact.body, fact.path),
)

PART = Part(PlanWindUp, (SESSIONS, REMINDERS))


async def preview(ports: Ports, body: str) -> WindUpPreview:
    return await previewed(ports.store, PART, body, {"reminder": await _next_reminder(ports, body)})


async def _next_reminder(ports: Ports, body: str) -> list[AnnualPlanDuty]:
    """The reminder that would go out next, unless the plan it is about was submitted."""
    id = ids.annual_plan_id(body, year_in_view(ports.clock.now()))
    plan = await repository.seek(ports.store, AnnualPlan, id)
    if plan is not None and plan.on_hand:
        return []
    # Looked at and dropped: the place of a body counts when it is stored.
    return [await repository.seek(ports.store, AnnualPlanDuty, id) or _not_begun(id, body, path="")]


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat (rules §4.9). Raises NotYet, Unavailable, Stale."""
    await carry_out(ports, PART, fact)
