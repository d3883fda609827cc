"""Winding up a revoked body: its open sessions, and the reminder of its next annual plan."""

from __future__ import annotations

from typing import ClassVar

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import VOIDED, AnnualPlanDuty, year_in_view
from services.plan.session_plans.session_plan import VOIDED as SESSION_VOIDED
from services.plan.session_plans.session_plan import SessionPlan
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import PlanWindUpDone
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Choice, Effect, WindUpItem, WindUpPreview, WindUpService
from shared.keeping import local_copies, repository
from shared.outside import Ports
from shared.procedure.approval import APPROVED, DRAFT, RETURNED
from shared.procedure.duty import OPEN
from shared.procedure.windup import WindUp, apply, carry_out, of_body


class PlanWindUp(WindUp):
    SOURCE: ClassVar[str] = "/plan"
    SERVICE: ClassVar[WindUpService] = "plan"

    def fact(self) -> PlanWindUpDone:
        return PlanWindUpDone(sanction=self.id, effects=len(self.effects))


async def preview(ports: Ports, body: str) -> WindUpPreview:
    items = [_session(plan) for plan in await of_body(ports.store, SessionPlan, body) if plan.open]
    reminder = await _reminder(ports, body)
    return WindUpPreview(items=items + ([reminder] if reminder else []))


def _session(plan: SessionPlan) -> WindUpItem:
    """Only what the Centre approved may be finished: nobody approves anything more for a body without a licence."""
    choices: dict[Choice, str] = {"finish": APPROVED} if plan.state == APPROVED else {}
    return WindUpItem(
        service="plan",
        kind="session",
        id=plan.id,
        title=f"鉴定批次 {plan.held_on} · session",
        state=plan.state,
        count=plan.heads,
        choices={**choices, "move": plan.after_transfer, "void": SESSION_VOIDED},
        needs=sorted({f"{item.occupation}/{item.level}" for item in plan.items}),
    )


async def _reminder(ports: Ports, body: str) -> WindUpItem | None:
    """The reminder that would go out next, unless the plan it is about was submitted."""
    year = year_in_view(ports.clock.now())
    id = ids.annual_plan_id(body, year)
    annual = await repository.seek(ports.store, AnnualPlan, id)
    duty = await repository.seek(ports.store, AnnualPlanDuty, id)
    if (annual is not None and annual.state not in (DRAFT, RETURNED)) or (duty is not None and duty.state != OPEN):
        return None
    return WindUpItem(
        service="plan",
        kind="reminder",
        id=id,
        title=f"{year} 年度计划催报 · reminder of the annual plan",
        state=OPEN,
        count=1,
        choices={"void": VOIDED},
    )


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat. Raises NotYet, Unavailable, Stale."""

    async def one(order: Effect, by: Actor, reason: str) -> Effect:
        if order.kind == "reminder":
            return await _end_reminder(ports, fact, order, by, reason)
        path = ""
        if order.choice == "move":
            path = (await local_copies.copy_of(ports.store, BodyRegistered, order.target)).path

        def act(plan: SessionPlan) -> None:
            now = ports.clock.now()
            match order.choice:
                case "finish":
                    plan.finish(by, now, reason)
                case "void":
                    plan.void(by, now, reason, fact.sanction)
                case "move":
                    plan.transfer(by, now, reason, order.target, path)

        return await apply(ports.store, SessionPlan, order, by, act, lambda plan: plan.heads)

    await carry_out(ports, PlanWindUp, fact, one)


async def _end_reminder(ports: Ports, fact: SanctionConfirmed, order: Effect, by: Actor, reason: str) -> Effect:
    """Of a year whose reminders have not begun there is no duty yet: it is made, so that it can be voided."""
    if await repository.seek(ports.store, AnnualPlanDuty, order.id) is None:
        year = int(order.id.rpartition("-")[2])
        await repository.add(ports.store, AnnualPlanDuty(id=order.id, body=fact.body, path=fact.path, year=year))
    return await apply(
        ports.store, AnnualPlanDuty, order, by, lambda one: one.void(by, ports.clock.now(), reason), _one
    )


def _one(_: AnnualPlanDuty) -> int:
    return 1
