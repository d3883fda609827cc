"""Use cases of annual plans: draft, revise, the steps of the approval, and the watch over the deadline."""

from __future__ import annotations

from datetime import datetime

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import AnnualPlanDuty, due_date
from services.plan.annual_plans.requests import AnnualPlanEntry, NewAnnualPlan
from services.plan.forms import PREPARERS, named
from services.plan.licences import licence
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.keeping import creation, local_copies, repository
from shared.ports import Clock, Store
from shared.procedure.watching import remind_of_forms
from shared.trade import practice
from shared.trade.deadline import Due, local_day


async def draft(store: Store, clock: Clock, by: Actor, key: str, new: NewAnnualPlan) -> AnnualPlan:
    """Raises Invalid with every wrong item, AlreadyThere."""
    by.must_be(*PREPARERS)
    items = named(new.items)
    licence.may_intend(await local_copies.copy_of(store, BodyRegistered, by.body), "draft", items)
    plan = AnnualPlan(
        id=ids.annual_plan_id(by.body, new.year),
        body=by.body,
        path=by.path,
        prepared_by=by.id,
        year=new.year,
        items=items,
    )
    plan.move("draft", plan.state, by, clock.now())
    request = await creation.once(store, by, key, new)
    return await creation.create(store, plan, request, f"/plan/annual-plans/{plan.id}")


async def revise(store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: AnnualPlanEntry) -> AnnualPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await repository.seen(store, AnnualPlan, id, by, seen)
    plan.revise(by, clock.now(), items=named(entry.items))
    await _within_licence(store, plan, "revise")
    await repository.save(store, plan)
    return plan


async def step(store: Store, clock: Clock, id: str, seen: int, by: Actor, verb: str, reason: str = "") -> AnnualPlan:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await repository.seen(store, AnnualPlan, id, by, seen)
    plan.step(verb, by, clock.now(), reason)
    if verb in ("submit", "approve"):
        await _within_licence(store, plan, verb)
    await repository.save(store, plan)
    return plan


async def _within_licence(store: Store, plan: AnnualPlan, verb: str) -> None:
    """Asked after the verb, before the save. Raises WrongState, Invalid, and NotYet while the body is unknown here."""
    licence.may_intend(await local_copies.copy_of(store, BodyRegistered, plan.body), verb, plan.items)


async def watch(store: Store, now: datetime) -> None:
    """The clock's question: whose annual plan is due, and which mark was reached? Asking twice changes nothing."""
    year = local_day(now).year
    if not Due(due_date(year)).on_ladder(now):
        return  # the whole ladder, from the first mark to the last, lies within one calendar year
    bodies = [body for body in await local_copies.all_copies(store, BodyRegistered) if _owes_a_plan(body)]
    owed = [
        AnnualPlanDuty(id=ids.annual_plan_id(body.body, year), body=body.body, path=body.path, year=year)
        for body in bodies
    ]
    await remind_of_forms(store, AnnualPlan, owed, lambda duty: duty.remind(now))


def _owes_a_plan(body: BodyRegistered) -> bool:
    """A body that is practised in, or revoked, owes none."""
    return body.kind != "centre" and body.state != "revoked" and not practice.is_practice(body.body)
