"""Annual and session plans through their use cases, on a real store: what is drafted, revised, taken further and closed,
and what the licence of the body, as planning knows it, refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.plan.annual_plans import usecases as annual_plans
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.requests import AnnualPlanEntry, NewAnnualPlan
from services.plan.licences import usecases as licences
from services.plan.session_plans import usecases as session_plans
from services.plan.session_plans.requests import SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.session_plans.storage import taken
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import AlreadyThere, Invalid, NotAllowed, NotFound, NotYet, Stale, WrongState
from shared.keeping import repository
from shared.procedure.approval import APPROVED, DRAFT, ENDORSED, RETURNED, SUBMITTED
from shared.trade.roles import Role
from tests.unit.plan.planning import (
    APPROVER,
    BRANCH,
    CENTRE,
    CLERK,
    HEAD,
    HELD_ON,
    OFFICER,
    OTHER,
    PATHS,
    STATION,
    TURNER,
    WELDER,
    a_session,
    actor,
    an_annual,
    asked,
    items,
    know,
    licence,
    opened,
    places,
    with_annual,
    with_approved,
    with_session,
)
from tests.world.clock import MORNING


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as store:
        yield store


# --- drafting ---------------------------------------------------------------------------------------------------------


async def test_an_annual_plan_is_drafted_once_a_year(store: SqliteStore) -> None:
    plan = await with_annual(store)
    assert (plan.id, plan.body, plan.path, plan.year) == (f"{STATION}-2026", STATION, PATHS[STATION], 2026)
    assert (plan.state, plan.prepared_by, plan.heads) == (DRAFT, "clerk", 80)
    assert [(one.occupation_zh, one.level, one.heads) for one in plan.items] == [("车工", 4, 60), ("车工", 5, 20)]
    assert [(entry.verb, entry.by, entry.at) for entry in plan.history] == [("draft", "clerk", MORNING)]
    assert (await with_annual(store)).version == 1, "the same request again"
    with pytest.raises(AlreadyThere) as caught:
        await annual_plans.draft(store, asked(HEAD), "another", an_annual())
    assert caught.value.location == f"/plan/annual-plans/{STATION}-2026"
    assert (await annual_plans.draft(store, asked(HEAD), "next", an_annual(2027))).id == f"{STATION}-2027"


@pytest.mark.parametrize(("year", "allowed"), [(2025, False), (2026, True), (2027, True)])
async def test_no_annual_plan_is_made_of_a_year_that_is_over(store: SqliteStore, year: int, allowed: bool) -> None:
    new = NewAnnualPlan(year=year, items=[{"occupation": TURNER, "level": 4, "heads": 9}])  # type: ignore[list-item]
    drafting = annual_plans.draft(store, asked(CLERK), f"key {year}", new)
    if allowed:
        assert (await drafting).year == year
        return
    with pytest.raises(Invalid) as caught:
        await drafting
    assert [problem.where for problem in caught.value.problems] == ["/year"]


async def test_a_session_says_everything_that_was_entered(store: SqliteStore) -> None:
    plan = await with_session(store, standard="filed", paper_source="filed_bank", fee_yuan=120)
    assert plan.id == f"{STATION}-2026-007"
    assert (plan.annual_plan, plan.held_on, plan.place, plan.in_charge) == (f"{STATION}-2026", HELD_ON, "考场", "吴刚")
    assert (plan.standard, plan.paper_source, plan.fee_yuan, plan.heads) == ("filed", "filed_bank", 120, 80)
    assert (plan.state, plan.prepared_by, plan.history[0].verb, plan.reported) == (DRAFT, "clerk", "draft", False)
    stated = a_session(standard="filed", paper_source="filed_bank", fee_yuan=120)
    again = await session_plans.draft(store, asked(CLERK), "session", stated)
    assert again.version == 1
    with pytest.raises(AlreadyThere) as caught:
        await session_plans.draft(store, asked(HEAD), "another", a_session())
    assert caught.value.location == f"/plan/session-plans/{plan.id}"


@pytest.mark.parametrize("role", Role)
async def test_who_drafts(store: SqliteStore, role: Role) -> None:
    by = actor("x", role, STATION)
    if role in (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER):
        assert await annual_plans.draft(store, asked(by), "a", an_annual(2027))
        await with_approved(store)
        assert await session_plans.draft(store, asked(by), "s", a_session())
        return
    with pytest.raises(NotAllowed):
        await annual_plans.draft(store, asked(by), "a", an_annual())
    await with_approved(store)
    with pytest.raises(NotAllowed):
        await session_plans.draft(store, asked(by), "s", a_session())


async def test_what_no_occupation_has_is_named_item_by_item(store: SqliteStore) -> None:
    wrong = items((TURNER, 4, 1), ("9-99-99-99", 4, 1), (TURNER, 4, 1))
    with pytest.raises(Invalid) as caught:
        await annual_plans.draft(store, asked(CLERK), "a", an_annual(planned=wrong))
    assert any(where.startswith("/items/1") for where in places(caught))
    assert not any(where.startswith("/items/0") for where in places(caught))


# --- revising ---------------------------------------------------------------------------------------------------------


async def test_a_session_is_revised(store: SqliteStore) -> None:
    plan = await with_session(store)
    entry = SessionPlanEntry.model_validate(
        {"held_on": HELD_ON, "place": "另一考场", "in_charge": "郑洁", "items": items((TURNER, 5, 3)), "fee_yuan": 90}
    )
    wrong = entry.model_copy(update={"items": a_session(items((WELDER, 4, 1))).items})
    with pytest.raises(Invalid) as caught:
        await session_plans.revise(store, plan.id, asked(HEAD, 1), wrong)
    assert places(caught) == ["/items/0", "/items/0"], "neither licensed nor in the annual plan"
    with pytest.raises(Stale):
        await session_plans.revise(store, plan.id, asked(HEAD, 0), entry)
    revised = await session_plans.revise(store, plan.id, asked(HEAD, 1), entry)
    assert (revised.place, revised.in_charge, revised.fee_yuan, revised.heads) == ("另一考场", "郑洁", 90, 3)
    assert (revised.prepared_by, revised.history[-1].verb) == ("head", "revise")
    stored = await repository.load(store, SessionPlan, plan.id)
    assert (stored.place, stored.version) == ("另一考场", 2)


async def test_an_annual_plan_is_revised(store: SqliteStore) -> None:
    plan = await with_annual(store)
    entry = AnnualPlanEntry.model_validate({"items": items((TURNER, 3, 7))})
    revised = await annual_plans.revise(store, plan.id, asked(HEAD, 1), entry, partial(taken, store))
    assert ([(one.level, one.heads) for one in revised.items], revised.prepared_by) == ([(3, 7)], "head")
    beyond = AnnualPlanEntry.model_validate({"items": items((TURNER, 1, 7))})
    with pytest.raises(Invalid) as caught:
        await annual_plans.revise(store, plan.id, asked(HEAD, 2), beyond, partial(taken, store))
    assert places(caught) == ["/items/0"]
    assert (await repository.load(store, AnnualPlan, plan.id)).version == 2, "what is refused is not stored"


# --- within the licence -----------------------------------------------------------------------------------------------

STANDINGS = ("licensed", "rectifying", "suspended", "applied", "registered", "revoked", "")


@pytest.mark.parametrize("state", STANDINGS)
@pytest.mark.parametrize("moment", ["draft", "revise", "submit", "approve"])
async def test_only_who_may_appraise_plans_a_session(store: SqliteStore, state: str, moment: str) -> None:
    """Asked at every one of these moments: the standing may have changed since the one before."""
    plan = None
    if moment == "draft":
        await with_approved(store)
    else:
        plan = await with_session(store)
    if plan is not None and moment == "approve":
        plan = await session_plans.step(store, plan.id, asked(HEAD, 1), "submit")
        plan = await session_plans.step(store, plan.id, asked(OFFICER, 2), "endorse")
    await know(store, STATION, state=state)

    async def take() -> Any:
        if plan is None:
            return await session_plans.draft(store, asked(CLERK), "session", a_session())
        if moment == "revise":
            entry = SessionPlanEntry.model_validate(a_session().model_dump(exclude={"year", "number"}))
            return await session_plans.revise(store, plan.id, asked(HEAD, plan.version), entry)
        return await session_plans.step(
            store, plan.id, asked(HEAD if moment == "submit" else APPROVER, plan.version), moment
        )

    if state in ("licensed", "rectifying"):
        assert await take()
        return
    with pytest.raises(WrongState) as caught:
        await take()
    assert caught.value.state == (state or "not licensed")
    if plan is not None:
        assert (await repository.load(store, SessionPlan, plan.id)).version == plan.version


@pytest.mark.parametrize(
    ("term", "allowed"),
    [(HELD_ON, True), (HELD_ON - timedelta(days=1), False)],
    ids=["its last day", "the day after it ended"],
)
async def test_an_exam_lies_within_the_term_of_the_licence(store: SqliteStore, term: date, allowed: bool) -> None:
    await with_approved(store)
    await know(store, STATION, licence=licence(until=term))
    if allowed:
        assert await session_plans.draft(store, asked(CLERK), "s", a_session())
        return
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "s", a_session())
    assert places(caught) == ["/held_on"]


async def test_everything_beyond_the_licence_is_named(store: SqliteStore) -> None:
    await with_approved(store)
    await know(store, STATION, licence=licence(levels=(4,), until=HELD_ON - timedelta(days=1)))
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "s", a_session())
    assert places(caught) == ["/items/1", "/held_on"]
    await know(store, STATION, licence=None)
    with pytest.raises(WrongState):
        await session_plans.draft(store, asked(CLERK), "s", a_session())


@pytest.mark.parametrize(
    ("state", "allowed"),
    [("licensed", True), ("rectifying", True), ("suspended", True), ("revoked", False)],
)
async def test_a_suspended_station_hands_in_its_annual_plan_and_a_revoked_one_does_not(
    store: SqliteStore, state: str, allowed: bool
) -> None:
    await know(store, STATION, state=state)
    if allowed:
        assert await with_annual(store)
        return
    with pytest.raises(WrongState) as caught:
        await with_annual(store)
    assert caught.value.state == state


async def test_a_station_without_a_licence_hands_in_none(store: SqliteStore) -> None:
    await know(store, STATION, licence=None, state="")
    with pytest.raises(WrongState) as caught:
        await with_annual(store)
    assert caught.value.state == "not licensed"


@pytest.mark.parametrize("moment", ["submit", "approve"])
async def test_an_annual_plan_is_held_against_the_licence_again(store: SqliteStore, moment: str) -> None:
    plan = await with_annual(store)
    if moment == "approve":
        await annual_plans.step(store, plan.id, asked(HEAD, 1), "submit", taken=partial(taken, store))
        plan = await annual_plans.step(store, plan.id, asked(OFFICER, 2), "endorse", taken=partial(taken, store))
    await know(store, STATION, licence=licence(levels=(5,)))
    with pytest.raises(Invalid) as caught:
        await annual_plans.step(
            store,
            plan.id,
            asked(HEAD if moment == "submit" else APPROVER, plan.version),
            moment,
            taken=partial(taken, store),
        )
    assert places(caught) == ["/items/0"]


async def test_a_branch_plans_for_its_region_without_a_licence(store: SqliteStore) -> None:
    await know(store, BRANCH, licence=None, state="registered")
    plan = await annual_plans.draft(store, asked(OFFICER), "b", an_annual(planned=items((TURNER, 1, 5))))
    assert plan.body == BRANCH


async def test_before_the_registration_has_arrived_nothing_is_drafted(store: SqliteStore) -> None:
    stranger = Actor("x", "x", "49003007", f"/{CENTRE}/49003007/", frozenset({Role.STATION_CLERK}))
    with pytest.raises(NotYet):
        await annual_plans.draft(store, asked(stranger), "a", an_annual())


# --- its way, and its end ---------------------------------------------------------------------------------------------


async def test_a_session_on_its_way_up_and_back(store: SqliteStore) -> None:
    id = (await with_session(store)).id
    states = []
    for version, (by, verb) in enumerate(
        ((HEAD, "submit"), (OFFICER, "endorse"), (APPROVER, "send_back"), (OFFICER, "send_back")), 1
    ):
        plan = await session_plans.step(store, id, asked(by, version), verb, "请补充地址")
        states.append(plan.state)
    assert states == [SUBMITTED, ENDORSED, SUBMITTED, RETURNED]
    assert plan.returned_because == "请补充地址"
    await know(store, STATION, state="suspended")
    with pytest.raises(WrongState):
        await session_plans.step(store, id, asked(HEAD, 5), "submit")


async def test_a_suspension_stops_neither_an_endorsement_nor_a_return(store: SqliteStore) -> None:
    """They decide nothing: the Centre does, and is refused."""
    id = (await with_session(store)).id
    await session_plans.step(store, id, asked(HEAD, 1), "submit")
    await know(store, STATION, state="suspended")
    endorsed = await session_plans.step(store, id, asked(OFFICER, 2), "endorse")
    assert endorsed.state == ENDORSED
    assert (await session_plans.step(store, id, asked(APPROVER, 3), "send_back", "暂停")).state == SUBMITTED


async def test_what_is_reported_is_closed_once(store: SqliteStore) -> None:
    id = (await with_session(store)).id
    for version, (by, verb) in enumerate(((HEAD, "submit"), (OFFICER, "endorse"), (APPROVER, "approve")), 1):
        plan = await session_plans.step(store, id, asked(by, version), verb)
    assert (plan.state, plan.reported) == (APPROVED, False)
    for _ in range(2):
        await session_plans.close(store, id, MORNING)
        closed = await repository.load(store, SessionPlan, id)
        assert (closed.reported, closed.version) == (True, plan.version + 1)
    with pytest.raises(NotFound):
        await session_plans.close(store, "nowhere", MORNING)


# --- who sees a licence -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "seen"),
    [(STATION, True), (BRANCH, True), (CENTRE, True), (OTHER, False)],
    ids=["own", "above", "top", "beside"],
)
async def test_everybody_sees_the_licences_of_their_own_path(store: SqliteStore, code: str, seen: bool) -> None:
    if seen:
        assert (await licences.read(store, CLERK, code)).body == code
        return
    with pytest.raises(NotFound):
        await licences.read(store, CLERK, code)


async def test_from_above_one_sees_all_below(store: SqliteStore) -> None:
    assert (await licences.read(store, OFFICER, OTHER)).body == OTHER
    with pytest.raises(NotYet):
        await licences.read(store, OFFICER, "49003007")
