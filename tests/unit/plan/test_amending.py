"""Amendments of annual plans: every verb in every state, the version in force meanwhile, what is kept of all of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.balance import balance, must_leave_what_is_taken
from shared.actor import Actor
from shared.contracts.plan import PlannedItem
from shared.errors import Invalid, NotAllowed, WrongState
from shared.ports import Record
from shared.procedure.approval import APPROVED, DRAFT, ENDORSED, RETURNED, SUBMITTED, VERBS
from shared.trade.roles import Role

CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PATH = f"/{CENTRE}/{BRANCH}/{STATION}/"
TURNER, WELDER = "6-04-01-01", "6-04-02-05"
NOW = datetime(2026, 2, 3, 1, tzinfo=UTC)


def item(heads: int, level: int = 4, occupation: str = TURNER) -> PlannedItem:
    names = {TURNER: ("车工", "turner"), WELDER: ("焊工", "welder")}[occupation]
    return PlannedItem(occupation=occupation, occupation_zh=names[0], occupation_en=names[1], level=level, heads=heads)


FIRST, SECOND = [item(60), item(20, 5)], [item(90), item(20, 5), item(5, 3, WELDER)]


def actor(id: str, role: Role, body: str) -> Actor:
    return Actor(id, f"name of {id}", body, "/", frozenset({role}))


CLERK, HEAD = actor("clerk", Role.STATION_CLERK, STATION), actor("head", Role.STATION_HEAD, STATION)
OFFICER, APPROVER = actor("officer", Role.BRANCH_OFFICER, BRANCH), actor("approver", Role.CENTRE_APPROVER, CENTRE)


def drafted() -> AnnualPlan:
    plan = AnnualPlan(id=f"{STATION}-2026", body=STATION, path=PATH, prepared_by="clerk", year=2026, items=FIRST)
    plan.move("draft", DRAFT, CLERK, NOW)
    return plan


def take(plan: AnnualPlan, verb: str, by: Actor | None = None, at: datetime = NOW) -> None:
    usual = {
        "endorse": OFFICER,
        "approve": APPROVER,
        "send_back": OFFICER if plan.state == SUBMITTED else APPROVER,
        "withdraw": HEAD if plan.state == SUBMITTED else OFFICER,
        "submit": HEAD,
    }
    by = by or usual.get(verb, CLERK)
    match verb:
        case "amend":
            plan.amend(by, at, SECOND, "增加人数")
        case "revise":
            plan.revise(by, at, items=SECOND)
        case "redraft":
            plan.redraft(by, at)
        case _:
            plan.step(verb, by, at, "理由")


def approved() -> AnnualPlan:
    plan = drafted()
    for verb in ("submit", "endorse", "approve"):
        take(plan, verb)
    return plan


WAYS_TO = {
    DRAFT: ("amend",),
    SUBMITTED: ("amend", "submit"),
    ENDORSED: ("amend", "submit", "endorse"),
    RETURNED: ("amend", "submit", "send_back"),
    APPROVED: (),
}


def amended(state: str) -> AnnualPlan:
    """An approved plan whose amendment is in this state, stored since."""
    plan = approved()
    for verb in WAYS_TO[state]:
        take(plan, verb)
    plan.stored_as(9)
    return plan


# --- every verb, state, role and signer ------------------------------------------------------------------------------

TABLE = {
    (APPROVED, "amend"): DRAFT,
    (DRAFT, "revise"): DRAFT,
    (RETURNED, "revise"): RETURNED,
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "endorse"): ENDORSED,
    (ENDORSED, "approve"): APPROVED,
    (SUBMITTED, "send_back"): RETURNED,
    (ENDORSED, "send_back"): SUBMITTED,
    (SUBMITTED, "withdraw"): DRAFT,
    (ENDORSED, "withdraw"): SUBMITTED,
    (DRAFT, "discard"): APPROVED,
    (RETURNED, "discard"): APPROVED,
}
"""By hand: of a plan that was approved before, there is no way back into nothing."""


@pytest.mark.parametrize("state", WAYS_TO)
@pytest.mark.parametrize("verb", ["amend", "revise", "redraft", *VERBS])
def test_every_verb_in_every_state_of_an_amendment(state: str, verb: str) -> None:
    plan = amended(state)
    if (state, verb) in TABLE:
        take(plan, verb)
        assert plan.state == TABLE[state, verb]
        assert plan.history[-1].verb == verb
        assert len(plan.outbox) == (verb != "revise")
        return
    before = plan.model_dump()
    with pytest.raises(WrongState) as caught:
        take(plan, verb)
    assert caught.value.state == state
    assert (plan.model_dump(), plan.outbox) == (before, ())


@pytest.mark.parametrize("state", [DRAFT, SUBMITTED, ENDORSED, RETURNED, "discarded"])
def test_what_was_never_approved_is_not_amended(state: str) -> None:
    plan = drafted()
    ways = {**WAYS_TO, "discarded": ("amend", "discard")}
    for verb in ways[state][1:]:
        take(plan, verb)
    assert plan.state == state
    with pytest.raises(WrongState) as caught:
        take(plan, "amend")
    assert caught.value.state == state


def test_a_revision_of_what_is_approved_is_told_to_amend() -> None:
    with pytest.raises(WrongState, match=r"amend it \(POST …/amendment\)"):
        take(approved(), "revise")


OF_THE_BODY = {Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER}
ROLES = {
    "endorse": {Role.BRANCH_OFFICER},
    "approve": {Role.CENTRE_APPROVER},
    "send_back": {Role.BRANCH_OFFICER, Role.CENTRE_APPROVER},
}
SIGNERS = {(SUBMITTED, "withdraw"): HEAD, (ENDORSED, "withdraw"): OFFICER}
DESKS = {SUBMITTED: BRANCH, ENDORSED: CENTRE}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("state", "verb"), TABLE)
def test_only_the_role_whose_turn_it_is(role: Role, state: str, verb: str) -> None:
    signer = SIGNERS.get((state, verb))
    body = signer.body if signer else DESKS.get(state, STATION)
    by = actor(signer.id if signer else "somebody", role, body)
    plan = amended(state)
    if role in ROLES.get(verb, OF_THE_BODY):
        take(plan, verb, by)
        assert plan.state == TABLE[state, verb]
        return
    with pytest.raises(NotAllowed):
        take(plan, verb, by)


@pytest.mark.parametrize("who", ["clerk", "head", "officer", "approver", "somebody"])
@pytest.mark.parametrize(("state", "signer"), [(SUBMITTED, HEAD), (ENDORSED, OFFICER)])
def test_only_who_handed_an_amendment_on_takes_it_back(who: str, state: str, signer: Actor) -> None:
    plan, by = amended(state), replace(signer, id=who)
    if who == signer.id:
        take(plan, "withdraw", by)
        return
    with pytest.raises(NotAllowed, match="ask for a return"):
        take(plan, "withdraw", by)


@pytest.mark.parametrize("role", Role)
def test_who_amends(role: Role) -> None:
    by = actor("somebody", role, STATION)
    if role in (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER):
        take(approved(), "amend", by)
        return
    with pytest.raises(NotAllowed):
        take(approved(), "amend", by)


@pytest.mark.parametrize("body", [CENTRE, BRANCH, "49053013", ""])
def test_nobody_else_amends_it(body: str) -> None:
    with pytest.raises(NotAllowed):
        take(approved(), "amend", actor("somebody", Role.STATION_CLERK, body))


@pytest.mark.parametrize("reason", ["", " ", "\u3000"])
def test_an_amendment_needs_a_reason(reason: str) -> None:
    plan = approved()
    before = plan.model_dump()
    with pytest.raises(Invalid, match="needs a reason"):
        plan.amend(CLERK, NOW, SECOND, reason)
    assert plan.model_dump() == before


def test_who_began_an_amendment_neither_endorses_nor_approves_it() -> None:
    plan = approved()
    plan.amend(replace(CLERK, id="began"), NOW, SECOND, "增加人数")
    take(plan, "revise")
    take(plan, "submit")
    with pytest.raises(NotAllowed, match="four eyes"):
        plan.endorse(replace(OFFICER, id="began"), NOW)
    take(plan, "endorse")
    with pytest.raises(NotAllowed, match="four eyes"):
        plan.approve(replace(APPROVER, id="began"), NOW)
    take(plan, "approve")


def test_what_changes_nothing_is_not_submitted() -> None:
    plan = approved()
    plan.amend(CLERK, NOW, FIRST, "增加人数")
    with pytest.raises(Invalid, match="discard the amendment"):
        take(plan, "submit")
    take(plan, "revise")
    take(plan, "submit")


# --- in force ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [DRAFT, SUBMITTED, ENDORSED, RETURNED])
def test_the_approved_version_counts_until_the_next_is_approved(state: str) -> None:
    plan = amended(state)
    assert (plan.items, plan.in_force, plan.number, plan.is_amendment) == (SECOND, FIRST, 2, True)
    assert plan.on_hand, "nobody is reminded of it"


@pytest.mark.parametrize("state", [DRAFT, SUBMITTED, ENDORSED, RETURNED, "discarded"])
def test_what_was_never_approved_is_not_in_force(state: str) -> None:
    plan = drafted()
    plan.state = state
    assert plan.in_force is None


def test_every_approved_version_is_kept() -> None:
    plan = approved()
    later, third = NOW + timedelta(days=40), [item(100)]
    take(plan, "amend", at=later)
    take(plan, "submit", at=later)
    take(plan, "endorse", at=later)
    take(plan, "approve", at=later)
    assert (plan.items, plan.in_force, plan.number, plan.is_amendment) == (SECOND, SECOND, 2, False)
    plan.amend(HEAD, later, third, "再次调整")
    for verb in ("submit", "endorse", "approve"):
        take(plan, verb, replace(APPROVER, id="another") if verb == "approve" else None, at=later)
    kept = [(one.number, one.items, one.reason, one.prepared_by, one.approved_by) for one in plan.versions]
    assert kept == [
        (1, FIRST, "", "clerk", "approver"),
        (2, SECOND, "增加人数", "clerk", "approver"),
        (3, third, "再次调整", "head", "another"),
    ]
    first = plan.versions[0]
    assert (first.approver, first.approved_at, first.submitted_by, first.endorsed_by) == (
        "name of approver",
        NOW,
        "head",
        "officer",
    )


@pytest.mark.parametrize("state", [DRAFT, RETURNED])
def test_an_amendment_that_is_discarded_leaves_the_plan_as_it_was(state: str) -> None:
    before, plan = approved(), amended(state)
    plan.discard(HEAD, NOW, "不调整了")
    said = {"history", "returned_because"}
    assert plan.model_dump(exclude=said) == before.model_dump(exclude=said)
    assert plan.returned_because == ""
    assert (plan.history[-1].verb, plan.history[-1].reason) == ("discard", "不调整了")
    take(plan, "amend")
    assert (plan.number, plan.in_force) == (2, FIRST)


# --- what is told ------------------------------------------------------------------------------------------------------


def told(plan: AnnualPlan) -> list[tuple[str, dict[str, Any]]]:
    return [(row.key, json.loads(row.wire)["data"]) for row in plan.outbox]


@pytest.mark.parametrize(("path", "above"), [(PATH, BRANCH), (f"/{CENTRE}/{STATION}/", CENTRE)])
def test_the_office_above_is_told_that_it_is_amended(path: str, above: str) -> None:
    plan = approved()
    plan.stored_as(4)
    plan.path = path
    take(plan, "amend")
    ((key, data),) = told(plan)
    assert key == "annual_plan.amended.v1"
    assert (data["above"], data["at_desk"], data["version"], data["reason"]) == (above, STATION, 2, "增加人数")
    plan.stored_as(5)
    take(plan, "discard")
    ((key, data),) = told(plan)
    assert (key, data["desk_before"]) == ("annual_plan.discarded.v1", above)


def test_each_version_is_told_by_its_number() -> None:
    plan = approved()
    take(plan, "amend")
    for verb in ("submit", "endorse", "approve"):
        take(plan, verb)
    numbers = [(key.split(".")[1], data["version"]) for key, data in told(plan) if "version" in data]
    assert numbers == [("submitted", 1), ("approved", 1), ("amended", 2), ("submitted", 2), ("approved", 2)]


# --- late, for good ------------------------------------------------------------------------------------------------------

LAST_MOMENT = datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 2, 28, 16, tzinfo=UTC)  # midnight in China
MARCH = datetime(2026, 3, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("steps", "late", "on"),
    [
        ([], False, None),
        ([("submit", LAST_MOMENT)], False, date(2026, 2, 28)),
        ([("submit", TOO_LATE)], True, date(2026, 3, 1)),
        ([("submit", LAST_MOMENT), ("send_back", MARCH), ("submit", MARCH)], False, date(2026, 2, 28)),
        ([("submit", LAST_MOMENT), ("withdraw", LAST_MOMENT)], False, None),
        ([("submit", LAST_MOMENT), ("withdraw", MARCH)], False, None),
        ([("submit", LAST_MOMENT), ("withdraw", MARCH), ("submit", MARCH)], True, date(2026, 3, 9)),
        ([("submit", TOO_LATE), ("withdraw", MARCH)], True, None),
        ([("submit", TOO_LATE), ("send_back", MARCH), ("submit", MARCH)], True, date(2026, 3, 1)),
        ([("submit", LAST_MOMENT), ("endorse", MARCH), ("withdraw", MARCH)], False, date(2026, 2, 28)),
        (
            [("submit", LAST_MOMENT), ("send_back", MARCH), ("discard", MARCH), ("redraft", MARCH), ("submit", MARCH)],
            False,
            date(2026, 2, 28),
        ),
        (
            [("submit", LAST_MOMENT), ("withdraw", MARCH), ("discard", MARCH), ("redraft", MARCH), ("submit", MARCH)],
            True,
            date(2026, 3, 9),
        ),
        (
            [
                ("submit", LAST_MOMENT),
                *((verb, MARCH) for verb in ("endorse", "approve", "amend", "submit", "withdraw")),
            ],
            False,
            date(2026, 2, 28),
        ),
        ([("submit", TOO_LATE), *((verb, MARCH) for verb in ("endorse", "approve", "amend"))], True, date(2026, 3, 1)),
    ],
)
def test_late_for_good(steps: list[tuple[str, datetime]], late: bool, on: date | None) -> None:
    plan = drafted()
    for verb, at in steps:
        take(plan, verb, at=at)
    assert (plan.late, plan.handed_in_on) == (late, on)
    submitted = [data["late"] for key, data in told(plan) if key == "annual_plan.submitted.v1"]
    if steps and steps[-1][0] == "submit":
        assert submitted[-1] is late


# --- of an earlier release ----------------------------------------------------------------------------------------------


def as_written_before(plan: AnnualPlan) -> AnnualPlan:
    """Without what this release added."""
    record = plan.as_record()
    body = {name: value for name, value in record.body.items() if name not in ("versions", "number", "amended_because")}
    return AnnualPlan.from_record(Record(record.id, body, 4, record.facts))


def test_what_an_earlier_release_approved_has_its_first_version() -> None:
    plan = as_written_before(approved())
    assert plan.versions == approved().versions
    take(plan, "amend")
    assert (plan.number, plan.in_force) == (2, FIRST)
    assert AnnualPlan.from_record(plan.as_record()).versions == approved().versions, "and keeps it"


@pytest.mark.parametrize("state", [DRAFT, SUBMITTED, ENDORSED, RETURNED])
def test_what_an_earlier_release_left_on_its_way_goes_on(state: str) -> None:
    plan = drafted()
    for verb in WAYS_TO[state][1:]:
        take(plan, verb)
    plan = as_written_before(plan)
    assert (plan.versions, plan.in_force) == ([], None)
    for verb in {DRAFT: ("submit", "endorse"), RETURNED: ("submit", "endorse"), SUBMITTED: ("endorse",)}.get(state, ()):
        take(plan, verb)
    take(plan, "approve")
    assert ([one.number for one in plan.versions], plan.in_force) == ([1], FIRST)


# --- what is left --------------------------------------------------------------------------------------------------------


def test_what_is_left_of_the_version_in_force() -> None:
    rows = balance(amended(SUBMITTED), {(TURNER, 4): 45, (TURNER, 5): 30, (WELDER, 3): 2})
    assert [(row.occupation_zh, row.level, row.planned, row.taken, row.left) for row in rows] == [
        ("车工", 4, 60, 45, 15),
        ("车工", 5, 20, 30, 0),  # the Centre let more through
        ("焊工", 3, 0, 2, 0),
    ]
    assert balance(drafted(), {}) == []


@pytest.mark.parametrize(
    ("amended_items", "taken", "wrong"),
    [
        ([item(60), item(20, 5)], {(TURNER, 4): 60}, []),
        ([item(45), item(20, 5)], {(TURNER, 4): 45}, []),
        ([item(44), item(20, 5)], {(TURNER, 4): 45}, ["/items/0"]),
        ([item(60)], {(TURNER, 4): 45}, []),
        ([item(60)], {(TURNER, 5): 1}, ["/items"]),
        ([item(1, 3, WELDER), item(10)], {(TURNER, 4): 45, (TURNER, 5): 1}, ["/items/1", "/items"]),
        ([item(60), item(20, 5)], {(TURNER, 4): 99}, []),  # it was let through, and may stay
        ([item(59), item(20, 5)], {(TURNER, 4): 99}, ["/items/0"]),
    ],
)
def test_an_amendment_leaves_what_is_taken(
    amended_items: list[PlannedItem], taken: dict[tuple[str, int], int], wrong: list[str]
) -> None:
    if not wrong:
        must_leave_what_is_taken(amended_items, FIRST, taken)
        return
    with pytest.raises(Invalid) as caught:
        must_leave_what_is_taken(amended_items, FIRST, taken)
    assert [problem.where for problem in caught.value.problems] == wrong
