"""Sanctions and violations as tables of states and verbs; the ladder; four eyes; effects held against each other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.supervision.sanctions.effects import Chosen, differences, foreseen, foreseen_again, must_agree
from services.supervision.sanctions.measures import Step, standing_of
from services.supervision.sanctions.sanction import (
    CARRIED_OUT,
    CONFIRMED,
    DIFFERS,
    LIFTED,
    PROPOSED,
    SECONDED,
    STATES,
    SUPERSEDED,
    VERBS,
    WITHDRAWN,
    WITHOUT_EFFECT,
    Sanction,
)
from services.supervision.violations import violation as violations
from services.supervision.violations.violation import Trigger, Violation
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import MEASURES, Measure
from shared.contracts.windup import SERVICES, Effect, WindUpItem
from shared.contracts.words import STANDINGS
from shared.errors import Invalid, NotAllowed, Overtaken, Stale, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PATH = f"/{CENTRE}/{BRANCH}/{STATION}/"


def at_centre(id: str, role: Role = Role.CENTRE_APPROVER) -> Actor:
    return Actor(id, id, CENTRE, f"/{CENTRE}/", frozenset({role}))


PROPOSER, FIRST, SECOND, THIRD = (at_centre(id) for id in ("proposer", "first", "second", "third"))


def effect(id: str, service: Any = "plan", kind: Any = "session", **more: Any) -> Effect:
    content = {"choice": "void", "from_state": "approved", "to_state": "voided", "count": 3, **more}
    return Effect(service=service, kind=kind, id=id, **content)


FORESEEN = [effect("a"), effect("b"), effect("c", "reporting", "roster")]


def a_sanction(state: str = PROPOSED, measure: Measure = "suspension", **more: Any) -> Sanction:
    content: dict[str, Any] = {
        "id": "s",
        "state": state,
        "body": STATION,
        "path": PATH,
        "measure": measure,
        "reason": "泄题",
        "violations": ["v"],
        "proposed_by": "proposer",
        "confirmed_by": ["first"] if state == SECONDED else [],
        "effects": FORESEEN if measure == "revocation" else [],
    }
    return Sanction(**{**content, **more})


def take(sanction: Sanction, verb: str) -> bool | None:
    match verb:
        case "confirm":
            sanction.confirm(SECOND, NOW, "licensed", sanction.effects)
        case "withdraw":
            sanction.withdraw(PROPOSER, NOW, "撤回")
        case "lift":
            sanction.lift(FIRST, NOW, "整改合格")
        case "supersede":
            return sanction.supersede(FIRST, NOW, a_sanction(CONFIRMED, "revocation", id="graver"))
        case "take_result":
            return sanction.take_result(FIRST, NOW, "plan", [])
        case "take_standing":
            return sanction.take_standing(FIRST, NOW, Step(from_state="revoked", to_state="revoked"), lifting=False)
    return None


OF_A_SUSPENSION = {
    (PROPOSED, "confirm"): CONFIRMED,
    (SECONDED, "confirm"): CONFIRMED,
    (PROPOSED, "withdraw"): WITHDRAWN,
    (SECONDED, "withdraw"): WITHDRAWN,
    (CONFIRMED, "lift"): LIFTED,
    (CONFIRMED, "supersede"): SUPERSEDED,
    (CARRIED_OUT, "supersede"): SUPERSEDED,  # no suspension is ever carried out; the verb does not ask
    (DIFFERS, "supersede"): SUPERSEDED,
    (CONFIRMED, "take_result"): CONFIRMED,
    (CONFIRMED, "take_standing"): WITHOUT_EFFECT,
    **{(state, "take_standing"): state for state in (LIFTED, SUPERSEDED, CARRIED_OUT, DIFFERS)},
}
OF_A_REVOCATION = {
    (PROPOSED, "confirm"): SECONDED,
    (SECONDED, "confirm"): CONFIRMED,
    (PROPOSED, "withdraw"): WITHDRAWN,
    (SECONDED, "withdraw"): WITHDRAWN,
    (CONFIRMED, "take_result"): CONFIRMED,
    **{(state, "take_standing"): state for state in (CONFIRMED, LIFTED, SUPERSEDED, CARRIED_OUT, DIFFERS)},
}


@pytest.mark.parametrize(("measure", "table"), [("suspension", OF_A_SUSPENSION), ("revocation", OF_A_REVOCATION)])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(measure: Measure, table: dict[tuple[str, str], str], state: str, verb: str) -> None:
    sanction = a_sanction(state, measure)
    if (state, verb) in table:
        take(sanction, verb)
        assert sanction.state == table[state, verb]
    elif verb == "supersede":
        assert take(sanction, verb) is False
        assert sanction.state == state
    elif measure == "revocation" and (state, verb) == (CONFIRMED, "lift"):
        with pytest.raises(Invalid):
            take(sanction, verb)
    else:
        with pytest.raises(WrongState):
            take(sanction, verb)
        assert (sanction.state, sanction.outbox) == (state, ())


@pytest.mark.parametrize("verb", ["confirm", "withdraw", "lift"])
def test_only_the_centre_decides(verb: str) -> None:
    """An officer of the right role who sits elsewhere decides nothing."""
    sanction = a_sanction(CONFIRMED if verb == "lift" else PROPOSED)
    elsewhere = replace(SECOND, body=BRANCH)
    act = {
        "confirm": lambda: sanction.confirm(elsewhere, NOW, "licensed", []),
        "withdraw": lambda: sanction.withdraw(elsewhere, NOW, "撤回"),
        "lift": lambda: sanction.lift(elsewhere, NOW, "整改合格"),
    }[verb]
    with pytest.raises(NotAllowed, match=CENTRE):
        act()
    assert sanction.outbox == ()


@pytest.mark.parametrize("measure", MEASURES)
def test_who_confirms(measure: Measure) -> None:
    sanction = a_sanction(measure=measure)
    with pytest.raises(NotAllowed):
        sanction.confirm(PROPOSER, NOW, "licensed", sanction.effects)
    with pytest.raises(NotAllowed):
        sanction.confirm(at_centre("clerk", Role.CENTRE_CLERK), NOW, "licensed", sanction.effects)
    sanction.confirm(FIRST, NOW, "licensed", sanction.effects)
    if measure == "revocation":
        assert (sanction.state, sanction.disclosed) == (SECONDED, False)
        assert [row.key for row in sanction.outbox] == ["sanction.seconded.v1"]
        for again in (FIRST, PROPOSER):
            with pytest.raises(NotAllowed):
                sanction.confirm(again, NOW, "licensed", sanction.effects)
        sanction.confirm(SECOND, NOW, "licensed", sanction.effects)
    assert (sanction.state, sanction.disclosed) == (CONFIRMED, True)
    fact = json.loads(sanction.outbox[-1].wire)["data"]
    assert fact["until"] == ("2026-07-03" if measure == "rectification" else None)
    assert (fact["branch"], fact["measure"], fact["reason"]) == (BRANCH, measure, "泄题")
    assert "effects" not in fact


@pytest.mark.parametrize("measure", MEASURES)
def test_what_waits_for_the_centre_is_told_to_the_centre_alone(measure: Measure) -> None:
    """Whoever reads facts by their path finds none of the body concerned, nor the reason, which may say who it is."""
    sanction = a_sanction("", measure, skips_because="情节严重", violations=["of the station"])
    sanction.propose(PROPOSER, NOW, [], "licensed")
    sanction.confirm(FIRST, NOW, "licensed", sanction.effects)
    told = [row for row in sanction.outbox if row.key != "sanction.confirmed.v1"]
    assert [row.key for row in told] == ["sanction.proposed.v1", "sanction.seconded.v1"][: sanction.needed]
    for confirmed, row in enumerate(told):
        assert json.loads(row.wire)["data"] == {
            "sanction": "s",
            "body": CENTRE,
            "path": f"/{CENTRE}/",
            "measure": measure,
            "confirmed": confirmed,
            "needed": sanction.needed,
        }
        assert not any(word in row.wire for word in (STATION, BRANCH, "泄题", "of the station"))


LADDER: list[tuple[Measure, list[tuple[str, Measure]], bool]] = [
    ("notice", [], True),
    ("rectification", [], False),
    ("rectification", [(CONFIRMED, "notice")], True),
    ("suspension", [(CONFIRMED, "notice")], False),
    ("suspension", [(LIFTED, "rectification")], True),
    ("revocation", [(LIFTED, "rectification")], False),
    ("revocation", [(CONFIRMED, "suspension")], True),
    ("revocation", [(WITHDRAWN, "suspension"), (CONFIRMED, "notice")], False),
]


@pytest.mark.parametrize(("measure", "before", "next_step"), LADDER)
def test_a_skipped_step_needs_a_reason(measure: Measure, before: list[tuple[str, Measure]], next_step: bool) -> None:
    others = [a_sanction(state, one, id=f"{n}") for n, (state, one) in enumerate(before)]
    if next_step:
        a_sanction("", measure).propose(PROPOSER, NOW, others, "licensed")
        return
    with pytest.raises(Invalid) as refusal:
        a_sanction("", measure).propose(PROPOSER, NOW, others, "licensed")
    assert [problem.where for problem in refusal.value.problems] == ["/skips_because"]
    skipping = a_sanction("", measure, skips_because="情节严重")
    skipping.propose(PROPOSER, NOW, others, "licensed")
    assert skipping.state == PROPOSED


@pytest.mark.parametrize(
    ("measure", "state", "known"),
    [
        ("suspension", CONFIRMED, "suspension"),
        ("rectification", CONFIRMED, "suspension"),
        ("revocation", CARRIED_OUT, "revocation"),
        ("notice", CONFIRMED, "rectification"),
        ("suspension", PROPOSED, "suspension"),
    ],
)
def test_nothing_milder_beside_what_is_in_force(measure: Measure, state: str, known: Measure) -> None:
    with pytest.raises(Invalid) as refusal:
        a_sanction("", measure, skips_because="情节严重").propose(
            PROPOSER, NOW, [a_sanction(state, known, id="known")], "licensed"
        )
    (problem,) = refusal.value.problems
    assert problem.where == "/measure"
    can_be_lifted = state == CONFIRMED and known in ("rectification", "suspension")
    assert ("lift sanction known first" in problem.fix) is can_be_lifted, (
        "what to do stands there, where it can be done"
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"violations": []}, "/violations"),
        ({"until": date(2026, 4, 3)}, "/until"),
        ({"measure": "notice", "until": date(2026, 6, 1)}, "/until"),
        ({"measure": "rectification", "until": date(2026, 7, 4)}, "/until"),
    ],
)
def test_what_cannot_be_proposed(change: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refusal:
        a_sanction("", skips_because="情节严重", **{"measure": "suspension", **change}).propose(
            PROPOSER, NOW, [], "licensed"
        )
    assert [problem.where for problem in refusal.value.problems] == [where]


CAN_TAKE: dict[Measure, set[str]] = {
    "notice": {"registered", "applied", "licensed", "rectifying", "suspended", "revoked"},
    "rectification": {"licensed", "rectifying"},
    "suspension": {"licensed", "rectifying"},
    "revocation": {"applied", "licensed", "rectifying", "suspended"},
}


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("measure", MEASURES)
def test_a_body_that_cannot_take_a_measure_is_not_put_under_it(measure: Measure, standing: str) -> None:
    new, waiting = a_sanction("", measure, skips_because="情节严重"), a_sanction(measure=measure)
    if standing in CAN_TAKE[measure]:
        new.propose(PROPOSER, NOW, [], standing)
        waiting.confirm(FIRST, NOW, standing, waiting.effects)
        assert (new.state, waiting.confirmed_by) == (PROPOSED, ["first"])
        return
    for act in (
        lambda: new.propose(PROPOSER, NOW, [], standing),
        lambda: waiting.confirm(FIRST, NOW, standing, waiting.effects),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        (problem,) = refusal.value.problems
        assert problem.where == "/measure"
        assert all(word in problem.what for word in STANDINGS[standing])
    assert (new.history, waiting.history, waiting.outbox) == ([], [], ())


@pytest.mark.parametrize(
    ("kind", "state", "wanted"),
    [("station", "", "applied"), ("branch", "", "registered"), ("station", "suspended", "suspended")],
)
def test_the_standing_of_a_local_copy(kind: Any, state: str, wanted: str) -> None:
    content = {"body": STATION, "path": PATH, "name_zh": "", "name_en": "", "produces": False, "email": ""}
    assert standing_of(BodyRegistered(**content, kind=kind, state=state)) == wanted


@pytest.mark.parametrize(
    ("measure", "to", "state"),
    [
        ("rectification", "rectifying", CONFIRMED),
        ("rectification", "suspended", WITHOUT_EFFECT),
        ("suspension", "suspended", CONFIRMED),
        ("suspension", "revoked", WITHOUT_EFFECT),
        ("revocation", "revoked", CONFIRMED),
    ],
)
def test_what_became_of_the_standing_is_kept(measure: Measure, to: str, state: str) -> None:
    sanction = a_sanction(CONFIRMED, measure, disclosed=True)
    step, end = Step(from_state="licensed", to_state=to), Step(from_state=to, to_state="licensed")
    assert sanction.take_standing(FIRST, NOW, step, lifting=False)
    assert not sanction.take_standing(FIRST, NOW, end, lifting=False), "a repeat"
    assert (sanction.state, sanction.put, sanction.ended, sanction.outbox) == (state, step, None, ())
    assert sanction.binds is (state == CONFIRMED)
    assert [STANDINGS[to][0] in act.reason for act in sanction.history] == [True] * (state == WITHOUT_EFFECT)
    assert sanction.take_standing(FIRST, NOW, end, lifting=True)
    assert not sanction.take_standing(FIRST, NOW, step, lifting=True)
    assert (sanction.state, sanction.put, sanction.ended) == (state, step, end)


def test_the_four_parts_are_held_against_the_preview() -> None:
    for changed, state in ((False, CARRIED_OUT), (True, DIFFERS)):
        sanction = a_sanction(CONFIRMED, "revocation")
        for service in SERVICES:
            assert (sanction.state, sanction.outbox) == (CONFIRMED, ())
            part = [each for each in FORESEEN if each.service == service]
            if changed and service == "plan":
                part[0] = part[0].model_copy(update={"to_state": "approved"})
            assert sanction.take_result(FIRST, NOW, service, part[::-1])
            assert sanction.take_result(FIRST, NOW, service, []) is False
        assert sanction.state == state
        assert len(sanction.differs_in) == changed
        fact = json.loads(sanction.outbox[0].wire)["data"]
        assert (fact["agrees"], fact["effects"], fact["centre"]) == (not changed, 3, CENTRE)


# --- effects ----------------------------------------------------------------------------------------------------------


def item(id: str, **more: Any) -> WindUpItem:
    content = {"service": "plan", "kind": "session", "title": "", "state": "approved", "count": 3}
    choices = {"finish": "approved", "move": "approved", "void": "voided"}
    return WindUpItem(id=id, choices=more.pop("choices", choices), **{**content, **more})


def test_effects_are_the_choices_spelt_out() -> None:
    items = [item("b"), item("a"), item("r", service="plan", kind="reminder", choices={"void": "voided"}, count=1)]
    found = foreseen(
        items,
        {("plan", "session", "a"): Chosen("move", "T")},
        {"session": Chosen("finish"), "reminder": Chosen("void")},
    )
    assert [(one.id, one.choice, one.target, one.from_state, one.to_state, one.count) for one in found] == [
        ("r", "void", "", "approved", "voided", 1),
        ("a", "move", "T", "approved", "approved", 3),
        ("b", "finish", "", "approved", "approved", 3),
    ]
    assert foreseen_again(items[::-1], found) == found


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ([item("a")], "鉴定批次 b 已不在 · this changed since the preview: session b is gone"),
        ([item("a"), item("b"), item("c")], "鉴定批次 c 新出现 · this changed since the preview: session c is new"),
        ([item("a"), item("b", count=4)], "session b approved→approved (3) ≠ approved→approved (4)"),
        ([item("a"), item("b", state="submitted", choices={"void": "voided"})], "session b"),
    ],
)
def test_what_changed_is_named(now: Sequence[WindUpItem], change: str) -> None:
    frozen = foreseen([item("a"), item("b")], {}, {"session": Chosen("finish")})
    must_agree(frozen, frozen)
    with pytest.raises(Overtaken, match="changed") as caught:
        must_agree(frozen, foreseen_again(now, frozen))
    assert change in str(caught.value)
    assert isinstance(caught.value, Stale)


def test_a_long_list_of_changes_is_cut() -> None:
    frozen = foreseen([item(f"{n}") for n in range(9)], {}, {"session": Chosen("void")})
    assert len(differences(frozen, [])) == 9
    with pytest.raises(Overtaken, match=r"\+4"):
        must_agree(frozen, [])


# --- violations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", violations.STATES)
@pytest.mark.parametrize("verb", violations.VERBS)
def test_a_violation_is_decided_once(state: str, verb: str) -> None:
    violation = a_violation(state)
    act = violation.confirm if verb == "confirm" else violation.dismiss
    if state != violations.RAISED:
        with pytest.raises(WrongState):
            act(FIRST, NOW, "核实")
        return
    with pytest.raises(Invalid):
        act(FIRST, NOW, " ")
    with pytest.raises(NotAllowed):
        act(at_centre("raiser"), NOW, "核实")
    with pytest.raises(NotAllowed):
        act(at_centre("clerk", Role.CENTRE_CLERK), NOW, "核实")
    act(FIRST, NOW, "核实")
    assert violation.state == (violations.CONFIRMED if verb == "confirm" else violations.DISMISSED)
    assert violation.disclosed is (verb == "confirm")


def a_violation(state: str = violations.RAISED) -> Violation:
    return Violation(
        id="v",
        state=state,
        body=STATION,
        path=PATH,
        trigger=Trigger.PAPER_LEAK,
        source="hand",
        description="泄题",
        raised_by="raiser",
    )


def test_nobody_raises_one_against_their_own_body() -> None:
    own = Actor("o", "o", STATION, PATH, frozenset({Role.BRANCH_OFFICER}))
    with pytest.raises(Invalid):
        a_violation("").must_be_raised_by_hand(own)
    with pytest.raises(NotAllowed):
        a_violation("").must_be_raised_by_hand(at_centre("a", Role.AUDITOR))


def test_the_ladder_has_four_steps() -> None:
    assert get_args(Measure) == MEASURES


@pytest.mark.parametrize(
    ("chosen", "together"),
    [
        (Chosen("move", BRANCH), True),
        (Chosen("move", CENTRE), False),
        (Chosen("void"), False),
    ],
    ids=["to the same body", "to another body", "voided alone"],
)
def test_a_roster_goes_where_its_session_goes(chosen: Chosen, together: bool) -> None:
    choices = {"choices": {"move": "approved", "void": "voided"}}
    items = [item("p", **choices), item("p", service="reporting", kind="roster", **choices)]
    by_item = {("plan", "session", "p"): Chosen("move", BRANCH), ("reporting", "roster", "p"): chosen}
    if together:
        assert len(foreseen(items, by_item, {})) == 2
        return
    with pytest.raises(Invalid) as caught:
        foreseen(items, by_item, {})
    assert [problem.where for problem in caught.value.problems] == ["/wind_up/reporting/roster/p"]
