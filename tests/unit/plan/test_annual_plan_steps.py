"""Annual plans through their use cases, on a real store: taken back, given up, drafted anew, amended; two at once; repeats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.plan.annual_plans import usecases as annual_plans
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.requests import Amendment, AnnualPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.session_plans.storage import taken
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.plan import PlannedItem
from shared.errors import AlreadyThere, AppError, Invalid, NotAllowed, Stale, WrongState
from shared.keeping import repository
from shared.procedure.approval import APPROVED, DISCARDED, DRAFT, ENDORSED, SUBMITTED
from shared.trade.roles import Role
from tests.unit.plan.planning import (
    APPROVER,
    BRANCH,
    CLERK,
    HEAD,
    OFFICER,
    PATHS,
    STATION,
    TURNER,
    UP,
    WELDER,
    actor,
    an_annual,
    asked,
    know,
    opened,
    places,
)
from tests.unit.plan.planning import items as planned_items
from tests.unit.plan.planning import with_approved as approved
from tests.world.clock import MORNING

ID = f"{STATION}-2026"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as store:
        yield store


def items(*planned: tuple[int, int], occupation: str = TURNER) -> list[dict[str, Any]]:
    """By level and heads."""
    return planned_items(*((occupation, level, heads) for level, heads in planned))


USUAL = items((4, 60), (5, 20))


async def draft(store: SqliteStore, by: Actor = CLERK, key: str = "k", planned: Any = USUAL) -> AnnualPlan:
    return await annual_plans.draft(store, asked(by), key, an_annual(planned=planned))


def step(store: SqliteStore, by: Actor, version: int, verb: str) -> Awaitable[AnnualPlan]:
    return annual_plans.step(store, ID, asked(by, version), verb, "理由", taken=partial(taken, store))


def amend(store: SqliteStore, version: int, planned: list[dict[str, Any]], by: Actor = CLERK) -> Awaitable[AnnualPlan]:
    entry = Amendment.model_validate({"items": planned, "reason": "调整人数"})
    return annual_plans.amend(store, ID, asked(by, version), entry, partial(taken, store))


def revise(store: SqliteStore, version: int, planned: list[dict[str, Any]]) -> Awaitable[AnnualPlan]:
    entry = AnnualPlanEntry.model_validate({"items": planned})
    return annual_plans.revise(store, ID, asked(CLERK, version), entry, partial(taken, store))


async def stored(store: SqliteStore) -> AnnualPlan:
    return await repository.load(store, AnnualPlan, ID)


async def both(*steps: Awaitable[Any]) -> tuple[list[Any], list[AppError]]:
    """What came of each of several at once: those that went through, and the refusals."""
    found = await asyncio.gather(*steps, return_exceptions=True)
    refused = [one for one in found if isinstance(one, AppError)]
    assert not [one for one in found if isinstance(one, BaseException) and one not in refused], found
    return [one for one in found if not isinstance(one, BaseException)], refused


# --- taken back, at the same time as something else -------------------------------------------------------------------


@pytest.mark.parametrize("rival", ["endorse", "send_back", "withdraw"])
@pytest.mark.parametrize("first", [True, False])
async def test_of_a_withdrawal_and_what_the_office_above_does_one_wins(
    store: SqliteStore, rival: str, first: bool
) -> None:
    await draft(store)
    await step(store, HEAD, 1, "submit")
    other = HEAD if rival == "withdraw" else OFFICER
    steps = [step(store, HEAD, 2, "withdraw"), step(store, other, 2, rival)]
    done, refused = await both(*(steps if first else reversed(steps)))
    assert [type(one) for one in refused] == [Stale]
    assert ((await stored(store)).version, (await stored(store)).state) == (3, done[0].state)


async def test_who_comes_too_late_is_told_what_happened(store: SqliteStore) -> None:
    await draft(store)
    await step(store, HEAD, 1, "submit")
    await step(store, OFFICER, 2, "endorse")
    with pytest.raises(NotAllowed):
        await step(store, HEAD, 3, "withdraw")
    await step(store, OFFICER, 3, "withdraw")
    with pytest.raises(WrongState, match="acted on by the office above"):
        await step(store, HEAD, 4, "withdraw")
    await step(store, OFFICER, 4, "send_back")
    with pytest.raises(WrongState) as caught:
        await step(store, HEAD, 5, "withdraw")
    assert caught.value.state == "returned"


async def test_a_step_that_is_asked_twice_is_taken_once(store: SqliteStore) -> None:
    await draft(store)
    await step(store, HEAD, 1, "submit")
    for version, by, verb in ((2, HEAD, "withdraw"), (3, CLERK, "discard")):
        await step(store, by, version, verb)
        with pytest.raises(Stale):
            await step(store, by, version, verb)
        with pytest.raises(WrongState):
            await step(store, by, version + 1, verb)
    assert (await stored(store)).state == DISCARDED


# --- given up, and drafted anew ---------------------------------------------------------------------------------------


async def test_another_one_is_drafted_in_the_place_of_one_that_was_given_up(store: SqliteStore) -> None:
    await draft(store)
    with pytest.raises(AlreadyThere):
        await draft(store, HEAD, "another")
    await step(store, CLERK, 1, "discard")
    again = await draft(store, HEAD, "other heads", items((3, 7)))
    assert (again.state, again.prepared_by, again.heads) == (DRAFT, "head", 7)
    assert [entry.verb for entry in again.history] == ["draft", "discard", "redraft"]
    await step(store, CLERK, 3, "submit")
    with pytest.raises(NotAllowed, match="four eyes"):  # who drafted the first one had a hand in it
        await step(store, actor(CLERK.id, Role.BRANCH_OFFICER, BRANCH), 4, "endorse")


async def test_a_repeat_of_what_was_given_up_since_brings_nothing_back(store: SqliteStore) -> None:
    await draft(store)
    await step(store, CLERK, 1, "discard")
    repeated = await draft(store)
    assert (repeated.state, repeated.version) == (DISCARDED, 2)
    again = await draft(store, key="another")
    assert (await draft(store, key="another")).version == again.version == 3, "the same request again"
    with pytest.raises(AlreadyThere):
        await draft(store)


@pytest.mark.parametrize("same", [True, False])
async def test_two_draft_anew_at_once(store: SqliteStore, same: bool) -> None:
    """A request that is sent twice at once is answered twice with the same; of two persons one is told it is there."""
    await draft(store)
    await step(store, CLERK, 1, "discard")
    done, refused = await both(draft(store, HEAD, "a"), draft(store, HEAD, "a" if same else "b"))
    assert {one.version for one in done} == {3}
    assert [type(one) for one in refused] == ([] if same else [AlreadyThere])
    assert [entry.verb for entry in (await stored(store)).history] == ["draft", "discard", "redraft"]


# --- amended -----------------------------------------------------------------------------------------------------------


async def test_an_amendment_goes_the_whole_way_and_back(store: SqliteStore) -> None:
    version = (await approved(store)).version
    more = items((4, 90), (5, 20))
    plan = await amend(store, version, more)
    for by, verb in (
        (HEAD, "submit"),
        (HEAD, "withdraw"),
        (HEAD, "submit"),
        (OFFICER, "endorse"),
        (APPROVER, "send_back"),
        (OFFICER, "send_back"),
    ):
        plan = await step(store, by, plan.version, verb)
        assert [one.heads for one in plan.in_force or []] == [60, 20]
    plan = await revise(store, plan.version, items((4, 95), (5, 20)))
    for by, verb in UP:
        plan = await step(store, by, plan.version, verb)
    assert ([one.heads for one in plan.in_force or []], plan.number, len(plan.versions)) == ([95, 20], 2, 2)
    assert (await stored(store)).versions == plan.versions


async def test_an_amendment_is_held_against_the_licence(store: SqliteStore) -> None:
    version = (await approved(store)).version
    with pytest.raises(Invalid) as caught:
        await amend(store, version, [*USUAL, *items((3, 5), occupation=WELDER)])
    assert places(caught) == ["/items/2"]
    await know(store, STATION, state="revoked")
    with pytest.raises(WrongState):
        await amend(store, version, items((4, 61)))
    assert (await stored(store)).version == version


async def test_of_two_amendments_one_is_begun(store: SqliteStore) -> None:
    version = (await approved(store)).version
    done, refused = await both(amend(store, version, items((4, 90))), amend(store, version, items((4, 95)), HEAD))
    assert (len(done), [type(one) for one in refused]) == (1, [Stale])
    with pytest.raises(WrongState):
        await amend(store, version + 1, items((4, 99)))


async def a_session(store: SqliteStore, heads: int, *verbs: str, level: int = 4) -> SessionPlan:
    plan = SessionPlan(
        id=f"{ID}-{level:03d}",
        body=STATION,
        path=PATHS[STATION],
        prepared_by="clerk",
        year=2026,
        number=level,
        annual_plan=ID,
        held_on=date(2026, 6, 20),
        place="考场",
        in_charge="吴刚",
        items=[PlannedItem(occupation=TURNER, occupation_zh="车工", occupation_en="turner", level=level, heads=heads)],
    )
    for verb in verbs:
        plan.step(verb, next(by for by, step in UP if step == verb), MORNING)
    assert await repository.add(store, plan)
    return plan


@pytest.mark.parametrize("verbs", [("submit",), ("submit", "endorse"), ("submit", "endorse", "approve")])
async def test_an_amendment_takes_nothing_away_that_sessions_took(store: SqliteStore, verbs: tuple[str, ...]) -> None:
    version = (await approved(store)).version
    await a_session(store, 45, *verbs)
    with pytest.raises(Invalid) as caught:
        await amend(store, version, items((4, 44), (5, 20)))
    (problem,) = caught.value.problems
    assert problem.where == "/items/0"
    assert "45" in problem.what
    assert "44" in problem.what
    plan = await amend(store, version, items((4, 45), (5, 20)))
    with pytest.raises(Invalid):
        await revise(store, plan.version, items((5, 30)))
    assert (await stored(store)).version == plan.version, "what is refused is not stored"


@pytest.mark.parametrize("moment", ["submit", "endorse", "approve"])
async def test_what_a_session_took_meanwhile_is_left_to_it(store: SqliteStore, moment: str) -> None:
    plan = await amend(store, (await approved(store)).version, items((4, 60)))
    for by, verb in UP:
        if verb == moment:
            await a_session(store, 3, "submit", level=5)
            with pytest.raises(Invalid, match="session plans took") as caught:
                await step(store, by, plan.version, verb)
            assert places(caught) == ["/items"]
            assert (await stored(store)).version == plan.version
            return
        plan = await step(store, by, plan.version, verb)


async def test_the_way_back_is_never_barred(store: SqliteStore) -> None:
    """Whatever sessions took meanwhile, an amendment is withdrawn, returned and discarded."""
    plan = await amend(store, (await approved(store)).version, items((4, 60)))
    plan = await step(store, HEAD, plan.version, "submit")
    await a_session(store, 3, "submit", level=5)
    plan = await step(store, HEAD, plan.version, "withdraw")
    plan = await step(store, CLERK, plan.version, "discard")
    assert (plan.state, [one.heads for one in plan.items], plan.number) == (APPROVED, [60, 20], 1)


async def test_a_first_version_is_not_held_against_sessions(store: SqliteStore) -> None:
    """An earlier release let them be planned under a draft: they keep what they have, and the plan can be approved."""
    await draft(store, planned=items((4, 1)))
    await a_session(store, 500, "submit", "endorse", "approve")
    states = [(await step(store, by, version, verb)).state for version, (by, verb) in enumerate(UP, 1)]
    assert states == [SUBMITTED, ENDORSED, APPROVED]
