"""Use cases of planning: load, call the verb, save."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TypeVar

from services.plan.annual_plan import AnnualPlan
from services.plan.duty import AnnualPlanDuty, due_date
from services.plan.requests import AnnualPlanEntry, Item, NewAnnualPlan, NewSessionPlan, SessionPlanEntry
from services.plan.session_plan import SessionPlan
from shared import copies, creation, identity, keeping, training
from shared.actor import Actor, Role
from shared.approval import DRAFT, RETURNED
from shared.contracts.directory import BodyRegistered
from shared.contracts.occupations import planned
from shared.contracts.plan import PlannedItem
from shared.deadline import MARKS, local_day
from shared.errors import Invalid, Problem, Stale
from shared.ports import Clock, Store

P = TypeVar("P", AnnualPlan, SessionPlan)

PREPARERS = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER)


def _named(items: list[Item]) -> list[PlannedItem]:
    named, wrong = planned([(item.occupation, item.level, item.heads) for item in items])
    if wrong:
        raise Invalid("计划内容有误 · the plan has mistakes", wrong)
    return named


async def draft_annual_plan(store: Store, clock: Clock, by: Actor, key: str, new: NewAnnualPlan) -> AnnualPlan:
    """Raises Invalid with every wrong item, AlreadyThere."""
    by.must_be(*PREPARERS)
    plan = AnnualPlan(
        id=identity.annual_plan_id(by.body, new.year),
        body=by.body,
        path=by.path,
        prepared_by=by.id,
        year=new.year,
        items=_named(new.items),
    )
    plan.move("draft", plan.state, by, clock.now())
    request = await creation.once(store, by, key, new)
    return await creation.create(store, plan, request, f"/plan/annual-plans/{plan.id}")


async def revise_annual_plan(
    store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: AnnualPlanEntry
) -> AnnualPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await _seen(store, AnnualPlan, id, seen, by)
    plan.revise(by, clock.now(), items=_named(entry.items))
    await keeping.save(store, plan)
    return plan


async def draft_session_plan(store: Store, clock: Clock, by: Actor, key: str, new: NewSessionPlan) -> SessionPlan:
    """The body's annual plan of that year must name every item (form 2 refers to form 1). Raises Invalid, AlreadyThere."""
    by.must_be(*PREPARERS)
    annual, items = await _within_annual_plan(store, by.body, new.year, new)
    plan = SessionPlan(
        id=identity.session_id(by.body, new.year, new.number),
        body=by.body,
        path=by.path,
        prepared_by=by.id,
        year=new.year,
        number=new.number,
        annual_plan=annual.id,
        held_on=new.held_on,
        place=new.place,
        in_charge=new.in_charge,
        items=items,
    )
    plan.move("draft", plan.state, by, clock.now())
    request = await creation.once(store, by, key, new)
    return await creation.create(store, plan, request, f"/plan/session-plans/{plan.id}")


async def revise_session_plan(
    store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: SessionPlanEntry
) -> SessionPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await _seen(store, SessionPlan, id, seen, by)
    _, items = await _within_annual_plan(store, plan.body, plan.year, entry)
    plan.revise(by, clock.now(), held_on=entry.held_on, place=entry.place, in_charge=entry.in_charge, items=items)
    await keeping.save(store, plan)
    return plan


async def _within_annual_plan(
    store: Store, body: str, year: int, entry: SessionPlanEntry
) -> tuple[AnnualPlan, list[PlannedItem]]:
    items = _named(entry.items)
    annual = await keeping.seek(store, AnnualPlan, identity.annual_plan_id(body, year))
    if annual is None:
        raise Invalid(f"{body} 没有 {year} 年度计划 · has no annual plan of {year}")
    wrong = [
        Problem(
            f"/items/{n}",
            f"{item.occupation_zh} 不在年度计划中 · is not in the annual plan",
            "先修订年度计划 · amend it first",
        )
        for n, item in enumerate(items)
        if not annual.covers(item)
    ]
    if entry.held_on.year != year:
        wrong.append(Problem("/held_on", f"不在 {year} 年 · is not in {year}"))
    if wrong:
        raise Invalid("超出年度计划 · beyond the annual plan", wrong)
    return annual, items


async def step(
    store: Store, clock: Clock, what: type[P], id: str, seen: int, by: Actor, verb: str, reason: str = ""
) -> P:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await _seen(store, what, id, seen, by)
    plan.step(verb, by, clock.now(), reason)
    await keeping.save(store, plan)
    return plan


async def read(store: Store, what: type[P], id: str, by: Actor) -> P:
    plan = await keeping.load(store, what, id)
    by.must_reach(plan.path, f"{what.KIND} {id}")
    return plan


async def _seen(store: Store, what: type[P], id: str, seen: int, by: Actor) -> P:
    """What the caller has read, unchanged since. Raises NotFound, Stale."""
    plan = await read(store, what, id, by)
    if plan.version != seen:
        raise Stale(what.KIND, id, seen)
    return plan


async def watch_annual_plans(store: Store, now: datetime) -> None:
    """The clock's question: whose annual plan is due, and which mark was reached? Asking twice changes nothing."""
    today = local_day(now)
    year = today.year
    if not -max(MARKS) <= (today - due_date(year)).days <= -min(MARKS):
        return  # the whole ladder, from the first mark to the last, lies within one calendar year
    known = await copies.all_copies(store, BodyRegistered)
    bodies = [body for body in known if body.kind != "centre" and not training.is_training(body.body)]
    await asyncio.gather(*(_watch(store, now, year, body) for body in bodies))


async def _watch(store: Store, now: datetime, year: int, body: BodyRegistered) -> None:
    id = identity.annual_plan_id(body.body, year)
    plan = await keeping.seek(store, AnnualPlan, id)
    if plan is not None and plan.state not in (DRAFT, RETURNED):
        return
    duty = await keeping.seek(store, AnnualPlanDuty, id)
    duty = duty or AnnualPlanDuty(id=id, body=body.body, path=body.path, year=year)
    if not duty.remind(now):
        return
    try:
        if duty.version:
            await keeping.save(store, duty)
        else:
            await keeping.add(store, duty)  # False: another clock was faster, and its mark counts
    except Stale:
        return  # another clock was faster, and its mark counts
