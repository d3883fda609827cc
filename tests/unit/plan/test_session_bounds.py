"""A session plan against its day, the approved annual plan, the standard and its papers: what is refused at which step, what
the Centre may let through, and what a session that was moved is free of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.plan.annual_plans import usecases as annual_plans
from services.plan.session_plans import usecases as session_plans
from services.plan.session_plans.requests import SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.session_plans.storage import taken
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Invalid, NotAllowed
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.procedure.approval import APPROVED, DRAFT, ENDORSED, SUBMITTED
from shared.trade.roles import Role
from tests.unit.plan.planning import (
    APPROVER,
    CLERK,
    HEAD,
    HELD_ON,
    OFFICER,
    OTHER,
    PATHS,
    STATION,
    TURNER,
    UP,
    WELDER,
    a_session,
    actor,
    an_annual,
    asked,
    items,
    opened,
    places,
    taken_up,
    with_annual,
    with_approved,
    with_session,
)
from tests.world.clock import MORNING

TODAY = date(2026, 4, 3)
LEAD = 30
WHO = {"submit": HEAD, "endorse": OFFICER, "approve": APPROVER}
BEFORE = {"submit": (), "endorse": ("submit",), "approve": ("submit", "endorse")}
STEPS = ("submit", "endorse", "approve")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as store:
        yield store


async def step(store: SqliteStore, plan: SessionPlan, verb: str, at: datetime = MORNING, **reasons: str) -> SessionPlan:
    """By whose turn it is."""
    return await session_plans.step(
        store, plan.id, asked(WHO[verb], plan.version, at), verb, reasons=reasons, lead_days=LEAD
    )


async def before(store: SqliteStore, verb: str, **more: Any) -> SessionPlan:
    """A session with everything behind it that comes before a step."""
    plan = await with_session(store, **more)
    for earlier in BEFORE[verb]:
        plan = await step(store, plan, earlier)
    return plan


def entry(**more: Any) -> SessionPlanEntry:
    return SessionPlanEntry.model_validate(a_session(**more).model_dump(exclude={"year", "number"}))


async def rules(store: SqliteStore, plan: SessionPlan, today: date = TODAY, lead_days: int = LEAD) -> list[str]:
    return [one.rule for one in await session_plans.needed_now(store, plan, today, lead_days)]


def later(days: int) -> datetime:
    return MORNING + timedelta(days=days)


# --- its day ----------------------------------------------------------------------------------------------------------


async def test_no_session_is_drafted_for_a_day_that_is_over(store: SqliteStore) -> None:
    await with_approved(store)
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "s", a_session(held_on=TODAY - timedelta(days=1)))
    assert places(caught) == ["/held_on"]
    assert "set a day from 2026-04-03 on" in caught.value.problems[0].fix
    assert await session_plans.draft(store, asked(CLERK), "s", a_session(held_on=TODAY))


async def test_the_day_is_that_of_china(store: SqliteStore) -> None:
    await with_approved(store)
    late = datetime(2026, 4, 3, 16, 0, tzinfo=UTC)  # 4 April in Beijing
    with pytest.raises(Invalid):
        await session_plans.draft(store, asked(CLERK, at=late), "s", a_session(held_on=TODAY))
    assert await session_plans.draft(store, asked(CLERK, at=late - timedelta(seconds=1)), "s", a_session(held_on=TODAY))


async def test_nor_revised_to_one(store: SqliteStore) -> None:
    plan = await with_session(store)
    with pytest.raises(Invalid) as caught:
        await session_plans.revise(store, plan.id, asked(HEAD, 1), entry(held_on=TODAY - timedelta(days=1)))
    assert places(caught) == ["/held_on"]


@pytest.mark.parametrize("verb", STEPS)
async def test_nor_taken_further_once_it_is_over(store: SqliteStore, verb: str) -> None:
    plan = await before(store, verb)
    days = (HELD_ON - TODAY).days
    with pytest.raises(Invalid) as caught:
        await step(store, plan, verb, later(days + 1), lead_time="救急")
    assert places(caught) == ["/held_on"], "no reason lets a past day through"
    assert (await repository.load(store, SessionPlan, plan.id)).version == plan.version
    reasons = {"lead_time": "救急"} if verb == "approve" else {}
    assert await step(store, plan, verb, later(days), **reasons), "on the day itself it may be"


@pytest.mark.parametrize("verb", ["send_back", "withdraw", "discard"])
async def test_the_way_back_stays_open(store: SqliteStore, verb: str) -> None:
    plan = await with_session(store)
    if verb != "discard":
        plan = await step(store, plan, "submit")
    by = OFFICER if verb == "send_back" else HEAD
    assert await session_plans.step(store, plan.id, asked(by, plan.version, later(400)), verb, "日期已过")


@pytest.mark.parametrize(("days", "needs"), [(30, False), (29, True), (1, True), (0, True)])
async def test_a_day_nearer_than_the_lead_time_needs_a_reason(store: SqliteStore, days: int, needs: bool) -> None:
    plan = await before(store, "approve", held_on=TODAY + timedelta(days=days))
    assert await rules(store, plan) == (["lead_time"] if needs else [])
    if needs:
        with pytest.raises(Invalid) as caught:
            await step(store, plan, "approve")
        assert places(caught) == ["/exceptions/lead_time"]
    done = await step(store, plan, "approve", **({"lead_time": "设备维修在即"} if needs else {}))
    assert [(one.rule, one.reason, one.by) for one in done.exceptions] == (
        [("lead_time", "设备维修在即", "approver")] if needs else []
    )
    told = next(one for one in await store.pending() if one.id == plan.id).rows[-1]
    assert ('"lead_time"' in told.wire) is needs, "the fact names the rule, and no reason"
    assert "设备维修" not in told.wire


async def test_the_lead_time_counts_from_the_approval(store: SqliteStore) -> None:
    """In good time when it was drafted; the Centre took its time."""
    plan = await before(store, "approve", held_on=TODAY + timedelta(days=30))
    with pytest.raises(Invalid):
        await step(store, plan, "approve", later(1))
    assert await step(store, plan, "approve")


async def test_practice_asks_for_no_lead_time(store: SqliteStore) -> None:
    plan = await with_session(store, held_on=TODAY)
    assert await rules(store, plan) == ["lead_time"]
    plan.path = "/99000001/99050001/99053012/"
    assert await rules(store, plan) == []


# --- the annual plan --------------------------------------------------------------------------------------------------


async def test_without_an_approved_annual_plan_no_session_is_drafted(store: SqliteStore) -> None:
    for missing in ("nothing", "a draft", "a submitted one"):
        with pytest.raises(Invalid) as caught:
            await session_plans.draft(store, asked(CLERK), "s", a_session())
        assert places(caught) == ["/annual_plan"], missing
        assert "先编制年度计划并报中心批准" in caught.value.problems[0].fix
        if missing == "nothing":
            await with_annual(store)
        elif missing == "a draft":
            await annual_plans.step(store, f"{STATION}-2026", asked(HEAD, 1), "submit", taken=partial(taken, store))


async def test_every_item_is_in_it(store: SqliteStore) -> None:
    await with_approved(store)
    wrong = a_session(items((TURNER, 4, 1), (TURNER, 3, 1)), held_on=date(2027, 1, 1))
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "s", wrong)
    assert places(caught) == ["/held_on", "/items/1"]
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "n", a_session(year=2027, held_on=date(2027, 1, 1)))
    assert places(caught) == ["/annual_plan"]
    plan = await with_session(store)
    with pytest.raises(Invalid) as caught:
        await session_plans.revise(store, plan.id, asked(HEAD, 1), entry(planned=items((WELDER, 4, 1), (TURNER, 4, 1))))
    assert set(places(caught)) == {"/items/0"}


@pytest.mark.parametrize("verb", STEPS)
async def test_a_session_under_a_draft_is_taken_no_further(store: SqliteStore, verb: str) -> None:
    """An earlier release let it be drafted, submitted and endorsed."""
    plan = await before(store, verb)
    annual = await repository.load(store, annual_plans.AnnualPlan, f"{STATION}-2026")
    annual.state, annual.versions = DRAFT, []
    await repository.save(store, annual)
    with pytest.raises(Invalid) as caught:
        await step(store, plan, verb)
    assert places(caught) == ["/annual_plan"]


async def test_who_may_not_take_the_step_hears_of_that_first(store: SqliteStore) -> None:
    plan = await before(store, "approve", held_on=TODAY)
    for at in (MORNING, later(40)):
        with pytest.raises(NotAllowed):
            await session_plans.step(store, plan.id, asked(OFFICER, plan.version, at), "approve", lead_days=LEAD)


QUOTA = "beyond_annual_plan/6-04-01-01/4"


async def test_heads_beyond_what_is_left_need_a_reason(store: SqliteStore) -> None:
    """60 are planned at level 4, 20 at level 5."""
    first = await taken_up(store, await with_session(store, number=1, planned=items((TURNER, 4, 50))))
    plan = await session_plans.draft(store, asked(CLERK), "2", a_session(items((TURNER, 4, 11)), number=2))
    assert await rules(store, plan) == [QUOTA]
    (shown,) = await session_plans.needed_now(store, plan, TODAY, LEAD)
    assert "年度计划 60 人，其他批次已用 50 人，尚余 10 人" in shown.what
    assert "60, other sessions took 50, 10 are left" in shown.what
    for verb in ("submit", "endorse"):
        plan = await step(store, plan, verb)
    with pytest.raises(Invalid) as caught:
        await step(store, plan, "approve")
    assert places(caught) == ["/exceptions/beyond_annual_plan~16-04-01-01~14"]
    plan = await step(store, plan, "approve", **{QUOTA: "企业扩招"})
    assert (plan.state, plan.exceptions[0].what) == (APPROVED, shown.what)
    assert first.exceptions == []


async def test_exactly_what_is_left_needs_none(store: SqliteStore) -> None:
    await taken_up(store, await with_session(store, number=1, planned=items((TURNER, 4, 50))))
    plan = await session_plans.draft(
        store, asked(CLERK), "2", a_session(items((TURNER, 4, 10), (TURNER, 5, 20)), number=2)
    )
    assert (await taken_up(store, plan)).state == APPROVED


async def test_what_is_not_held_gives_its_heads_back(store: SqliteStore) -> None:
    first = await taken_up(store, await with_session(store, number=1, planned=items((TURNER, 4, 60))))
    second = await session_plans.draft(store, asked(CLERK), "2", a_session(items((TURNER, 4, 60)), number=2))
    assert await rules(store, second) == [QUOTA]
    await session_plans.cancel(
        store, first.id, asked(HEAD, first.version), session_plans.Cancellation(reason="报名不足")
    )
    assert await rules(store, second) == []


async def test_two_at_the_same_moment_do_not_both_slip_through(store: SqliteStore) -> None:
    """Each fits alone, both do not. From its submission on each is counted by the other, so that there is no moment in
    which two approvals miss one another, whatever comes between them."""
    await with_approved(store)
    plans = [
        await session_plans.draft(store, asked(CLERK), f"{n}", a_session(items((TURNER, 4, 40)), number=n))
        for n in (1, 2)
    ]
    for verb in ("submit", "endorse"):
        plans = list(await asyncio.gather(*(step(store, plan, verb) for plan in plans)))
    results = await asyncio.gather(*(step(store, plan, "approve") for plan in plans), return_exceptions=True)
    assert [type(one) for one in results] == [Invalid, Invalid]
    returned = await session_plans.step(
        store, plans[1].id, asked(APPROVER, plans[1].version), "send_back", "人数超计划"
    )
    assert returned.state == SUBMITTED
    await session_plans.step(store, plans[1].id, asked(OFFICER, returned.version), "send_back", "人数超计划")
    assert (await step(store, plans[0], "approve")).state == APPROVED, "the other one lies at its body again"


@pytest.mark.parametrize("between", range(1, 8))
async def test_wherever_the_second_comes_in(store: SqliteStore, between: int) -> None:
    """The other session goes the whole way up right before the nth reading of the first approval."""
    await with_approved(store)
    first = await session_plans.draft(store, asked(CLERK), "1", a_session(items((TURNER, 4, 40)), number=1))
    for verb in ("submit", "endorse"):
        first = await step(store, first, verb)
    second = await session_plans.draft(store, asked(CLERK), "2", a_session(items((TURNER, 4, 40)), number=2))
    outcomes: list[str] = []

    class Interrupted:
        reads = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def get(self, kind: str, id: str) -> Any:
            await self._come_between()
            return await store.get(kind, id)

        async def find(self, *given: Any, **named: Any) -> Any:
            await self._come_between()
            return await store.find(*given, **named)

        async def put(self, *given: Any) -> None:
            await self._come_between()
            await store.put(*given)

        async def _come_between(self) -> None:
            self.reads += 1
            if self.reads == between:
                try:
                    outcomes.append((await taken_up(store, second)).state)
                except Invalid:
                    outcomes.append("refused")

    try:
        outcomes.append((await step(Interrupted(), first, "approve")).state)  # type: ignore[arg-type]
    except Invalid:
        outcomes.append("refused")
    assert outcomes.count(APPROVED) <= 1


# --- standard and papers ----------------------------------------------------------------------------------------------


async def test_an_unapproved_standard_is_refused_from_the_draft_on(store: SqliteStore) -> None:
    await with_approved(store)
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "s", a_session(standard="unapproved"))
    assert places(caught) == ["/standard"]
    assert "national" in caught.value.problems[0].fix
    plan = await with_session(store)
    with pytest.raises(Invalid):
        await session_plans.revise(store, plan.id, asked(HEAD, 1), entry(standard="unapproved"))


@pytest.mark.parametrize("verb", STEPS)
async def test_one_that_an_earlier_release_took_up_goes_no_further(store: SqliteStore, verb: str) -> None:
    plan = await before(store, verb)
    plan.standard = "unapproved"
    await repository.save(store, plan)
    with pytest.raises(Invalid) as caught:
        await step(store, plan, verb)
    assert places(caught) == ["/standard"]


@pytest.mark.parametrize(
    ("source", "sets", "needs"),
    [
        ("self_made", 3, False),
        ("self_made", 20, False),
        ("self_made", 2, True),
        ("self_made", 0, True),
        ("self_made", None, True),
        ("national_bank", None, False),
        ("filed_bank", None, False),
    ],
)
async def test_three_sets_of_self_made_papers(store: SqliteStore, source: str, sets: int | None, needs: bool) -> None:
    planned = [{"occupation": TURNER, "level": 4, "heads": 1, "paper_sets": sets}]
    planned.append({"occupation": TURNER, "level": 5, "heads": 1, "paper_sets": 3})
    await with_approved(store)
    new = a_session().model_copy(update={"paper_source": source, "items": entry_items(planned)})
    plan = await session_plans.draft(store, asked(CLERK), "s", new)
    assert await rules(store, plan) == (["paper_sets"] if needs else [])
    for verb in ("submit", "endorse"):
        plan = await step(store, plan, verb)
    if needs:
        with pytest.raises(Invalid) as caught:
            await step(store, plan, "approve")
        assert places(caught) == ["/exceptions/paper_sets"]
        assert f"6-04-01-01/4: {sets or 0}" in caught.value.problems[0].what
    done = await step(store, plan, "approve", **({"paper_sets": "题目另报"} if needs else {}))
    assert done.draw_needed is (source == "self_made")


def entry_items(planned: list[dict[str, Any]]) -> Any:
    return SessionPlanEntry.model_validate(
        {"held_on": HELD_ON, "place": "考场", "in_charge": "吴刚", "items": planned}
    ).items


async def test_everything_that_is_missing_is_named_at_once(store: SqliteStore) -> None:
    plan = await before(store, "approve", held_on=TODAY, planned=items((TURNER, 4, 61), (TURNER, 5, 21)))
    plan.paper_sets = {}
    await repository.save(store, plan)
    with pytest.raises(Invalid) as caught:
        await step(store, plan, "approve")
    assert places(caught) == [
        "/exceptions/lead_time",
        "/exceptions/beyond_annual_plan~16-04-01-01~14",
        "/exceptions/beyond_annual_plan~16-04-01-01~15",
        "/exceptions/paper_sets",
    ]


async def test_what_is_approved_needs_nothing_any_more(store: SqliteStore) -> None:
    plan = await taken_up(store, await with_session(store, held_on=TODAY), lead_time="救急")
    assert (plan.state, await rules(store, plan)) == (APPROVED, [])


# --- what a winding-up moved ------------------------------------------------------------------------------------------

NEW_HEAD, NEW_CLERK = actor("new.head", Role.STATION_HEAD, OTHER), actor("new.clerk", Role.STATION_CLERK, OTHER)


async def moved(store: SqliteStore) -> SessionPlan:
    """From a station with an annual plan to one without, with 40 heads for the day after tomorrow."""
    plan = await with_session(store, held_on=TODAY + timedelta(days=2), planned=items((TURNER, 4, 40)))
    plan = await step(store, plan, "submit")
    plan.transfer(APPROVER, MORNING, "取消资质", OTHER, PATHS[OTHER])
    await repository.save(store, plan)
    return plan


async def up_again(store: SqliteStore, plan: SessionPlan, at: datetime = MORNING) -> SessionPlan:
    for by, verb in ((NEW_HEAD, "submit"), *UP[1:]):
        plan = await session_plans.step(store, plan.id, Asked(by, at, plan.version), verb, lead_days=LEAD)
    return plan


async def test_what_was_moved_is_free_of_lead_time_and_annual_plan(store: SqliteStore) -> None:
    plan = await moved(store)
    assert await rules(store, plan) == []
    assert (await up_again(store, plan)).state == APPROVED
    assert await taken(store, f"{STATION}-2026") == {}, "and takes nothing of the plan it came from"


async def test_but_not_of_its_day_nor_for_more_heads_than_were_moved(store: SqliteStore) -> None:
    plan = await moved(store)
    with pytest.raises(Invalid) as caught:
        await up_again(store, plan, later(3))
    assert places(caught) == ["/held_on"]
    more = entry(planned=items((TURNER, 4, 41), (TURNER, 5, 1)))
    with pytest.raises(Invalid) as caught:
        await session_plans.revise(store, plan.id, Asked(NEW_CLERK, MORNING, plan.version), more)
    assert places(caught) == ["/items/0", "/items/1"]
    fewer = await session_plans.revise(
        store, plan.id, Asked(NEW_CLERK, MORNING, plan.version), entry(planned=items((TURNER, 4, 39)))
    )
    assert (await up_again(store, fewer)).heads == 39


async def test_one_that_an_earlier_release_moved_is_free_of_it_too(store: SqliteStore) -> None:
    plan = await moved(store)
    plan.moved_with = None
    await repository.save(store, plan)
    assert (await up_again(store, plan)).state == APPROVED


async def test_an_annual_plan_under_amendment_counts_as_it_was_approved(store: SqliteStore) -> None:
    await with_approved(store)
    wider = an_annual(planned=items((TURNER, 4, 60), (TURNER, 5, 20), (TURNER, 3, 5)))
    amendment = annual_plans.Amendment.model_validate(
        {"items": [one.model_dump() for one in wider.items], "reason": "扩"}
    )
    annual = await annual_plans.amend(store, f"{STATION}-2026", asked(HEAD, 4), amendment, partial(taken, store))
    assert annual.state == DRAFT
    with pytest.raises(Invalid) as caught:
        await session_plans.draft(store, asked(CLERK), "s", a_session(items((TURNER, 3, 1))))
    assert places(caught) == ["/items/0"]
    for by, verb in UP:
        annual = await annual_plans.step(store, annual.id, asked(by, annual.version), verb, taken=partial(taken, store))
    plan = await session_plans.draft(store, asked(CLERK), "s", a_session(items((TURNER, 3, 1))))
    assert (await before_endorsed(store, plan)).state == ENDORSED


async def before_endorsed(store: SqliteStore, plan: SessionPlan) -> SessionPlan:
    for verb in ("submit", "endorse"):
        plan = await step(store, plan, verb)
    return plan
