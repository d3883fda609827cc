"""The standing of a body as a table, what contradicts itself in its entry and its licence, and what is noted for whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.directory.bodies.answers import BodyAnswer
from services.directory.bodies.body import Body, Entry, Host
from services.directory.bodies.standing import (
    APPLIED,
    LICENSED,
    RECTIFYING,
    REGISTERED,
    REVOKED,
    STATES,
    STRUCK_OFF,
    SUSPENDED,
    AnnualInspection,
    Standing,
)
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered, Licence, ScopeItem
from shared.contracts.occupations import occupations
from shared.contracts.words import MAY_APPRAISE, STANDINGS
from shared.errors import Invalid, NotAllowed, WrongState
from shared.ports import Record
from shared.trade.deadline import months_later
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
TODAY, LATEST = date(2026, 4, 3), date(2026, 7, 3)
CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"


def actor(id: str, *roles: Role) -> Actor:
    return Actor(id, id, CENTRE, f"/{CENTRE}/", frozenset(roles))


CLERK = actor("clerk", Role.CENTRE_CLERK)
APPROVER = actor("approver", Role.CENTRE_APPROVER)
SYSTEM = actor("supervision")  # carries out what two persons decided: no role
LICENCE = Licence(
    licence_no="机械-012",
    valid_from=date(2026, 1, 1),
    valid_until=date(2028, 12, 31),
    scope=[ScopeItem(occupation="6-04-01-01", levels=[5, 4, 3])],
)


def entry(**other: Any) -> Entry:
    return Entry(**{"name_zh": "示例站", "name_en": "Station", "email": "office@example.org", **other})


def a_body(state: str, kind: str = "station", **other: Any) -> Body:
    code, path = {
        "centre": (CENTRE, f"/{CENTRE}/"),
        "branch": (BRANCH, f"/{CENTRE}/{BRANCH}/"),
        "station": (STATION, f"/{CENTRE}/{BRANCH}/{STATION}/"),
    }[kind]
    body = Body(id=code, state="", kind=kind, path=path, **{**dict(entry()), **other})  # type: ignore[arg-type]
    body.move("register", state, CLERK, NOW)
    body.stored_as(1)
    if state in (LICENSED, RECTIFYING, SUSPENDED):
        body.licence = LICENCE
    return body


def the_right_one(body: Body) -> Body:
    """What `body` was registered as a second time."""
    right = a_body(LICENSED, body.kind)
    return right.model_copy(update={"id": f"{body.id[:5]}901", "path": f"/{CENTRE}/{body.id[:5]}901/"})


def inspected(body: Body, passed: bool) -> None:
    findings = [] if passed else ["量具未检定"]
    body.inspect(CLERK, NOW, year=2026, passed=passed, findings=findings, until=None if passed else LATEST)


def found(passed: bool) -> AnnualInspection:
    return AnnualInspection(year=2026, passed=passed, findings=[] if passed else ["量具未检定"], on=TODAY, by="clerk")


STEPS: dict[str, Callable[[Standing], Standing]] = {
    "license": lambda standing: standing.license(LICENCE),
    "pass": lambda standing: standing.inspect(found(True), None),
    "fail": lambda standing: standing.inspect(found(False), LATEST),
    "order_rectification": lambda standing: standing.order_rectification("考评人员不足", LATEST, TODAY),
    "clear_rectification": lambda standing: standing.clear_rectification("已整改"),
    "suspend": lambda standing: standing.suspend("超范围鉴定", None, TODAY),
    "reinstate": lambda standing: standing.reinstate("已整改"),
    "revoke": lambda standing: standing.revoke("伪造证书"),
    "strike_off": lambda standing: standing.strike_off("重复登记"),
}
VERBS: dict[str, Callable[[Body], None]] = {
    "change": lambda body: body.change(CLERK, NOW, entry(name_zh="新名称")),
    "license": lambda body: body.license(APPROVER, NOW, LICENCE),
    "pass": lambda body: inspected(body, True),
    "fail": lambda body: inspected(body, False),
    "order_rectification": lambda body: body.order_rectification(SYSTEM, NOW, "考评人员不足", LATEST),
    "clear_rectification": lambda body: body.clear_rectification(SYSTEM, NOW, "已整改"),
    "suspend": lambda body: body.suspend(SYSTEM, NOW, "超范围鉴定", None),
    "reinstate": lambda body: body.reinstate(SYSTEM, NOW, "已整改"),
    "revoke": lambda body: body.revoke(SYSTEM, NOW, "伪造证书"),
    "strike_off": lambda body: body.strike_off(APPROVER, NOW, "重复登记", the_right_one(body), ()),
}
TABLE: dict[str, dict[str, str]] = {
    REGISTERED: {"change": REGISTERED, "license": LICENSED, "strike_off": STRUCK_OFF},  # a branch centre
    APPLIED: {"change": APPLIED, "license": LICENSED, "revoke": REVOKED, "strike_off": STRUCK_OFF},
    LICENSED: {
        "change": LICENSED,
        "license": LICENSED,
        "pass": LICENSED,
        "fail": RECTIFYING,
        "order_rectification": RECTIFYING,
        "suspend": SUSPENDED,
        "revoke": REVOKED,
        "strike_off": STRUCK_OFF,
    },
    RECTIFYING: {
        "change": RECTIFYING,
        "license": RECTIFYING,
        "pass": RECTIFYING,
        "fail": RECTIFYING,
        "clear_rectification": LICENSED,
        "suspend": SUSPENDED,
        "revoke": REVOKED,
    },
    SUSPENDED: {"change": SUSPENDED, "reinstate": LICENSED, "revoke": REVOKED},
    REVOKED: {"change": REVOKED},
    STRUCK_OFF: {},
}


def facts(body: Body) -> list[tuple[str, str, dict[str, Any]]]:
    """(type, subject, data) of what was noted."""
    envelopes = [json.loads(row.wire) for row in body.outbox]
    return [(row.key, wire["subject"], wire["data"]) for row, wire in zip(body.outbox, envelopes, strict=True)]


def test_the_table_knows_every_state() -> None:
    assert set(TABLE) == set(STATES)
    assert set(STATES) >= MAY_APPRAISE


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    body = a_body(state, "branch" if state == REGISTERED else "station")
    wanted = TABLE[state].get(verb)
    if wanted is None:
        with pytest.raises(WrongState):
            VERBS[verb](body)
        assert (body.state, body.outbox, len(body.history)) == (state, (), 1)
        return
    VERBS[verb](body)
    assert body.state == wanted
    assert (body.history[-1].from_state, body.history[-1].to_state) == (state, wanted)
    noted = facts(body)
    assert [(key, about) for key, about, _ in noted[:2]] == [
        ("body.registered.v1", body.id),
        ("body.registered.v1", "99" + body.id[2:]),
    ]
    assert noted[0][2]["state"] == wanted
    assert noted[1][2]["state"] == (STRUCK_OFF if wanted == STRUCK_OFF else LICENSED)
    changed = [data for key, _, data in noted[2:] if key == "body.standing_changed.v1"]
    assert len(noted) == 2 + len(changed)
    assert [(data["from_state"], data["to_state"]) for data in changed] == ([(state, wanted)] * (state != wanted))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_every_step_of_the_standing_itself(state: str, step: str) -> None:
    """Each makes another standing, the same that the body has after the verb; the one before never changes."""
    body = a_body(state, "branch" if state == REGISTERED else "station")
    before, wanted = body.standing, TABLE[state].get(step)
    if wanted is None:
        with pytest.raises(WrongState, match=f"机构 {body.id} 现为“{STANDINGS[state][0]}”，不能"):
            STEPS[step](before)
    else:
        following = STEPS[step](before)
        assert following.state == wanted
        VERBS[step](body)
        assert body.standing == following
    assert before == a_body(state, "branch" if state == REGISTERED else "station").standing


def test_what_a_step_leaves_written() -> None:
    body = a_body(LICENSED)
    VERBS["order_rectification"](body)
    assert (body.because, body.until) == ("考评人员不足", LATEST)
    VERBS["license"](body)
    assert (body.because, body.until) == ("考评人员不足", LATEST), "another scope ends no rectification"
    VERBS["clear_rectification"](body)
    assert (body.because, body.until) == ("", None)
    body.suspend(SYSTEM, NOW, "超范围鉴定", date(2026, 5, 1))
    assert (body.because, body.until) == ("超范围鉴定", date(2026, 5, 1))
    assert facts(body)[-1][2] == {
        "body": STATION,
        "path": body.path,
        "above": BRANCH,
        "from_state": LICENSED,
        "to_state": SUSPENDED,
        "reason": "超范围鉴定",
        "until": "2026-05-01",
        "sanction": "",
        "lifting": False,
        "instead": None,
    }


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["order_rectification", "suspend", "revoke", "clear_rectification", "reinstate"])
def test_a_sanction_that_finds_nothing_to_change_leaves_an_act(verb: str, state: str) -> None:
    """The body is under that measure already: the newer reason and term count. Or it cannot take it: nothing is touched."""
    body = a_body(state)
    body.because, body.until = "年检不合格", date(2026, 5, 1)
    lifting = verb in ("clear_rectification", "reinstate")
    body.abide(verb, SYSTEM, NOW, "考评人员不足", sanction="s", until=LATEST, lifting=lifting)
    fits = (verb, state) in {("order_rectification", RECTIFYING), ("suspend", SUSPENDED)}
    assert body.state == state
    assert (body.because, body.until) == (("考评人员不足", LATEST) if fits else ("年检不合格", date(2026, 5, 1)))
    assert (body.history[-1].verb, body.history[-1].from_state, body.history[-1].to_state) == (verb, state, state)
    assert body.history[-1].reason == "考评人员不足"
    noted = [data for key, _, data in facts(body) if key == "body.standing_changed.v1"]
    assert [(data["to_state"], data["sanction"], data["lifting"]) for data in noted] == [(state, "s", lifting)]
    assert len(body.outgoing) <= 4


def test_what_a_sanction_does_says_so() -> None:
    body = a_body(LICENSED)
    body.order_rectification(SYSTEM, NOW, "考评人员不足", LATEST, sanction="a")
    body.clear_rectification(SYSTEM, NOW, "合格", sanction="a")
    body.suspend(SYSTEM, NOW, "超范围鉴定", sanction="b")
    body.reinstate(SYSTEM, NOW, "已整改", sanction="b")
    body.revoke(SYSTEM, NOW, "伪造证书", sanction="c")
    noted = [data for key, _, data in facts(body) if key == "body.standing_changed.v1"]
    assert [(data["sanction"], data["lifting"]) for data in noted] == [
        ("a", False),
        ("a", True),
        ("b", False),
        ("b", True),
        ("c", False),
    ]


# --- the licence --------------------------------------------------------------------------------------------------------


def test_four_eyes_and_roles() -> None:
    both = actor("clerk", Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
    with pytest.raises(NotAllowed, match="four eyes"):
        a_body(APPLIED).license(both, NOW, LICENCE)
    for nobody in (CLERK, SYSTEM, actor("b", Role.BRANCH_OFFICER), actor("o", Role.OPERATOR)):
        with pytest.raises(NotAllowed):
            a_body(APPLIED).license(nobody, NOW, LICENCE)
    with pytest.raises(NotAllowed):
        a_body(LICENSED).inspect(SYSTEM, NOW, year=2026, passed=True, findings=[], until=None)
    with pytest.raises(NotAllowed):
        a_body(LICENSED).change(APPROVER, NOW, entry())


def test_the_state_is_asked_before_the_role() -> None:
    """Whoever may not do it hears that nobody can."""
    with pytest.raises(WrongState):
        a_body(SUSPENDED).license(SYSTEM, NOW, LICENCE)
    with pytest.raises(WrongState):
        a_body(APPLIED).inspect(SYSTEM, NOW, year=2026, passed=True, findings=[], until=None)


def test_the_centre_holds_no_licence() -> None:
    with pytest.raises(Invalid):
        a_body(REGISTERED, "centre").license(APPROVER, NOW, LICENCE)


def scope(*rows: tuple[str, list[int]]) -> list[ScopeItem]:
    return [ScopeItem(occupation=occupation, levels=levels) for occupation, levels in rows]


WITHOUT_JUNIOR = next(known for known in occupations().values() if 5 not in known.levels)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"valid_until": date(2025, 12, 31)}, ["/valid_until"]),
        ({"scope": scope(("9-99-99-99", [5]))}, ["/scope/0/occupation"]),
        ({"scope": scope((WITHOUT_JUNIOR.code, [4, 5]))}, ["/scope/0/levels/1"]),
        ({"scope": scope(("6-04-01-01", [4]), ("6-04-01-01", [3]))}, ["/scope/1/occupation"]),
        ({"scope": scope(("6-04-01-01", [4, 4]))}, ["/scope/0/levels/1"]),
        (
            {
                "valid_until": date(2025, 1, 1),
                "scope": scope(("9-99-99-99", [5]), (WITHOUT_JUNIOR.code, [5]), ("9-99-99-99", [5])),
            },
            ["/valid_until", "/scope/0/occupation", "/scope/1/levels/0", "/scope/2/occupation", "/scope/2/occupation"],
        ),
    ],
)
def test_every_contradiction_of_a_licence_at_once(change: dict[str, Any], wanted: list[str]) -> None:
    body = a_body(APPLIED)
    with pytest.raises(Invalid) as refused:
        body.license(APPROVER, NOW, LICENCE.model_copy(update=change))
    assert [problem.where for problem in refused.value.problems] == wanted
    assert (body.state, body.licence) == (APPLIED, None)


def test_a_level_that_an_occupation_lacks_is_answered_with_those_it_has() -> None:
    with pytest.raises(Invalid) as refused:
        a_body(APPLIED).license(APPROVER, NOW, LICENCE.model_copy(update={"scope": scope((WITHOUT_JUNIOR.code, [5]))}))
    (problem,) = refused.value.problems
    assert WITHOUT_JUNIOR.name_zh in problem.what
    assert "四级/中级工" in problem.fix and "五级/初级工" not in problem.fix


# --- inspection and sanctions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ({"passed": False, "findings": ["x"], "until": None}, ["/until"]),
        ({"passed": False, "findings": ["x"], "until": date(2026, 7, 4)}, ["/until"]),
        ({"passed": False, "findings": ["x"], "until": date(2026, 4, 2)}, ["/until"]),
        ({"passed": False, "findings": [], "until": None}, ["/until", "/findings"]),
        ({"passed": True, "findings": [], "until": None, "year": 2027}, ["/year"]),
        ({"passed": True, "findings": [], "until": None, "year": 2025}, ["/year"]),
    ],
)
def test_an_inspection_that_cannot_be_recorded(content: dict[str, Any], wanted: list[str]) -> None:
    body = a_body(LICENSED)
    body.inspections = [AnnualInspection(year=2025, passed=True, findings=[], on=TODAY, by="clerk")]
    with pytest.raises(Invalid) as refused:
        body.inspect(CLERK, NOW, **{"year": 2026, **content})
    assert [problem.where for problem in refused.value.problems] == wanted
    assert len(body.inspections) == 1


def test_failing_again_moves_no_deadline_back() -> None:
    body = a_body(LICENSED)
    body.inspect(CLERK, NOW, year=2026, passed=False, findings=["量具未检定"], until=date(2026, 5, 1))
    body.inspect(CLERK, NOW, year=2026, passed=False, findings=["量具未检定"], until=LATEST)
    assert (body.state, body.until) == (RECTIFYING, date(2026, 5, 1))
    body.inspect(CLERK, NOW, year=2026, passed=True, findings=[], until=None)
    assert (body.state, body.until) == (RECTIFYING, date(2026, 5, 1)), "a clearance ends it, and nothing else"
    assert [inspection.passed for inspection in body.inspections] == [False, False, True]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (lambda body: body.order_rectification(SYSTEM, NOW, " ", LATEST), ["/reason"]),
        (lambda body: body.order_rectification(SYSTEM, NOW, "", date(2026, 8, 1)), ["/until", "/reason"]),
        (lambda body: body.suspend(SYSTEM, NOW, "", None), ["/reason"]),
        (lambda body: body.suspend(SYSTEM, NOW, "x", date(2026, 4, 2)), ["/until"]),
        (lambda body: body.revoke(SYSTEM, NOW, "\n"), ["/reason"]),
        (lambda body: body.order_rectification(SYSTEM, NOW, "x", date(2026, 4, 2)), ["/until"]),
        (lambda body: body.order_rectification(SYSTEM, NOW, "x", date(2026, 7, 4)), ["/until"]),
    ],
)
def test_a_sanction_needs_a_reason_and_a_possible_day(order: Callable[[Body], None], wanted: list[str]) -> None:
    body = a_body(LICENSED)
    with pytest.raises(Invalid) as refused:
        order(body)
    assert [problem.where for problem in refused.value.problems] == wanted
    assert body.state == LICENSED


def test_today_may_be_the_last_day_of_a_suspension_and_of_a_rectification() -> None:
    """And so may the very day three months on, of a rectification."""
    body = a_body(LICENSED)
    body.suspend(SYSTEM, NOW, "超范围鉴定", TODAY)
    assert (body.state, body.until) == (SUSPENDED, TODAY)
    for last in (TODAY, LATEST):
        body = a_body(LICENSED)
        body.order_rectification(SYSTEM, NOW, "考评人员不足", last)
        assert (body.state, body.until) == (RECTIFYING, last)
        body = a_body(LICENSED)
        body.inspect(CLERK, NOW, year=2026, passed=False, findings=["量具未检定"], until=last)
        assert (body.state, body.until) == (RECTIFYING, last)


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (SUSPENDED, lambda body: body.reinstate(SYSTEM, NOW, " ")),
        (RECTIFYING, lambda body: body.clear_rectification(APPROVER, NOW, " ")),
    ],
)
def test_a_reinstatement_and_a_clearance_need_a_reason(state: str, end: Callable[[Body], None]) -> None:
    body = a_body(state)
    with pytest.raises(Invalid) as refused:
        end(body)
    assert [problem.where for problem in refused.value.problems] == ["/reason"]
    assert body.state == state


def test_a_passed_inspection_leaves_the_body_as_it_is_whatever_day_is_named() -> None:
    body = a_body(LICENSED)
    body.inspect(CLERK, NOW, year=2026, passed=True, findings=[], until=LATEST)
    assert (body.state, body.until, body.because, body.history[-1].reason) == (LICENSED, None, "", "")
    failed = a_body(LICENSED)
    inspected(failed, False)
    assert failed.history[-1].reason == failed.because != ""


def test_whoever_lifts_without_a_sanction_is_not_told_as_one() -> None:
    body = a_body(RECTIFYING)
    body.clear_rectification(CLERK, NOW, "合格")
    (noted,) = [data for key, _, data in facts(body) if key == "body.standing_changed.v1"]
    assert (noted["sanction"], noted["lifting"]) == ("", False)


def test_registrars_register_and_nobody_else() -> None:
    content = {"industry": "49", "code": CENTRE, "kind": "centre", "above": None, "parent": None, "entry": entry()}
    for by in (CLERK, actor("o", Role.OPERATOR)):
        Body.register(by, NOW, **content)
    for by in (APPROVER, SYSTEM, actor("b", Role.BRANCH_OFFICER)):
        with pytest.raises(NotAllowed):
            Body.register(by, NOW, **content)


@pytest.mark.parametrize(
    ("kind", "given", "has"),
    [
        ("centre", False, True),
        ("centre", True, True),
        ("branch", False, False),
        ("branch", True, True),
    ],
)
def test_the_centre_always_makes_certificates_others_when_they_hold_the_right(
    kind: Any, given: bool, has: bool
) -> None:
    code, above = {"centre": (CENTRE, None), "branch": (BRANCH, CENTRE)}[kind]
    parent = a_body(REGISTERED, "centre") if above else None
    body = Body.register(
        CLERK, NOW, industry="49", code=code, kind=kind, above=above, parent=parent, entry=entry(produces=given)
    )
    assert body.produces is has
    body.change(CLERK, NOW, entry(produces=not given))
    assert body.produces is (kind == "centre" or not given)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 4, 3), date(2026, 7, 3)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_three_months(day: date, later: date) -> None:
    assert months_later(day, 3) == later


# --- the place in the tree ------------------------------------------------------------------------------------------------

TREE = {
    "centre": a_body(REGISTERED, "centre"),
    "branch": a_body(REGISTERED, "branch"),
    "station": a_body(LICENSED),
}


@pytest.mark.parametrize(
    ("code", "kind", "above", "parent", "other", "wanted"),
    [
        ("49053012", "station", "49050001", "branch", {}, {}),
        ("49003007", "station", CENTRE, "centre", {}, {}),
        ("49060001", "branch", CENTRE, "centre", {}, {}),
        (CENTRE, "centre", None, None, {}, {}),
        ("49053012", "station", None, None, {}, {"/parent": 1}),
        ("49053012", "station", "49070001", None, {}, {"/parent": 1}),
        ("49053012", "station", "49053012", None, {}, {"/parent": 1}),
        ("49070001", "branch", "49000009", None, {}, {"/parent": 1}),
        ("49050001", "branch", STATION, "station", {}, {"/parent": 2}),  # below itself, and no parent of branches
        ("49053013", "station", STATION, "station", {}, {"/parent": 1}),
        (CENTRE, "centre", BRANCH, "branch", {}, {"/parent": 2}),
        ("49000002", "branch", CENTRE, "centre", {}, {"/code": 1}),  # 00
        ("49050002", "branch", CENTRE, "centre", {}, {"/code": 1}),  # another branch's digits
        ("49063012", "station", BRANCH, "branch", {}, {"/code": 1}),
        ("49053012", "station", CENTRE, "centre", {}, {"/code": 1}),
        ("49050012", "station", BRANCH, "branch", {}, {"/code": 1}),  # wrong type digit
        ("49053000", "station", BRANCH, "branch", {}, {"/code": 1}),
        ("10012003", "station", None, None, {}, {"/code": 2, "/parent": 1}),
        ("99053012", "station", BRANCH, "branch", {}, {"/code": 1}),  # nobody registers a twin
        (
            "10002000",
            "branch",
            "10002000",
            None,
            {"postal_code": "1000", "phone": "call me"},
            {"/code": 4, "/parent": 1, "/postal_code": 1, "/phone": 1},
        ),
    ],
)
def test_every_contradiction_of_a_registration_at_once(
    code: str, kind: Any, above: str | None, parent: str | None, other: dict[str, str], wanted: dict[str, int]
) -> None:
    def register() -> Body:
        known = TREE[parent] if parent else None
        return Body.register(
            CLERK,
            NOW,
            industry="49",
            code=code,
            kind=kind,
            above=above,
            parent=known,
            entry=entry(**other),
            branches=[TREE["branch"]],
        )

    if not wanted:
        assert register().state == (APPLIED if kind == "station" else REGISTERED)
        return
    with pytest.raises(Invalid) as refused:
        register()
    places = [problem.where for problem in refused.value.problems]
    assert {place: places.count(place) for place in places} == wanted


def test_a_body_cannot_be_its_own_parent() -> None:
    with pytest.raises(Invalid) as refused:
        Body.register(
            CLERK, NOW, industry="49", code=STATION, kind="station", above=STATION, parent=None, entry=entry()
        )
    assert ["own parent" in problem.what for problem in refused.value.problems] == [True]


def test_a_licence_of_one_day_is_a_licence() -> None:
    body = a_body(APPLIED)
    body.license(APPROVER, NOW, LICENCE.model_copy(update={"valid_until": LICENCE.valid_from}))
    assert body.state == LICENSED


def test_nobody_is_registered_under_a_revoked_body() -> None:
    parent = a_body(REVOKED, "branch")
    with pytest.raises(Invalid, match="registered like this") as refused:
        Body.register(
            CLERK, NOW, industry="49", code=STATION, kind="station", above=BRANCH, parent=parent, entry=entry()
        )
    assert [problem.where for problem in refused.value.problems] == ["/parent"]


# --- the entry --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone", ["13900000000", "010-12345678", "０１０－１２３４５６７８", "0451-1234567-801", "400-123-4567", ""]
)
@pytest.mark.parametrize("postal_code", ["010000", " 100 000 ", ""])
def test_phones_and_postal_codes_that_pass(phone: str, postal_code: str) -> None:
    body = a_body(APPLIED)
    body.change(CLERK, NOW, entry(phone=phone, postal_code=postal_code))
    assert all(char in "0123456789-" for char in body.phone + body.postal_code)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("postal_code", "10000"),
        ("postal_code", "1000000"),
        ("postal_code", "10000A"),
        ("phone", "12"),
        ("phone", "12345678901"),
    ],
)
def test_phones_and_postal_codes_that_do_not(field: str, value: str) -> None:
    body = a_body(APPLIED)
    with pytest.raises(Invalid) as refused:
        body.change(CLERK, NOW, entry(**{field: value}))
    assert [problem.where for problem in refused.value.problems] == [f"/{field}"]
    assert getattr(body, field) == ""


def test_a_doubtful_credit_code_warns_and_blocks_nothing() -> None:
    body = a_body(APPLIED)
    body.change(CLERK, NOW, entry(host=Host(name_zh="示例公司", credit_code="91350100m000100y43")))
    assert body.host is not None and body.host.credit_code == "91350100M000100Y43"
    assert BodyAnswer.of(body).warnings == []
    body.change(CLERK, NOW, entry(host=Host(name_zh="示例公司", credit_code="91350100M000100Y44")))
    assert [warning.where for warning in BodyAnswer.of(body).warnings] == ["/host/credit_code"]
    body.change(CLERK, NOW, entry())
    assert (body.host, BodyAnswer.of(body).warnings) == (None, [])


def test_the_person_to_ask_for_stays_in_the_directory() -> None:
    body = a_body(APPLIED)
    body.change(CLERK, NOW, entry(contact="张伟", phone="13900000000", address="示例路 1 号"))
    assert body.outbox
    for row in body.outbox:
        assert not any(private in row.wire for private in ("张伟", "13900000000", "示例路"))


def test_whom_letters_go_to_is_told_with_name_and_official_mailbox_and_nothing_else() -> None:
    body = a_body(APPLIED)
    people = {"contact": "张伟", "contact_email": "zhang@office.example.org", "deputy": "赵强"}
    body.change(CLERK, NOW, entry(**people, phone="13900000000"))
    told = BodyRegistered.from_data(facts(body)[0][2])
    assert (told.contact_name, told.contact_email) == ("张伟", "zhang@office.example.org")
    assert (told.deputy_name, told.deputy_email) == ("", ""), "a deputy without a mailbox gets no letters"
    assert not any("13900000000" in row.wire for row in body.outbox)


# --- twins and old documents ------------------------------------------------------------------------------------------------


def test_the_twin_has_the_scope_of_its_body_or_every_occupation_and_never_ends() -> None:
    body = a_body(APPLIED, produces=True)
    body.change(CLERK, NOW, entry(produces=True))
    (_, _, data) = facts(body)[1]
    twin = BodyRegistered.from_data(data)
    assert (twin.body, twin.path) == ("99053012", "/99000001/99050001/99053012/")
    assert (twin.name_zh, twin.name_en, twin.produces) == ("（培训）示例站", "(Training) Station", True)
    assert twin.licence is not None
    assert {(row.occupation, level) for row in twin.licence.scope for level in row.levels} == {
        (known.code, level) for known in occupations().values() for level in known.levels
    }
    assert twin.licence.valid_on(date(2000, 1, 1)) and twin.licence.valid_on(date(2099, 12, 31))
    body.license(APPROVER, NOW, LICENCE)
    body.revoke(SYSTEM, NOW, "伪造证书")
    last = [data for key, about, data in facts(body) if about == "99053012"][-1]
    twin = BodyRegistered.from_data(last)
    assert twin.licence is not None
    assert (twin.state, twin.licence.scope) == (LICENSED, LICENCE.scope)


def test_sequences_of_twin_and_body_rise_together() -> None:
    """Local copies are kept by subject with the sequence as watermark: a later change must win for both."""
    body = a_body(APPLIED)
    VERBS["change"](body)
    VERBS["license"](body)
    wires = [json.loads(row.wire) for row in body.outbox]
    for about in (STATION, "99053012"):
        sequences = [wire["sequence"] for wire in wires if wire["subject"] == about]
        assert sequences == sorted(sequences) and len(set(sequences)) == len(sequences)
    assert len({wire["id"] for wire in wires}) == len(wires)


OF_RELEASE_0_1 = {
    "kind": "station",
    "path": f"/{CENTRE}/{BRANCH}/{STATION}/",
    "name_zh": "示例站",
    "name_en": "Station",
    "produces": False,
    "email": "office@example.org",
    "address": "",
    "state": "registered",
    "request": "r",
    "history": [
        {
            "at": "2026-01-05T01:00:00Z",
            "by": "operator",
            "name": "operator",
            "body": "",
            "verb": "register",
            "from_state": "",
            "to_state": "registered",
            "reason": "",
        }
    ],
}


def test_a_station_of_release_0_1_has_applied() -> None:
    body = Body.from_record(Record(STATION, OF_RELEASE_0_1, 3, 1))
    assert (body.state, body.licence, body.host, body.registered_by) == (APPLIED, None, None, "operator")
    body.license(APPROVER, NOW, LICENCE)
    assert Body.from_record(body.as_record()).state == LICENSED


@pytest.mark.parametrize("kind", ["centre", "branch"])
def test_a_centre_of_release_0_1_stays_registered(kind: str) -> None:
    assert Body.from_record(Record("49050001", {**OF_RELEASE_0_1, "kind": kind}, 3, 1)).state == REGISTERED


def test_a_hundred_changes_fit_into_an_outbox_while_the_bus_is_away() -> None:
    """Four rows at most for one change (docs/decisions/0017-standing.md), four hundred in an outbox."""
    for state in STATES:
        for verb in TABLE[state]:
            body = a_body(state, "branch" if state == REGISTERED else "station")
            VERBS[verb](body)
            assert len(body.outgoing) <= 4, (state, verb)


@pytest.mark.parametrize("last", [TODAY, LATEST], ids=["today", "three months from now"])
def test_a_rectification_may_end_today_or_in_three_months_at_the_latest(last: date) -> None:
    """The last day counts itself, until midnight in China."""
    ordered, failed = a_body(LICENSED), a_body(LICENSED)
    ordered.order_rectification(SYSTEM, NOW, "考评人员不足", last)
    failed.inspect(CLERK, NOW, year=2026, passed=False, findings=["量具未检定"], until=last)
    assert [(body.state, body.until) for body in (ordered, failed)] == [(RECTIFYING, last)] * 2


@pytest.mark.parametrize("last", [TODAY, date(2030, 1, 1), None], ids=["today", "in years", "open"])
def test_a_suspension_may_end_today_or_whenever(last: date | None) -> None:
    body = a_body(LICENSED)
    body.suspend(SYSTEM, NOW, "超范围鉴定", last)
    assert (body.state, body.until) == (SUSPENDED, last)
