"""Use cases of annual plans: draft, revise, amend, the steps of the approval, and the watch over the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.balance import Taken, must_leave_what_is_taken
from services.plan.annual_plans.requests import Amendment, AnnualPlanEntry, NewAnnualPlan
from services.plan.forms import PREPARERS, named
from services.plan.licences import licence
from shared.contracts.directory import BodyRegistered
from shared.errors import Invalid, Problem
from shared.keeping import creation, local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure import drafting
from shared.trade.deadline import local_day


async def draft(store: Store, asked: Asked, key: str, new: NewAnnualPlan) -> AnnualPlan:
    """Not of a year that is over: no session could be held by it. Raises NotAllowed, WrongState, Invalid with every wrong
    item, AlreadyThere, and NotYet while the body is unknown here."""
    by = asked.by
    by.must_be(*PREPARERS)
    _must_not_be_over(new.year, local_day(asked.at).year)
    items = named(new.items)
    licence.may_intend(await local_copies.copy_of(store, BodyRegistered, by.body), items)
    plan = AnnualPlan(
        id=ids.annual_plan_id(by.body, new.year),
        body=by.body,
        path=by.path,
        prepared_by=by.id,
        year=new.year,
        items=items,
    )
    plan.move("draft", plan.state, by, asked.at)
    request = await creation.once(store, by, key, new)
    return await drafting.draft(store, asked, plan, request, f"/plan/annual-plans/{plan.id}")


def _must_not_be_over(year: int, this_year: int) -> None:
    """Raises Invalid."""
    if year < this_year:
        what = f"{year} 年已过 · {year} is over"
        fix = f"编制 {this_year} 年或以后的计划 · draft the plan of {this_year} or later"
        raise Invalid(
            "年度计划须先于其年度结束编制 · an annual plan is made before its year is over",
            [Problem("/year", what, fix)],
        )


async def revise(store: Store, id: str, asked: Asked, entry: AnnualPlanEntry, taken: Taken) -> AnnualPlan:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def verb(plan: AnnualPlan) -> None:
        plan.revise(asked.by, asked.at, items=named(entry.items))
        await _within_bounds(store, plan, "revise", taken)

    return await repository.change(store, AnnualPlan, id, asked, verb)


async def amend(store: Store, id: str, asked: Asked, entry: Amendment, taken: Taken) -> AnnualPlan:
    """Begin the next version of an approved plan. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def verb(plan: AnnualPlan) -> None:
        plan.amend(asked.by, asked.at, named(entry.items), entry.reason)
        await _within_bounds(store, plan, "amend", taken)

    return await repository.change(store, AnnualPlan, id, asked, verb)


async def step(
    store: Store,
    id: str,
    asked: Asked,
    verb: str,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
    *,
    taken: Taken,
) -> AnnualPlan:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def take_step(plan: AnnualPlan) -> None:
        in_force, amending = plan.in_force, plan.is_amendment
        plan.step(verb, asked.by, asked.at, reason, reasons=reasons)
        if verb in ("submit", "approve"):
            await _within_licence(store, plan, verb)
        if amending and verb in ("submit", "endorse", "approve"):
            must_leave_what_is_taken(plan.items, in_force or [], await taken(plan.id))

    return await repository.change(store, AnnualPlan, id, asked, take_step)


async def heads_last_year(store: Store, plans: Sequence[str]) -> Mapping[str, int]:
    """Id of a plan → heads of its body's plan of the year before, where the Centre approved one."""
    before = {_a_year_before(id): id for id in plans}
    found, _ = repository.readable(AnnualPlan, await store.get_many(AnnualPlan.KIND, [*before]))
    return {before[plan.id]: sum(item.heads for item in plan.in_force) for plan in found if plan.in_force is not None}


def _a_year_before(plan: str) -> str:
    """The id of the plan of the same body."""
    body, _, year = plan.rpartition("-")
    return ids.annual_plan_id(body, int(year) - 1)


async def _within_bounds(store: Store, plan: AnnualPlan, verb: str, taken: Taken) -> None:
    """Asked after the verb, before the save. Raises WrongState, Invalid, and NotYet while the body is unknown here."""
    await _within_licence(store, plan, verb)
    if plan.is_amendment:
        must_leave_what_is_taken(plan.items, plan.in_force or [], await taken(plan.id))


async def _within_licence(store: Store, plan: AnnualPlan, verb: str) -> None:
    """Asked after the verb, before the save. Raises WrongState, Invalid, and NotYet while the body is unknown here."""
    licence.may_intend(await local_copies.copy_of(store, BodyRegistered, plan.body), plan.items)
