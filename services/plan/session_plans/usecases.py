"""Use cases of session plans: draft, revise, the steps of the approval, and closing what was reported."""

from __future__ import annotations

from collections.abc import Mapping

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.forms import PREPARERS, named
from services.plan.licences import licence
from services.plan.session_plans.requests import NewSessionPlan, SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import PlannedItem
from shared.errors import Invalid, Problem
from shared.keeping import creation, local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure import drafting


async def draft(store: Store, asked: Asked, key: str, new: NewSessionPlan) -> SessionPlan:
    """The body's annual plan of that year names every item (form 2 refers to form 1). Raises NotAllowed, WrongState,
    Invalid, AlreadyThere, and NotYet while the body is unknown here."""
    by = asked.by
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
    plan.move("draft", plan.state, by, asked.at)
    request = await creation.once(store, by, key, new)
    return await drafting.draft(store, asked, plan, request, f"/plan/session-plans/{plan.id}")


async def revise(store: Store, id: str, asked: Asked, entry: SessionPlanEntry) -> SessionPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def verb(plan: SessionPlan) -> None:
        _, items = await _within_annual_plan(store, plan.body, plan.year, entry)
        content = {name: getattr(entry, name) for name in SessionPlanEntry.model_fields if name != "items"}
        plan.revise(asked.by, asked.at, items=items, **content)
        await _within_licence(store, plan, "revise")

    return await repository.change(store, SessionPlan, id, asked, verb)


async def step(
    store: Store, id: str, asked: Asked, verb: str, reason: str = "", reasons: Mapping[str, str] | None = None
) -> SessionPlan:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def take_step(plan: SessionPlan) -> None:
        plan.step(verb, asked.by, asked.at, reason, reasons=reasons)
        if verb in ("submit", "approve"):
            await _within_licence(store, plan, verb)

    return await repository.change(store, SessionPlan, id, asked, take_step)


async def close(store: Store, session: str) -> None:
    """Its roster was approved, and the plan was here before it. A repeat finds it closed. Raises NotFound, Stale."""
    await repository.retried(store, SessionPlan, session, SessionPlan.close)


async def _within_annual_plan(
    store: Store, body: str, year: int, entry: SessionPlanEntry
) -> tuple[AnnualPlan, list[PlannedItem]]:
    items = named(entry.items)
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


async def _within_licence(store: Store, plan: SessionPlan, verb: str) -> None:
    """Asked after the verb, before the save. Raises WrongState, Invalid, and NotYet while the body is unknown here."""
    licence.may_hold(await local_copies.copy_of(store, BodyRegistered, plan.body), verb, plan.items, plan.held_on)
