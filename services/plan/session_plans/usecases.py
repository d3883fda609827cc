"""Use cases of planning: load, call the verb, save."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TypeVar

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import AnnualPlanDuty, due_date
from services.plan.licences import licence
from services.plan.session_plans.requests import AnnualPlanEntry, Item, NewAnnualPlan, NewSessionPlan, SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.occupations import planned
from shared.contracts.plan import PlannedItem
from shared.errors import Invalid, Problem, Stale
from shared.keeping import creation, ids, local_copies, repository
from shared.ports import Clock, Store
from shared.procedure.approval import DRAFT, RETURNED
from shared.trade import practice
from shared.trade.deadline import MARKS, local_day
from shared.trade.roles import Role

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
    items = _named(new.items)
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


async def revise_annual_plan(
    store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: AnnualPlanEntry
) -> AnnualPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await repository.seen(store, AnnualPlan, id, by, seen)
    plan.revise(by, clock.now(), items=_named(entry.items))
    await _within_licence(store, plan, "revise")
    await repository.save(store, plan)
    return plan


async def draft_session_plan(store: Store, clock: Clock, by: Actor, key: str, new: NewSessionPlan) -> SessionPlan:
    """The body's annual plan of that year must name every item (form 2 refers to form 1). Raises Invalid, AlreadyThere."""
    by.must_be(*PREPARERS)
    annual, items = await _within_annual_plan(store, by.body, new.year, new)
    plan = SessionPlan(
        id=ids.session_id(by.body, new.year, new.number),
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
        standard=new.standard,
        paper_source=new.paper_source,
        fee_yuan=new.fee_yuan,
    )
    await _within_licence(store, plan, "draft")
    plan.move("draft", plan.state, by, clock.now())
    request = await creation.once(store, by, key, new)
    return await creation.create(store, plan, request, f"/plan/session-plans/{plan.id}")


async def revise_session_plan(
    store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: SessionPlanEntry
) -> SessionPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    plan = await repository.seen(store, SessionPlan, id, by, seen)
    _, items = await _within_annual_plan(store, plan.body, plan.year, entry)
    content = {name: getattr(entry, name) for name in SessionPlanEntry.model_fields if name != "items"}
    plan.revise(by, clock.now(), items=items, **content)
    await _within_licence(store, plan, "revise")
    await repository.save(store, plan)
    return plan


async def _within_annual_plan(
    store: Store, body: str, year: int, entry: SessionPlanEntry
) -> tuple[AnnualPlan, list[PlannedItem]]:
    items = _named(entry.items)
    annual = await repository.seek(store, AnnualPlan, ids.annual_plan_id(body, year))
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
    plan = await repository.seen(store, what, id, by, seen)
    plan.step(verb, by, clock.now(), reason)
    if verb in ("submit", "approve"):
        await _within_licence(store, plan, verb)
    await repository.save(store, plan)
    return plan


async def _within_licence(store: Store, plan: AnnualPlan | SessionPlan, verb: str) -> None:
    """Asked after the verb and before the save. Raises WrongState, Invalid, and NotYet while the body is unknown here."""
    body = await local_copies.copy_of(store, BodyRegistered, plan.body)
    if isinstance(plan, SessionPlan):
        licence.may_hold(body, verb, plan.items, plan.held_on)
    else:
        licence.may_intend(body, verb, plan.items)


async def read_licence(store: Store, by: Actor, code: str) -> BodyRegistered:
    """What planning knows of a body's licence; everybody also sees those above. Raises NotFound, NotYet."""
    body = await local_copies.copy_of(store, BodyRegistered, code)
    if not by.path.startswith(body.path):
        by.must_reach(body.path, f"body {code}")
    return body


async def watch_annual_plans(store: Store, now: datetime) -> None:
    """The clock's question: whose annual plan is due, and which mark was reached? Asking twice changes nothing."""
    today = local_day(now)
    year = today.year
    if not -max(MARKS) <= (today - due_date(year)).days <= -min(MARKS):
        return  # the whole ladder, from the first mark to the last, lies within one calendar year
    bodies = [body for body in await local_copies.all_copies(store, BodyRegistered) if _owes_a_plan(body)]
    await asyncio.gather(*(_watch(store, now, year, body) for body in bodies))


def _owes_a_plan(body: BodyRegistered) -> bool:
    """A body that is practised in, or revoked, owes none."""
    return body.kind != "centre" and body.state != "revoked" and not practice.is_training(body.body)


async def _watch(store: Store, now: datetime, year: int, body: BodyRegistered) -> None:
    id = ids.annual_plan_id(body.body, year)
    plan = await repository.seek(store, AnnualPlan, id)
    if plan is not None and plan.state not in (DRAFT, RETURNED):
        return
    duty = await repository.seek(store, AnnualPlanDuty, id)
    duty = duty or AnnualPlanDuty(id=id, body=body.body, path=body.path, year=year)
    if not duty.remind(now):
        return
    try:
        if duty.version:
            await repository.save(store, duty)
        else:
            await repository.add(store, duty)  # False: another clock was faster, and its mark counts
    except Stale:
        return  # another clock was faster, and its mark counts
