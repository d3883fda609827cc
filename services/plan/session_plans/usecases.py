"""Use cases of session plans: draft, revise, the steps of the approval, what becomes of an approved one, and closing what
was reported. lead_days: of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.forms import PREPARERS, named
from services.plan.licences import licence
from services.plan.session_plans import storage
from services.plan.session_plans.bounds import Bounds, needed, refuse, refused, wrong_day
from services.plan.session_plans.paper_draw import DrawnSet
from services.plan.session_plans.requests import (
    Cancellation,
    DrawEntry,
    NewSessionPlan,
    Postponement,
    SessionPlanEntry,
)
from services.plan.session_plans.session_plan import SessionPlan
from shared.contracts.directory import BodyRegistered
from shared.errors import Problem, Refused
from shared.keeping import creation, local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure import drafting
from shared.procedure.approval import DRAFT, ENDORSED, RETURNED, SUBMITTED
from shared.procedure.exceptions import Needed
from shared.trade.deadline import local_day
from shared.trade.practice import is_practice

UNDER_WAY = (DRAFT, SUBMITTED, ENDORSED, RETURNED)
MUST_STAND = ("submit", "endorse", "approve")
"""Steps that carry it on, each held against the rules as they are then."""


async def draft(store: Store, asked: Asked, key: str, new: NewSessionPlan) -> SessionPlan:
    """Within the approved annual plan of its year (form 2 refers to form 1). Raises NotAllowed, WrongState, Invalid with
    everything that is wrong, AlreadyThere, and NotYet while the body is unknown here."""
    by = asked.by
    by.must_be(*PREPARERS)
    plan = SessionPlan(
        id=ids.session_id(by.body, new.year, new.number),
        body=by.body,
        path=by.path,
        prepared_by=by.id,
        year=new.year,
        number=new.number,
        annual_plan=ids.annual_plan_id(by.body, new.year),
        held_on=new.held_on,
        place=new.place,
        in_charge=new.in_charge,
        items=named(new.items),
        standard=new.standard,
        paper_source=new.paper_source,
        paper_sets=new.paper_sets,
        fee_yuan=new.fee_yuan,
    )
    refuse(await _wrong(store, plan, "draft", await _bounds(store, plan, local_day(asked.at))))
    plan.move("draft", plan.state, by, asked.at)
    request = await creation.once(store, by, key, new)
    return await drafting.draft(store, asked, plan, request, f"/plan/session-plans/{plan.id}")


async def revise(store: Store, id: str, asked: Asked, entry: SessionPlanEntry) -> SessionPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def verb(plan: SessionPlan) -> None:
        content = {name: getattr(entry, name) for name in SessionPlanEntry.model_fields if name != "items"}
        plan.revise(asked.by, asked.at, items=named(entry.items), paper_sets=entry.paper_sets, **content)
        refuse(await _wrong(store, plan, "revise", await _bounds(store, plan, local_day(asked.at))))

    return await repository.change(store, SessionPlan, id, asked, verb)


async def step(
    store: Store,
    id: str,
    asked: Asked,
    verb: str,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
    lead_days: int = 0,
) -> SessionPlan:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def take_step(plan: SessionPlan) -> None:
        if verb not in MUST_STAND:
            plan.step(verb, asked.by, asked.at, reason)
            return
        bounds = await _bounds(store, plan, local_day(asked.at), lead_days)
        try:
            wrong = await _wrong(store, plan, verb, bounds)
        except Refused:
            plan.step(verb, asked.by, asked.at)  # who may not take the step hears of that first
            raise
        # Nothing is let through while something else is refused.
        let_through = [] if wrong else needed(plan, bounds)
        plan.step(verb, asked.by, asked.at, needed=let_through, reasons={} if wrong else reasons)
        refuse(wrong)

    return await repository.change(store, SessionPlan, id, asked, take_step)


async def needed_now(store: Store, plan: SessionPlan, today: date, lead_days: int) -> list[Needed]:
    """What its approval would need a reason for, if it came now; nothing once there is nothing to approve."""
    if plan.state not in UNDER_WAY:
        return []
    return needed(plan, await _bounds(store, plan, today, lead_days))


async def needed_by_each(
    store: Store, plans: Sequence[SessionPlan], today: date, lead_days: int
) -> Mapping[str, list[Needed]]:
    """The same for many, by id. What sessions took of an annual plan is read once, however many of them are asked for."""
    found: dict[str, list[Needed]] = {}
    taken: dict[str, Mapping[tuple[str, int], int]] = {}
    annual: dict[str, AnnualPlan | None] = {}
    for plan in plans:
        if plan.state not in UNDER_WAY:
            found[plan.id] = []
            continue
        if plan.annual_plan not in taken:
            taken[plan.annual_plan] = await storage.taken(store, plan.annual_plan)
            annual[plan.annual_plan] = await repository.seek(store, AnnualPlan, plan.annual_plan)
        others = storage.without(taken[plan.annual_plan], plan)
        found[plan.id] = needed(plan, _bounds_of(plan, annual[plan.annual_plan], others, today, lead_days))
    return found


# --- of an approved one -----------------------------------------------------------------------------------------------


async def postpone(store: Store, id: str, asked: Asked, to: Postponement) -> SessionPlan:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid, and NotYet while the body is unknown here."""

    async def verb(plan: SessionPlan) -> None:
        plan.postpone(asked.by, asked.at, to.held_on, to.reason)
        body = await local_copies.copy_of(store, BodyRegistered, plan.body)
        wrong = wrong_day(plan.held_on, plan.year, local_day(asked.at)) or licence.no_licence_on(body, plan.held_on)
        refuse(wrong)

    return await repository.change(store, SessionPlan, id, asked, verb)


async def cancel(store: Store, id: str, asked: Asked, why: Cancellation) -> SessionPlan:
    """Raises NotFound, Stale, WrongState, NotAllowed."""
    return await repository.change(
        store, SessionPlan, id, asked, lambda plan: plan.cancel(asked.by, asked.at, why.reason)
    )


async def record_draw(store: Store, id: str, asked: Asked, entry: DrawEntry) -> SessionPlan:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    sets = [DrawnSet(occupation=one.occupation, level=one.level, set=one.set) for one in entry.sets]

    def verb(plan: SessionPlan) -> None:
        plan.record_draw(asked.by, asked.at, entry.drawn_at or asked.at, sets, entry.witness, entry.reason)

    return await repository.change(store, SessionPlan, id, asked, verb)


async def close(store: Store, session: str, at: datetime, held_on: date | None = None) -> None:
    """Its roster was approved, and the plan was here before it. A repeat finds it closed. Raises NotFound, Stale."""
    await repository.retried(store, SessionPlan, session, lambda plan: plan.close(at, held_on))


async def _bounds(store: Store, plan: SessionPlan, today: date, lead_days: int = 0) -> Bounds:
    """As they are now. Practice asks for no lead time, and of a session that was moved nothing is asked."""
    annual = await repository.seek(store, AnnualPlan, plan.annual_plan)
    others = await storage.taken(store, plan.annual_plan, besides=plan.id)
    return _bounds_of(plan, annual, others, today, lead_days)


def _bounds_of(
    plan: SessionPlan, annual: AnnualPlan | None, others: Mapping[tuple[str, int], int], today: date, lead_days: int
) -> Bounds:
    if plan.was_moved:
        return Bounds(today, 0, None, {})
    in_force = annual.in_force if annual is not None else None
    return Bounds(today, 0 if is_practice(plan.path) else lead_days, in_force, others)


async def _wrong(store: Store, plan: SessionPlan, verb: str, bounds: Bounds) -> list[Problem]:
    """What nobody may let through. Whoever endorses decides nothing, and is not asked for the licence.

    Raises WrongState where the body may hold none, and NotYet while it is unknown here."""
    wrong = refused(plan, bounds)
    if verb == "endorse":
        return wrong
    body = await local_copies.copy_of(store, BodyRegistered, plan.body)
    return [*licence.may_hold(body, plan.items, plan.held_on), *wrong]
