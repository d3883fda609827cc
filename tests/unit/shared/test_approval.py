"""The way of every form, as a table: who may take which step in which state, and what each step leaves behind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans.session_plan import SessionPlan
from services.reporting.rosters.roster import Attendance, Roster, producer_of
from shared.actor import Actor
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import PageSeal, seal_pages
from shared.errors import Invalid, NotAllowed, NotFound, WrongState
from shared.procedure.approval import (
    APPROVED,
    BY_ACTS,
    DISCARDED,
    DRAFT,
    ENDORSED,
    NEXT,
    RETURNED,
    STATES,
    SUBMITTED,
    VERBS,
    WAY,
    Approval,
)
from shared.trade.body_path import BodyPath
from shared.trade.roles import Role
from shared.words import Words

WORDS = Words("thing", ("物", "thing"), states={}, verbs={})

NOW = datetime(2026, 4, 3, 9, 12, 44, tzinfo=UTC)
CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"
UNDER_BRANCH, UNDER_CENTRE = f"/{CENTRE}/{BRANCH}/{STATION}/", f"/{CENTRE}/{DIRECT}/"
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
SEALS = [PageSeal(seal=f"sha256:{n * 64}", lines={4: 3, 3: 1}) for n in "ab"]


def actor(id: str, role: Role, body: str) -> Actor:
    return Actor(id, id, body, "/", frozenset({role}))


CLERK = actor("clerk", Role.STATION_CLERK, STATION)
HEAD = actor("head", Role.STATION_HEAD, STATION)
OFFICER = actor("officer", Role.BRANCH_OFFICER, BRANCH)
APPROVER = actor("approver", Role.CENTRE_APPROVER, CENTRE)


def annual(path: str) -> AnnualPlan:
    body = BodyPath.read(path).own
    return AnnualPlan(id=f"{body}-2026", body=body, path=path, prepared_by="clerk", year=2026, items=[ITEM])


def session(path: str) -> SessionPlan:
    body = BodyPath.read(path).own
    return SessionPlan(
        id=f"{body}-2026-001",
        body=body,
        path=path,
        prepared_by="clerk",
        year=2026,
        number=1,
        annual_plan=f"{body}-2026",
        held_on=date(2026, 6, 20),
        place="考场",
        in_charge="吴刚",
        items=[ITEM],
    )


def roster(path: str) -> Roster:
    body = BodyPath.read(path).own
    return Roster(
        id=f"{body}-2026-001",
        body=body,
        path=path,
        prepared_by="clerk",
        session=f"{body}-2026-001",
        held_on=date(2026, 3, 20),
        items=[ITEM],
        attendance=Attendance(applied=9, accepted=9, examined=9),
        import_id="import",
        imported_by="clerk",
        pages=SEALS,
        producer=CENTRE,
    )


FORMS = [annual, session, roster]


def take(form: Approval, verb: str, by: Actor | None = None) -> None:
    """The verb, by whoever may if nobody is named."""
    own = DIRECT if form.branch is None else STATION
    at_branch = form.state == SUBMITTED and form.branch is not None
    match verb:
        case "submit":
            form.submit(by or actor("head", Role.STATION_HEAD, own), NOW)
        case "endorse":
            form.endorse(by or OFFICER, NOW)
        case "approve":
            form.approve(by or APPROVER, NOW)
        case "send_back":
            form.send_back(by or (OFFICER if at_branch else APPROVER), NOW, "请核对")
        case "withdraw":
            form.withdraw(
                by or (OFFICER if form.state == ENDORSED else actor("head", Role.STATION_HEAD, own)), NOW, "有误"
            )
        case "discard":
            form.discard(by or actor("clerk", Role.STATION_CLERK, own), NOW, "不办了")
        case "revise":
            form.revise(by or actor("clerk", Role.STATION_CLERK, own), NOW)
        case "redraft":
            form.redraft(by or actor("clerk", Role.STATION_CLERK, own), NOW)


WAYS_TO: dict[str, tuple[str, ...]] = {
    DRAFT: (),
    SUBMITTED: ("submit",),
    ENDORSED: ("submit", "endorse"),
    APPROVED: ("submit", "endorse", "approve"),
    RETURNED: ("submit", "send_back"),
    DISCARDED: ("discard",),
}


def brought_to(state: str, make: Any, path: str = UNDER_BRANCH) -> Any:
    """By its verbs, and stored since."""
    form = make(path)
    for verb in WAYS_TO[state]:
        if verb != "endorse" or form.branch is not None:
            take(form, verb)
    form.state = state  # where no branch endorses, that state is never reached; its verbs are asked all the same
    form.stored_as(1)
    return form


UNDER_A_BRANCH = {
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "endorse"): ENDORSED,
    (SUBMITTED, "send_back"): RETURNED,
    (ENDORSED, "approve"): APPROVED,
    (ENDORSED, "send_back"): SUBMITTED,
    (SUBMITTED, "withdraw"): DRAFT,
    (ENDORSED, "withdraw"): SUBMITTED,
    (DRAFT, "discard"): DISCARDED,
    (RETURNED, "discard"): DISCARDED,
    (DRAFT, "revise"): DRAFT,
    (RETURNED, "revise"): RETURNED,
    (DISCARDED, "redraft"): DRAFT,
}
UNDER_THE_CENTRE = {
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "approve"): APPROVED,
    (SUBMITTED, "send_back"): RETURNED,
    # No branch endorses them, so this state is never reached; sending back would lead out of it all the same.
    (ENDORSED, "send_back"): SUBMITTED,
    (SUBMITTED, "withdraw"): DRAFT,
    (DRAFT, "discard"): DISCARDED,
    (RETURNED, "discard"): DISCARDED,
    (DRAFT, "revise"): DRAFT,
    (RETURNED, "revise"): RETURNED,
    (DISCARDED, "redraft"): DRAFT,
}


# --- the table itself ---------------------------------------------------------------------------------------------------


def test_no_form_is_lost_on_its_way() -> None:
    """From a draft every state is reached, and from every state the approval, with a branch in between and without."""
    with_branch = [pair for step in WAY.values() for pair in step.leads.items()]
    direct = [
        pair
        for step in WAY.values()
        if not step.of_branch
        for pair in (step.leads if step.direct is None else step.direct).items()
    ]
    for way, states in ((with_branch, set(STATES)), (direct, set(STATES) - {ENDORSED})):
        assert _reached(way, DRAFT) == states
        assert _reached([(to, origin) for origin, to in way], APPROVED) >= states


def _reached(way: list[tuple[str, str]], start: str) -> set[str]:
    found = {start}
    while True:
        more = {to for origin, to in way if origin in found} - found
        if not more:
            return found
        found |= more


def test_whoever_decides_signed_nothing_before() -> None:
    """Four eyes: a step that decides is closed to everybody who signed a step before it, and `why` says so."""
    signed: list[str] = []
    for verb, step in WAY.items():
        if verb in ("endorse", "approve"):
            assert list(step.not_by) == signed, verb
            assert step.why
        else:
            assert (step.not_by, step.why) == ((), "")
        signed += [step.signs] if step.signs else []


def test_the_table_speaks_of_fields_that_there_are() -> None:
    for step in WAY.values():
        undone = {signature for _, signature in (step.takes_back or {}).values()}
        assert {*step.clears, *step.not_by, *undone, *([step.signs] if step.signs else [])} <= set(
            Approval.model_fields
        )
        assert all(WAY[act].signs == signature for act, signature in (step.takes_back or {}).values())
    assert set(VERBS) == set(WAY) - {"revise", "redraft"}, "everything but what the body writes is told to others"
    assert set(NEXT) == set(STATES), "a refusal says what there is to do instead"
    for verb, step in WAY.items():
        assert not step.signs or verb in BY_ACTS[step.signs], "a signature of an earlier round is found in the history"


# --- every verb -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("verb", WAY)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("path", "table"), [(UNDER_BRANCH, UNDER_A_BRANCH), (UNDER_CENTRE, UNDER_THE_CENTRE)])
def test_every_verb_in_every_state(
    make: Any, verb: str, state: str, path: str, table: dict[tuple[str, str], str]
) -> None:
    form = brought_to(state, make, path)
    if (state, verb) in table:
        take(form, verb)
        assert form.state == table[state, verb]
        assert (form.history[-1].verb, form.history[-1].from_state, form.history[-1].to_state) == (
            verb,
            state,
            form.state,
        )
        assert len(form.outbox) == (verb in VERBS)
        return
    refusal = NotAllowed if (path, state, verb) == (UNDER_CENTRE, SUBMITTED, "endorse") else WrongState
    before = form.model_dump()
    with pytest.raises(refusal) as caught:
        take(form, verb)
    if isinstance(caught.value, WrongState):
        assert caught.value.state == state
        zh, en = form.instead_of(verb).split(" · ")
        assert zh in str(caught.value), "what there is to do instead"
        assert en in str(caught.value)
    assert form.model_dump() == before, "a refused verb changes nothing"
    assert form.outbox == ()


OF_THE_BODY = {Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER}
ROLES = {
    "revise": OF_THE_BODY,
    "submit": OF_THE_BODY,
    "endorse": {Role.BRANCH_OFFICER},
    "approve": {Role.CENTRE_APPROVER},
    "send_back": {Role.BRANCH_OFFICER, Role.CENTRE_APPROVER},
    "withdraw": OF_THE_BODY,
    "discard": OF_THE_BODY,
    "redraft": OF_THE_BODY,
}
DESKS = {
    (SUBMITTED, "endorse"): BRANCH,
    (SUBMITTED, "send_back"): BRANCH,
    (ENDORSED, "approve"): CENTRE,
    (ENDORSED, "send_back"): CENTRE,
    (ENDORSED, "withdraw"): BRANCH,
}
"""Whose turn it is; all others are the station's."""


def signer(state: str, verb: str) -> str:
    """Who takes back must be who handed it on; everybody else must not have signed before."""
    return {SUBMITTED: "head", ENDORSED: "officer"}[state] if verb == "withdraw" else "somebody"


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("state", "verb"), UNDER_A_BRANCH)
def test_only_the_role_whose_desk_it_is(make: Any, role: Role, state: str, verb: str) -> None:
    form = brought_to(state, make)
    somebody = actor(signer(state, verb), role, DESKS.get((state, verb), STATION))
    if role in ROLES[verb]:
        take(form, verb, somebody)
        return
    with pytest.raises(NotAllowed):
        take(form, verb, somebody)


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("body", [CENTRE, BRANCH, "49060001", STATION, "49053013", ""])
@pytest.mark.parametrize(("state", "verb"), UNDER_A_BRANCH)
def test_only_the_body_whose_desk_it_is(make: Any, body: str, state: str, verb: str) -> None:
    form = brought_to(state, make)
    somebody = actor(signer(state, verb), sorted(ROLES[verb])[0], body)
    if body == DESKS.get((state, verb), STATION):
        take(form, verb, somebody)
        return
    with pytest.raises(NotAllowed):
        take(form, verb, somebody)


# --- taken back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("who", ["clerk", "head", "officer", "approver", "another", ""])
@pytest.mark.parametrize(("state", "desk", "by"), [(SUBMITTED, STATION, "head"), (ENDORSED, BRANCH, "officer")])
def test_only_who_handed_it_on_takes_it_back(make: Any, who: str, state: str, desk: str, by: str) -> None:
    """Not a colleague at the same desk, and not who prepared it either."""
    form = brought_to(state, make)
    somebody = Actor(who, who, desk, "/", frozenset(OF_THE_BODY))
    if who == by:
        form.withdraw(somebody, NOW)
        return
    with pytest.raises(NotAllowed, match="ask for a return"):
        form.withdraw(somebody, NOW)


@pytest.mark.parametrize("make", FORMS)
def test_what_the_office_above_acted_on_is_not_taken_back(make: Any) -> None:
    """It lies where it lay after the submission, but the branch has agreed meanwhile and the Centre has looked."""
    form = brought_to(ENDORSED, make)
    take(form, "send_back")
    assert form.state == SUBMITTED
    with pytest.raises(WrongState, match="acted on by the office above"):
        take(form, "withdraw")


@pytest.mark.parametrize("make", FORMS)
def test_what_is_taken_back_bears_the_signature_no_more(make: Any) -> None:
    form = brought_to(ENDORSED, make)
    take(form, "withdraw")
    assert (form.submitted_by, form.endorsed_by) == ("head", "")
    form = brought_to(SUBMITTED, make)
    take(form, "withdraw")
    assert (form.submitted_by, form.endorsed_by) == ("", "")
    form.submit(actor("another", Role.STATION_HEAD, STATION), NOW)
    with pytest.raises(NotAllowed, match="ask for a return"):
        form.withdraw(HEAD, NOW)


@pytest.mark.parametrize("make", FORMS)
def test_who_took_it_back_had_a_hand_in_it(make: Any) -> None:
    form = brought_to(ENDORSED, make)
    take(form, "withdraw")
    with pytest.raises(NotAllowed, match="four eyes"):
        form.endorse(replace(OFFICER, id="head"), NOW)
    form.endorse(replace(OFFICER, id="another officer"), NOW)
    with pytest.raises(NotAllowed, match="four eyes"):
        form.approve(replace(APPROVER, id="officer"), NOW)
    take(form, "approve")


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize(
    ("steps", "handed_in"),
    [
        ((), None),
        (("submit",), 0),
        (("submit", "withdraw"), None),
        (("submit", "withdraw", "submit"), 2),
        (("submit", "send_back", "submit"), 0),
        (("submit", "send_back", "submit", "withdraw"), 0),
        (("submit", "send_back", "discard", "redraft", "submit"), 0),
        (("submit", "withdraw", "discard", "redraft", "submit"), 4),
        (("submit", "endorse", "withdraw"), 0),
        (("submit", "endorse", "send_back", "send_back", "submit"), 0),
    ],
)
def test_when_it_was_handed_in(make: Any, steps: tuple[str, ...], handed_in: int | None) -> None:
    form = make(UNDER_BRANCH)
    for day, verb in enumerate(steps):
        take(form, verb)
        form.history[-1] = form.history[-1].model_copy(update={"at": later(day)})
    assert form.handed_in == (None if handed_in is None else later(handed_in))


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("path", [UNDER_BRANCH, UNDER_CENTRE])
def test_who_knew_of_it_is_told_that_it_is_taken_back_or_given_up(make: Any, path: str) -> None:
    above = BRANCH if path == UNDER_BRANCH else CENTRE

    def told(form: Approval) -> tuple[str, str, str | None, str | None]:
        (row,) = form.outbox
        data = json.loads(row.wire)["data"]
        return row.key, data["at_desk"], data["desk_before"], data.get("reason")

    form = brought_to(SUBMITTED, make, path)
    own, noun = form.body, form.KIND
    take(form, "withdraw")
    assert told(form) == (f"{noun}.withdrawn.v1", own, above, "有误")
    form.stored_as(2)
    take(form, "discard")
    assert told(form) == (f"{noun}.discarded.v1", own, above, None)
    never_handed_in = brought_to(DRAFT, make, path)
    take(never_handed_in, "discard")
    assert told(never_handed_in) == (f"{noun}.discarded.v1", own, None, None)
    if path == UNDER_BRANCH:
        form = brought_to(ENDORSED, make, path)
        take(form, "withdraw")
        assert told(form) == (f"{noun}.withdrawn.v1", BRANCH, CENTRE, "有误")


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("who", ["prepared_by", "submitted_by", "endorsed_by"])
def test_four_eyes_at_the_centre(make: Any, who: str) -> None:
    form = make(UNDER_BRANCH)
    form.state = ENDORSED
    setattr(form, who, APPROVER.id)
    with pytest.raises(NotAllowed, match="four eyes"):
        form.approve(APPROVER, NOW)


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("who", ["prepared_by", "submitted_by"])
def test_four_eyes_at_the_branch(make: Any, who: str) -> None:
    form = make(UNDER_BRANCH)
    form.state = SUBMITTED
    setattr(form, who, OFFICER.id)
    with pytest.raises(NotAllowed, match="four eyes"):
        form.endorse(OFFICER, NOW)


BOTH_AT_CENTRE = replace(APPROVER, id="clerk")
BOTH_AT_BRANCH = replace(OFFICER, id="clerk")
"""Somebody who once worked at the station under this account, and decides now."""


@pytest.mark.parametrize("imported_again", [False, True])
def test_who_entered_the_scores_may_neither_endorse_nor_approve_them(imported_again: bool) -> None:
    """Nor whoever imported the same workbook before or after somebody else did: both answer for the lines."""
    form = roster(UNDER_BRANCH)
    form.prepared_by = "another clerk"
    form.take_lines(CLERK, NOW, "import", SEALS)
    if imported_again:
        form.take_lines(replace(CLERK, id="another clerk"), NOW, "import", SEALS)
    assert form.imported_by == ("another clerk" if imported_again else "clerk")
    take(form, "submit")
    with pytest.raises(NotAllowed, match="four eyes"):
        form.endorse(BOTH_AT_BRANCH, NOW)
    take(form, "endorse")
    with pytest.raises(NotAllowed, match="four eyes"):
        form.approve(BOTH_AT_CENTRE, NOW)
    take(form, "approve")


@pytest.mark.parametrize("make", FORMS)
def test_a_hand_in_it_is_a_hand_in_it_also_after_somebody_else_signed(make: Any) -> None:
    """Who revised it first, or submitted or endorsed it before it was returned, stands in no field any more."""
    form, drafter = make(UNDER_BRANCH), replace(CLERK, id="drafter")
    form.move("draft", DRAFT, drafter, NOW)
    form.revise(CLERK, NOW)
    form.submit(HEAD, NOW)
    form.endorse(OFFICER, NOW)
    take(form, "send_back")
    take(form, "send_back")
    again = replace(HEAD, id="another head")
    form.revise(again, NOW)
    form.submit(again, NOW)
    form.endorse(replace(OFFICER, id="another officer"), NOW)
    assert (form.prepared_by, form.submitted_by, form.endorsed_by) == (again.id, again.id, "another officer")
    for earlier in (drafter, CLERK, HEAD, OFFICER, again):
        with pytest.raises(NotAllowed, match="four eyes"):
            form.approve(replace(APPROVER, id=earlier.id), NOW)
    form.approve(APPROVER, NOW)


@pytest.mark.parametrize("make", FORMS)
def test_nobody_endorses_where_no_branch_stands_in_between(make: Any) -> None:
    """Not even an officer who sits at the Centre, on whose desk it lies."""
    form = make(UNDER_CENTRE)
    take(form, "submit")
    with pytest.raises(NotAllowed, match="no branch"):
        form.endorse(replace(OFFICER, body=CENTRE), NOW)
    assert form.state == SUBMITTED


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("state", STATES)
def test_handed_in_is_what_does_not_lie_at_the_body(make: Any, state: str) -> None:
    form = make(UNDER_BRANCH)
    form.state = state
    assert form.on_hand is (state in (SUBMITTED, ENDORSED, APPROVED))


@pytest.mark.parametrize("make", FORMS)
def test_the_branch_endorses_again_what_it_endorsed_before(make: Any) -> None:
    """Looking twice is no second hand in it; and it is the branch's officer who sends back and endorses."""
    form = make(UNDER_BRANCH)
    form.submit(HEAD, NOW)
    form.endorse(OFFICER, NOW)
    take(form, "send_back")
    form.endorse(OFFICER, NOW)
    assert (form.state, form.endorsed_by) == (ENDORSED, OFFICER.id)


@pytest.mark.parametrize("make", [annual, session])
def test_a_plan_without_content_is_not_submitted(make: Any) -> None:
    form = make(UNDER_BRANCH)
    form.revise(CLERK, NOW, items=[])
    with pytest.raises(Invalid, match="no lines"):
        form.submit(HEAD, NOW)
    assert (form.state, form.outbox) == (DRAFT, ())


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("reason", ["", " ", "\n\u3000"])
def test_a_return_needs_a_reason(make: Any, reason: str) -> None:
    form = make(UNDER_BRANCH)
    form.state = SUBMITTED
    with pytest.raises(Invalid):
        form.send_back(OFFICER, NOW, reason)


@pytest.mark.parametrize("make", FORMS)
def test_the_whole_way_there_and_back(make: Any) -> None:
    """Back goes one step at a time, and a new submission must be endorsed anew."""
    form = make(UNDER_BRANCH)
    desks = []
    for verb in ("submit", "endorse", "send_back", "send_back", "submit", "endorse", "approve"):
        take(form, verb)
        desks.append((form.state, form.at_desk))
    assert desks == [
        (SUBMITTED, BRANCH),
        (ENDORSED, CENTRE),
        (SUBMITTED, BRANCH),
        (RETURNED, STATION),
        (SUBMITTED, BRANCH),
        (ENDORSED, CENTRE),
        (APPROVED, STATION),
    ]
    assert [row.n for row in form.outgoing] == list(range(1, 15)), "an act and a fact for each step"
    noun = form.KIND
    words = ("submitted", "endorsed", "returned", "returned", "submitted", "endorsed", "approved")
    assert [row.key for row in form.outbox] == [f"{noun}.{word}.v1" for word in words]
    facts = [json.loads(row.wire) for row in form.outbox]
    assert [fact["data"]["at_desk"] for fact in facts] == [desk for _, desk in desks]
    assert [fact["data"].get("reason") for fact in facts][2:4] == ["请核对", "请核对"]
    assert form.returned_because == ""


def test_an_endorsement_that_was_returned_no_longer_counts() -> None:
    form = annual(UNDER_BRANCH)
    for verb in ("submit", "endorse", "send_back"):
        take(form, verb)
    assert form.endorsed_by == ""
    with pytest.raises(WrongState):
        form.approve(APPROVER, NOW)


# --- rosters ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_lines_are_taken_only_at_the_station(state: str) -> None:
    form = roster(UNDER_BRANCH)
    form.state = state
    if state in (DRAFT, RETURNED):
        form.take_lines(CLERK, NOW, "another", SEALS[:1])
        assert (form.import_id, form.passed, form.state) == ("another", 4, state)
        return
    with pytest.raises(WrongState):
        form.take_lines(CLERK, NOW, "another", SEALS[:1])


@pytest.mark.parametrize("by", [HEAD, OFFICER, APPROVER, actor("other", Role.STATION_CLERK, "49053013")])
def test_lines_are_taken_only_from_the_stations_clerk(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        roster(UNDER_BRANCH).take_lines(by, NOW, "x", SEALS)


def test_an_approval_seals_the_lines() -> None:
    form = roster(UNDER_BRANCH)
    for verb in ("submit", "endorse", "approve"):
        take(form, verb)
    assert (form.approved_on, form.seal) == (date(2026, 4, 3), seal_pages(SEALS))
    fact = json.loads(form.outbox[-1].wire)["data"]
    assert fact["lines"] == {"4": 6, "3": 2}
    assert fact["seal"] == form.seal


def test_the_day_of_approval_is_the_day_in_china() -> None:
    form = roster(UNDER_BRANCH)
    form.state = ENDORSED
    form.approve(APPROVER, datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    assert form.approved_on == date(2027, 1, 1)


@pytest.mark.parametrize("heads", [(8, 8, 8), (10, 9, 8)])
def test_heads_may_shrink_on_the_way(heads: tuple[int, int, int]) -> None:
    form = roster(UNDER_BRANCH)
    form.attendance = Attendance(applied=heads[0], accepted=heads[1], examined=heads[2])
    form.submit(HEAD, NOW)
    assert form.state == SUBMITTED


@pytest.mark.parametrize("heads", [(7, 8, 8), (8, 7, 8), (5, 6, 7)])
def test_heads_never_grow_on_the_way(heads: tuple[int, int, int]) -> None:
    with pytest.raises(ValidationError, match="applied ≥ accepted ≥ examined"):
        Attendance(applied=heads[0], accepted=heads[1], examined=heads[2])


def test_nobody_passed_who_did_not_sit() -> None:
    form = roster(UNDER_BRANCH)
    form.attendance = Attendance(applied=8, accepted=8, examined=7)
    with pytest.raises(Invalid) as caught:
        form.submit(HEAD, NOW)
    assert [problem.where for problem in caught.value.problems] == ["/attendance/examined"]


def test_a_roster_is_not_submitted_before_the_exam_was_held() -> None:
    form = roster(UNDER_BRANCH)
    form.held_on = date(2026, 4, 4)
    with pytest.raises(Invalid, match="2026-04-04"):
        form.submit(HEAD, datetime(2026, 4, 3, 15, 59, tzinfo=UTC))
    form.submit(HEAD, datetime(2026, 4, 3, 16, 0, tzinfo=UTC))  # midnight in China


def test_a_roster_without_lines_cannot_be_submitted() -> None:
    form = roster(UNDER_BRANCH)
    form.pages = []
    with pytest.raises(Invalid) as caught:
        form.submit(HEAD, NOW)
    assert [problem.where for problem in caught.value.problems] == ["/pages"]


@pytest.mark.parametrize(
    ("path", "producing", "producer"),
    [
        (UNDER_BRANCH, {BRANCH}, BRANCH),
        (UNDER_BRANCH, set(), CENTRE),
        (UNDER_BRANCH, {"49060001", CENTRE}, CENTRE),
        (UNDER_BRANCH, {STATION}, CENTRE),
        (UNDER_CENTRE, {BRANCH, CENTRE}, CENTRE),
    ],
)
def test_who_makes_the_certificates(path: str, producing: set[str], producer: str) -> None:
    assert producer_of(path, frozenset(producing)) == producer


# --- actors -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "reached"),
    [
        ("/49000001/", UNDER_BRANCH, True),
        (f"/{CENTRE}/{BRANCH}/", UNDER_BRANCH, True),
        (UNDER_BRANCH, UNDER_BRANCH, True),
        ("/", UNDER_BRANCH, True),
        (UNDER_BRANCH, f"/{CENTRE}/{BRANCH}/", False),
        (f"/{CENTRE}/49060001/", UNDER_BRANCH, False),
        (f"/{CENTRE}/{BRANCH}/49053013/", UNDER_BRANCH, False),
    ],
)
def test_what_one_reaches(own: str, other: str, reached: bool) -> None:
    somebody = Actor("a", "a", "x", own, frozenset({Role.AUDITOR}))
    if reached:
        somebody.must_reach(other, WORDS, "it")
        return
    with pytest.raises(NotFound):
        somebody.must_reach(other, WORDS, "it")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", FORMS)
def test_what_lies_on_the_makers_desk_may_be_revised(form: Any, state: str) -> None:
    document = form(UNDER_BRANCH)
    document.state = state
    if state not in (DRAFT, RETURNED):
        with pytest.raises(WrongState) as caught:
            document.revise(HEAD, NOW, items=[])
        assert caught.value.state == state
        return
    document.revise(HEAD, NOW, items=[])
    assert (document.items, document.state, document.prepared_by) == ([], state, "head")
    assert (document.history[-1].verb, document.history[-1].by, document.outbox) == ("revise", "head", ())


@pytest.mark.parametrize("by", [OFFICER, APPROVER, actor("head", Role.STATION_HEAD, DIRECT)])
def test_nobody_else_revises(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        annual(UNDER_BRANCH).revise(by, NOW, items=[])
