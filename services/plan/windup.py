"""Winding up a revoked body: its open sessions, and the reminder of its next annual plan."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.term import due_date
from services.plan.duties.annual_plan import year_in_view
from services.plan.duties.duty import ANNUAL_PLAN, PlanDuty
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
from shared.procedure.duties.duty import OPEN, VOIDED, duty_id
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


def not_begun(id: str, body: str, path: str) -> PlanDuty:
    """Of a year whose reminders have not begun there is no duty yet: it is made, so that it can be voided. id: of the duty;
    sanctions of earlier releases name the plan."""
    about, year = id.partition(".")[0], int(id.partition(".")[0].rpartition("-")[2])
    return PlanDuty(
        id=id,
        what=ANNUAL_PLAN.what,
        about=about,
        body=body,
        path=path,
        concerns=body,
        period=str(year),
        since=date(year, 1, 1),
        due_on=due_date(year),
    )


REMINDERS = Holding(
    kind="reminder",
    what=PlanDuty,
    open=(OPEN,),
    title=lambda duty: f"{duty.period} 年度计划催报 · reminder of the annual plan",
    ways={"void": Way({OPEN: VOIDED}, lambda duty, act: duty.void(act.by, act.at, act.reason))},
    made=lambda id, fact: not_begun(id, fact.body, fact.path),
)

PART = Part(PlanWindUp, (SESSIONS, REMINDERS))


async def preview(ports: Ports, body: str) -> WindUpPreview:
    return await previewed(ports.store, PART, body, {"reminder": await _next_reminder(ports, body)})


async def _next_reminder(ports: Ports, body: str) -> list[PlanDuty]:
    """The reminder that would go out next, unless the plan it is about was submitted."""
    about = ids.annual_plan_id(body, year_in_view(ports.clock.now()))
    plan = await repository.seek(ports.store, AnnualPlan, about)
    if plan is not None and plan.on_hand:
        return []
    id = duty_id(about, ANNUAL_PLAN.what, 0)
    # Looked at and dropped: the place of a body counts when it is stored.
    return [await repository.seek(ports.store, PlanDuty, id) or not_begun(id, body, path="")]


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat (rules §4.9). Raises NotYet, Unavailable, Stale."""
    await carry_out(ports, PART, fact)
