"""What becomes of an approved session: another day, cancelled, its papers drawn, its roster approved; for every state, verb
and role, and for whoever must not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.plan import windup
from services.plan.session_plans import session_plan as sessions
from services.plan.session_plans import usecases as session_plans
from services.plan.session_plans.answers import SessionPlanAnswer, shown
from services.plan.session_plans.paper_draw import DrawnSet
from services.plan.session_plans.requests import Cancellation, DrawEntry, Postponement
from services.plan.session_plans.session_plan import SessionPlan
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.envelope import Envelope
from shared.contracts.plan import PlannedItem, SessionPlanApproved, SessionPlanCancelled, SessionPlanPostponed
from shared.errors import Invalid, NotAllowed, Stale, WrongState
from shared.keeping import repository
from shared.keeping.aggregate import Entry
from shared.procedure.approval import APPROVED, DRAFT, ENDORSED, RETURNED, STATES, SUBMITTED
from shared.procedure.exceptions import Granted
from shared.trade.deadline import CHINA
from shared.trade.roles import Role
from tests.unit.plan.planning import (
    APPROVER,
    BRANCH,
    CENTRE,
    CLERK,
    HEAD,
    HELD_ON,
    OFFICE,
    OFFICER,
    PATHS,
    STATION,
    TURNER,
    actor,
    approved,
    asked,
    know,
    licence,
    opened,
    places,
    with_session,
)
from tests.world.clock import MORNING

TODAY = date(2026, 4, 3)
ITEM = PlannedItem(occupation=TURNER, occupation_zh="车工", occupation_en="turner", level=4, heads=9)
STEP = Entry(at=MORNING, verb="submit", by="head", name="head", body=STATION, from_state=DRAFT, to_state=SUBMITTED)
SETS = [DrawnSet(occupation=TURNER, level=4, set=2)]
ANOTHER_DAY = date(2026, 6, 1)


def session(state: str = APPROVED, body: str = STATION, **more: Any) -> SessionPlan:
    return SessionPlan(
        **{
            "id": "p",
            "state": APPROVED if state == "reported" else state,
            "body": body,
            "path": PATHS[body],
            "prepared_by": "clerk",
            "submitted_by": "head",
            "endorsed_by": "officer",
            "year": 2026,
            "number": 1,
            "annual_plan": "a",
            "held_on": HELD_ON,
            "place": "考场",
            "in_charge": "吴刚",
            "items": [ITEM],
            "paper_sets": {f"{TURNER}/4": 3},
            "reported": state == "reported",
            **more,
        }
    )


def postpone(plan: SessionPlan, by: Actor) -> None:
    plan.postpone(by, MORNING, ANOTHER_DAY, "台风")


def cancel(plan: SessionPlan, by: Actor) -> None:
    plan.cancel(by, MORNING, "报名不足")


def draw(plan: SessionPlan, by: Actor) -> None:
    plan.record_draw(by, MORNING, MORNING, SETS, "何监督", "")


VERBS: dict[str, Callable[[SessionPlan, Actor], None]] = {"postpone": postpone, "cancel": cancel, "draw": draw}
MAY = {
    "postpone": {(Role.CENTRE_APPROVER, CENTRE)},
    # An officer of a branch sits at no station; at the body that made the plan it is their turn as it is the head's.
    "cancel": {(Role.CENTRE_APPROVER, CENTRE), (Role.STATION_HEAD, STATION), (Role.BRANCH_OFFICER, STATION)},
    "draw": {(Role.CENTRE_APPROVER, CENTRE), (Role.CENTRE_CLERK, CENTRE)},
}
LEADS = {"postpone": APPROVED, "cancel": sessions.CANCELLED, "draw": APPROVED}
ALL_STATES = (*STATES, sessions.VOIDED, sessions.CANCELLED, "reported")
"""reported: approved, and its roster too."""


@pytest.mark.parametrize("verb", ["submit", "endorse", "return", "withdraw", "discard", "approve"])
def test_what_a_reader_has_to_know_is_in_every_fact_of_its_way(verb: str) -> None:
    told = session(SUBMITTED, history=[STEP]).fact_of(verb).model_dump(mode="json")
    assert (told["held_on"], told["place"]) == (HELD_ON.isoformat(), "考场")
    assert [item["heads"] for item in told["items"]] == [9]


def test_who_cancelled_a_session_is_told() -> None:
    for by in (APPROVER, HEAD):
        plan = session()
        cancel(plan, by)
        assert json.loads(plan.outbox[-1].wire)["data"]["cancelled_by"] == by.body


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ALL_STATES)
def test_in_which_state(state: str, verb: str) -> None:
    plan = session(state)
    if state == APPROVED:
        VERBS[verb](plan, APPROVER)
        assert plan.state == LEADS[verb]
        return
    with pytest.raises(WrongState) as raised:
        VERBS[verb](plan, APPROVER)
    assert raised.value.state == state
    zh, _, en = str(raised.value).partition(" · ")
    assert "：" in zh and ": " in en, "says what there is to do"
    assert plan.outgoing == ()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("body", [STATION, BRANCH, CENTRE])
def test_who(verb: str, role: Role, body: str) -> None:
    plan, by = session(), actor("x", role, body)
    if (role, body) in MAY[verb]:
        VERBS[verb](plan, by)
        assert (plan.history[-1].verb, plan.history[-1].by) == (verb, "x")
        return
    with pytest.raises(NotAllowed):
        VERBS[verb](plan, by)
    assert plan.outgoing == ()


def test_a_branch_cancels_its_own_sessions_through_its_officer() -> None:
    plan = session(body=BRANCH)
    cancel(plan, OFFICER)
    assert plan.state == sessions.CANCELLED


@pytest.mark.parametrize(
    ("verb", "signed", "allowed"),
    [
        ("postpone", "prepared_by", False),
        ("postpone", "submitted_by", False),
        ("postpone", "endorsed_by", False),
        ("draw", "prepared_by", False),
        ("draw", "submitted_by", False),
        ("draw", "endorsed_by", True),
        ("cancel", "prepared_by", True),
    ],
)
def test_four_eyes(verb: str, signed: str, allowed: bool) -> None:
    """Somebody who came from the station to the Centre: who draws is nobody who may have written the papers."""
    plan = session(**{signed: APPROVER.id})
    if allowed:
        VERBS[verb](plan, APPROVER)
        return
    with pytest.raises(NotAllowed, match="four eyes"):
        VERBS[verb](plan, APPROVER)


@pytest.mark.parametrize("state", [sessions.CANCELLED, "discarded"])
def test_a_winding_up_finds_nothing_open_in_it(state: str) -> None:
    plan = session(state)
    assert not windup.SESSIONS.is_open(plan)
    assert windup.SESSIONS.shown("plan", plan).choices == {}


@pytest.mark.parametrize("state", [DRAFT, SUBMITTED, ENDORSED, RETURNED])
def test_what_is_not_approved_is_not_asked_for_a_draw_when_moved(state: str) -> None:
    plan = session(state)
    plan.transfer(APPROVER, MORNING, "取消资质", BRANCH, PATHS[BRANCH])
    assert plan.moved_with == [ITEM]


# --- what is told -----------------------------------------------------------------------------------------------------


def told(plan: SessionPlan) -> list[Envelope]:
    return [Envelope.model_validate_json(row.wire) for row in plan.outbox]


def test_another_day_tells_everything_that_the_approval_told() -> None:
    granted = Granted(rule="lead_time", what="", reason="救急", by="a", name="a", at=MORNING)
    plan = session(draw_needed=True, exceptions=[granted], fee_yuan=90)
    postpone(plan, APPROVER)
    (fact,) = told(plan)
    moved = SessionPlanPostponed.from_data(fact.data)
    unmoved = session(draw_needed=True, exceptions=[granted], fee_yuan=90).fact_of("approve")
    content = unmoved.model_dump(exclude={"held_on"})
    assert moved.model_dump(include=set(content)) == content
    assert (moved.held_on, moved.held_before, moved.reason, moved.branch) == (ANOTHER_DAY, HELD_ON, "台风", BRANCH)
    assert SessionPlanApproved.from_data(fact.data).held_on == ANOTHER_DAY, "it is kept where the approval is"


def test_a_cancellation_tells_who_is_concerned() -> None:
    plan = session()
    cancel(plan, HEAD)
    (fact,) = told(plan)
    gone = SessionPlanCancelled.from_data(fact.data)
    assert (gone.session, gone.body, gone.branch, gone.centre) == ("p", STATION, BRANCH, CENTRE)
    assert (gone.held_on, gone.reason, gone.at_desk) == (HELD_ON, "报名不足", STATION)


def test_the_same_day_is_no_other_day() -> None:
    with pytest.raises(Invalid) as caught:
        session().postpone(APPROVER, MORNING, HELD_ON, "台风")
    assert places(caught) == ["/held_on"]


# --- through the store ------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as store:
        yield store


async def put_off(store: SqliteStore, plan: SessionPlan, day: date, days_later: int = 0) -> SessionPlan:
    at = MORNING + timedelta(days=days_later)
    return await session_plans.postpone(
        store, plan.id, asked(APPROVER, plan.version, at), Postponement(held_on=day, reason="台风")
    )


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        (TODAY, True),
        (TODAY - timedelta(days=1), False),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
    ids=["today, whatever the lead time", "over", "last of the year", "next year"],
)
async def test_the_new_day(store: SqliteStore, day: date, fits: bool) -> None:
    plan = await approved(store)
    if fits:
        assert (await put_off(store, plan, day)).held_on == day
        return
    with pytest.raises(Invalid) as caught:
        await put_off(store, plan, day)
    assert places(caught) == ["/held_on"] and caught.value.problems[0].fix
    assert (await repository.load(store, SessionPlan, plan.id)).version == plan.version


async def test_a_session_whose_day_went_by_unused_gets_another(store: SqliteStore) -> None:
    plan = await approved(store)
    assert (await put_off(store, plan, ANOTHER_DAY, days_later=50)).held_on == ANOTHER_DAY


@pytest.mark.parametrize(
    ("known", "fits"),
    [
        ({}, True),
        ({"state": "suspended"}, True),
        ({"licence": licence(until=ANOTHER_DAY)}, True),
        ({"licence": licence(until=ANOTHER_DAY - timedelta(days=1))}, False),
        ({"state": "revoked"}, False),
        ({"state": "struck_off"}, False),
        ({"licence": None}, False),
    ],
    ids=["licensed", "suspended", "its last day", "ended before", "revoked", "struck off", "no licence"],
)
async def test_the_new_day_lies_within_the_licence(store: SqliteStore, known: dict[str, Any], fits: bool) -> None:
    plan = await approved(store)
    await know(store, STATION, **known)
    if fits:
        assert await put_off(store, plan, ANOTHER_DAY)
        return
    with pytest.raises(Invalid) as caught:
        await put_off(store, plan, ANOTHER_DAY)
    assert places(caught) == ["/held_on"]


async def test_the_same_request_again_is_stale(store: SqliteStore) -> None:
    """Whoever repeats it looks first, and finds it done."""
    plan = await approved(store)
    await put_off(store, plan, ANOTHER_DAY)
    with pytest.raises(Stale):
        await put_off(store, plan, ANOTHER_DAY)
    why = Cancellation(reason="报名不足")
    await session_plans.cancel(store, plan.id, asked(HEAD, plan.version + 1), why)
    with pytest.raises(Stale):
        await session_plans.cancel(store, plan.id, asked(HEAD, plan.version + 1), why)
    with pytest.raises(WrongState):
        await session_plans.cancel(store, plan.id, asked(HEAD, plan.version + 2), why)


# --- a roster that was approved before the cancellation arrived there -------------------------------------------------


@pytest.mark.parametrize("repeats", [1, 3])
async def test_it_was_held_after_all(store: SqliteStore, repeats: int) -> None:
    plan = await approved(store)
    await session_plans.cancel(store, plan.id, asked(HEAD, plan.version), Cancellation(reason="报名不足"))
    for _ in range(repeats):
        await session_plans.close(store, plan.id, MORNING)
    back = await repository.load(store, SessionPlan, plan.id)
    assert (back.state, back.reported, back.version) == (APPROVED, True, plan.version + 2)
    last = back.history[-1]
    assert (last.verb, last.by, last.from_state, last.to_state) == ("restore", "reporting", "cancelled", APPROVED)
    assert "名册已获批准" in last.reason
    (waiting,) = [one for one in await store.pending() if one.id == plan.id]
    facts = [Envelope.model_validate_json(row.wire) for row in waiting.rows if row.exchange == "events"]
    assert [fact.fact_type for fact in facts][-2:] == ["session_plan.cancelled.v1", "session_plan.approved.v1"]
    assert facts[-2].sequence < facts[-1].sequence, "whoever goes by the watermark ends with the approval"
    with pytest.raises(WrongState) as raised:
        await session_plans.cancel(store, plan.id, asked(HEAD, back.version), Cancellation(reason="再次取消"))
    assert raised.value.state == "reported"


@pytest.mark.parametrize("cancelled", [False, True])
async def test_it_was_held_on_the_day_before_it_was_put_off(store: SqliteStore, cancelled: bool) -> None:
    """The roster says which day it is of; one of an earlier release does not, and nothing is known better."""
    plan = await put_off(store, await approved(store), ANOTHER_DAY)
    if cancelled:
        plan = await session_plans.cancel(store, plan.id, asked(HEAD, plan.version), Cancellation(reason="报名不足"))
    for _ in range(2):
        await session_plans.close(store, plan.id, MORNING, HELD_ON)
    back = await repository.load(store, SessionPlan, plan.id)
    assert (back.state, back.held_on, back.reported, back.version) == (APPROVED, HELD_ON, True, plan.version + 1)
    assert back.history[-1].verb == "restore"


@pytest.mark.parametrize("said", [ANOTHER_DAY, None])
async def test_held_on_the_new_day_it_is_closed_as_ever(store: SqliteStore, said: date | None) -> None:
    plan = await put_off(store, await approved(store), ANOTHER_DAY)
    await session_plans.close(store, plan.id, MORNING, said)
    closed = await repository.load(store, SessionPlan, plan.id)
    assert (closed.held_on, closed.reported, closed.history[-1].verb) == (ANOTHER_DAY, True, "postpone")


async def test_the_other_way_round_the_cancellation_is_refused(store: SqliteStore) -> None:
    plan = await approved(store)
    await session_plans.close(store, plan.id, MORNING)
    with pytest.raises(WrongState):
        await session_plans.cancel(store, plan.id, asked(HEAD, plan.version + 1), Cancellation(reason="报名不足"))


# --- the draw ---------------------------------------------------------------------------------------------------------


def an_entry(*numbers: int, **more: Any) -> DrawEntry:
    """Of the two usual items, levels 4 and 5."""
    sets = [{"occupation": TURNER, "level": level, "set": n} for level, n in zip((4, 5), numbers, strict=False)]
    return DrawEntry.model_validate({"sets": sets, "witness": "何监督", **more})


async def drawn(
    store: SqliteStore, plan: SessionPlan, *numbers: int, by: Actor = OFFICE, days: int = 0, **more: Any
) -> SessionPlan:
    at = MORNING + timedelta(days=days)
    return await session_plans.record_draw(store, plan.id, asked(by, plan.version, at), an_entry(*numbers, **more))


DAYS = (HELD_ON - TODAY).days


async def test_a_draw_is_recorded(store: SqliteStore) -> None:
    plan = await drawn(store, await approved(store), 2, 3)
    (one,) = plan.draws
    assert [(item.level, item.set) for item in one.sets] == [(4, 2), (5, 3)]
    assert (one.by, one.name, one.witness, one.drawn_at, one.recorded_at) == (
        "office",
        "office",
        "何监督",
        MORNING,
        MORNING,
    )


@pytest.mark.parametrize(
    ("numbers", "more", "wrong"),
    [
        ((2,), {}, ["/sets"]),
        ((4, 1), {}, ["/sets/0/set"]),
        ((1, 1), {"witness": "office"}, ["/witness"]),
        ((1, 1), {"drawn_at": MORNING + timedelta(minutes=1)}, ["/drawn_at"]),
        ((1, 1), {"drawn_at": MORNING - timedelta(minutes=1)}, ["/drawn_at"]),
        ((), {"sets": [{"occupation": TURNER, "level": 3, "set": 1}]}, ["/sets/0", "/sets", "/sets"]),
        ((), {"sets": [{"occupation": TURNER, "level": 4, "set": 1}] * 2}, ["/sets/1", "/sets"]),
    ],
    ids=["one missing", "no such set", "watches herself", "to come", "before the approval", "not planned", "twice"],
)
async def test_what_is_wrong_with_a_draw(
    store: SqliteStore, numbers: tuple[int, ...], more: dict[str, Any], wrong: list[str]
) -> None:
    plan = await approved(store)
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, *numbers, **more)
    assert places(caught) == wrong
    assert all(problem.fix for problem in caught.value.problems)


async def test_too_early_is_told_by_the_clock_of_the_office(store: SqliteStore) -> None:
    plan = await approved(store)
    at = max(entry.at for entry in plan.history if entry.verb == "approve")
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, 1, 1, drawn_at=at - timedelta(minutes=1))
    assert f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}（北京时间）" in caught.value.problems[0].what


async def test_drawn_anew_before_the_day_with_a_reason(store: SqliteStore) -> None:
    plan = await drawn(store, await approved(store), 2, 3)
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, 1, 1)
    assert places(caught) == ["/reason"]
    plan = await drawn(store, plan, 1, 1, days=DAYS - 1, reason="第二套外泄")
    assert [[item.set for item in one.sets] for one in plan.draws] == [[2, 3], [1, 1]]
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, 3, 3, days=DAYS, reason="再抽")
    assert places(caught) == ["/sets"], "from the day on the sets are known"


async def test_what_was_drawn_in_time_may_be_recorded_late(store: SqliteStore) -> None:
    """Or its roster would wait for ever. What was drawn after the exam is no draw."""
    plan = await approved(store)
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, 1, 1, days=DAYS + 1)
    assert places(caught) == ["/drawn_at", "/reason"]
    before = {"drawn_at": MORNING + timedelta(days=DAYS), "reason": "当日网络中断"}
    assert (await drawn(store, plan, 1, 1, days=DAYS + 1, **before)).draws


async def test_papers_of_a_bank_are_not_drawn_here(store: SqliteStore) -> None:
    plan = await approved(store, paper_source="national_bank")
    with pytest.raises(Invalid, match="question bank"):
        await drawn(store, plan, 1, 1)


async def test_where_no_number_of_sets_is_stated_any_fits(store: SqliteStore) -> None:
    """An earlier release asked for none; nor is its roster kept waiting."""
    plan = await approved(store)
    plan.paper_sets, plan.draw_needed = {}, None
    await repository.save(store, plan)
    assert (await drawn(store, plan, 9, 1)).draw_needed is None


# --- and who sees it --------------------------------------------------------------------------------------------------

SECRETS = ('"set":2', '"set":3', "第二套")


async def with_secrets(store: SqliteStore) -> SessionPlan:
    plan = await drawn(store, await approved(store), 2, 3)
    return await drawn(store, plan, 3, 2, days=1, reason="第二套已用")


READERS = [
    (actor("a", Role.CENTRE_CLERK, CENTRE), True),
    (actor("b", Role.CENTRE_APPROVER, CENTRE), True),
    (actor("c", Role.AUDITOR, CENTRE), False),
    (actor("d", Role.OPERATOR, CENTRE), False),
    (OFFICER, False),
    (HEAD, False),
    (CLERK, False),
]


@pytest.mark.parametrize(("by", "sees"), READERS, ids=[next(iter(by.roles)).value for by, _ in READERS])
@pytest.mark.parametrize(("day", "over"), [(HELD_ON - timedelta(days=1), False), (HELD_ON, True)])
async def test_the_sets_are_the_centres_alone_until_the_day(
    store: SqliteStore, by: Actor, sees: bool, day: date, over: bool
) -> None:
    plan = await with_secrets(store)
    answer = shown(plan, by, day, [])
    assert [one.sets is not None for one in answer.draws] == [sees or over] * 2
    assert [one.reason for one in answer.draws] == (["", "第二套已用"] if sees or over else [None, None])
    said = answer.model_dump_json()
    assert any(secret in said for secret in SECRETS) is (sees or over)
    assert [(one.witness, one.name) for one in answer.draws] == [("何监督", "office")] * 2, "that it was drawn all see"


async def test_put_off_they_are_hidden_again(store: SqliteStore) -> None:
    plan = await put_off(store, await with_secrets(store), ANOTHER_DAY)
    assert shown(plan, HEAD, ANOTHER_DAY - timedelta(days=1), []).draws[0].sets is None


async def test_put_off_on_the_day_it_is_drawn_anew(store: SqliteStore) -> None:
    """Everybody saw the sets from that day on. Drawn anew is the first draw of the new day: on the day itself, too."""
    plan = await with_secrets(store)
    at = MORNING + timedelta(days=DAYS)
    to = Postponement(held_on=ANOTHER_DAY, reason="停电")
    plan = await session_plans.postpone(store, plan.id, asked(APPROVER, plan.version, at), to)
    assert (plan.shown_at, plan.standing_draws) == (at, [])
    days = (ANOTHER_DAY - TODAY).days
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, 1, 1, days=days, drawn_at=at - timedelta(minutes=1))
    assert places(caught) == ["/drawn_at"], "an older draw is no new one"
    plan = await drawn(store, plan, 1, 1, days=days)
    assert [one.sets[0].set for one in plan.standing_draws] == [1]
    with pytest.raises(Invalid) as caught:
        await drawn(store, plan, 2, 2, days=days, reason="再抽")
    assert places(caught) == ["/sets"]


async def test_put_off_before_the_day_the_draw_stands(store: SqliteStore) -> None:
    plan = await put_off(store, await with_secrets(store), ANOTHER_DAY)
    assert (plan.shown_at, len(plan.standing_draws)) == (None, 2)


async def test_neither_facts_nor_history_nor_audit_tell_them(store: SqliteStore) -> None:
    plan = await with_secrets(store)
    (waiting,) = [one for one in await store.pending() if one.id == plan.id]
    wires = [row.wire for row in waiting.rows]
    assert sum("papers_drawn" in wire for wire in wires) == 2
    assert sum('"verb":"draw"' in wire for wire in wires) == 2
    history = "".join(entry.model_dump_json() for entry in plan.history)
    for secret in SECRETS:
        assert not any(secret in text for text in (*wires, history)), secret


async def test_a_step_shows_none(store: SqliteStore) -> None:
    """Answers are built from named fields: the document's own draws reach nobody by themselves."""
    plan = await with_session(store)
    assert SessionPlanAnswer.model_fields.keys() >= {"draws", "needs"}
    assert shown(plan, HEAD, TODAY, None).draws == []
