"""An inspection as a table of states and verbs, its terms, and who may do what."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.supervision.inspections.inspection import (
    CLOSED,
    MOST_EVIDENCE,
    PERFORMED,
    PLANNED,
    RECTIFYING,
    STATES,
    VERBS,
    WITHDRAWN,
    Category,
    Finding,
    Inspection,
    Severity,
)
from shared.actor import Actor
from shared.errors import Invalid, NotAllowed, NotFound, WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
TODAY, LAST = date(2026, 4, 3), date(2026, 7, 3)
CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PATH = f"/{CENTRE}/{BRANCH}/{STATION}/"
FOUND = [(Category.EXAMINERS, Severity.SERIOUS, "考评人员不足")]


def actor(role: Role, body: str) -> Actor:
    path = PATH[: PATH.index(body) + len(body) + 1] if body in PATH else f"/{CENTRE}/{body}/"
    return Actor(f"{role} of {body}", "", body, path, frozenset({role}))


CLERK = actor(Role.CENTRE_CLERK, CENTRE)
OFFICER = actor(Role.BRANCH_OFFICER, BRANCH)
HEAD = actor(Role.STATION_HEAD, STATION)


def an_inspection(
    state: str = PLANNED, *, findings: int = 1, rectify_by: date | None = LAST, by: Actor = CLERK
) -> Inspection:
    """Planned by `by`, and from there on as if it had come to that state."""
    over = state not in (PLANNED, WITHDRAWN)
    inspection = Inspection(
        id="i",
        state="",
        body=STATION,
        path=PATH,
        planned_on=TODAY,
        inspectors="检查人",
        planned_by="clerk",
        disclosed=over,
        performed_on=TODAY if over else None,
        findings=[
            Finding(n=n + 1, category=Category.FEES, severity=Severity.MINOR, description="收费")
            for n in range(findings if over else 0)
        ],
        rectify_by=rectify_by if over and findings else None,
    )
    inspection.move("plan", state, by, NOW)
    inspection.stored_as(1)
    return inspection


def take(inspection: Inspection, verb: str, at: datetime = NOW, by: Actor | None = None) -> None:
    match verb:
        case "perform":
            inspection.perform(by or CLERK, at, summary="", findings=FOUND, rectify_by=None)
        case "withdraw":
            inspection.withdraw(by or CLERK, at, "检查人员另有任务")
        case "close":
            inspection.close(by or CLERK, at)
        case "answer":
            inspection.answer(by or HEAD, at, "已补齐")
        case "pass":
            inspection.pass_recheck(by or CLERK, at, "")
        case "extend":
            inspection.extend(by or CLERK, at, LAST, "")
        case "escalate":
            inspection.escalate(by or CLERK, at, "")
        case "evidence":
            inspection.add_evidence(by or CLERK, at, 1, seal="sha256:x", title="照片", size=1)


TABLE = {
    (PLANNED, "perform"): PERFORMED,
    (PLANNED, "withdraw"): WITHDRAWN,
    (PERFORMED, "answer"): RECTIFYING,
    (PERFORMED, "evidence"): PERFORMED,
    (RECTIFYING, "answer"): RECTIFYING,
    (RECTIFYING, "evidence"): RECTIFYING,
    (RECTIFYING, "pass"): CLOSED,
    (RECTIFYING, "extend"): RECTIFYING,
    (RECTIFYING, "escalate"): CLOSED,
}
BEFORE_ITS_TERM = {(PERFORMED, "pass"), (PERFORMED, "extend"), (PERFORMED, "escalate"), (PERFORMED, "close")}
"""With findings, and the body has time left: the content is refused, not the state."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    inspection = an_inspection(state, rectify_by=date(2026, 6, 1))
    if (state, verb) in BEFORE_ITS_TERM:
        with pytest.raises(Invalid):
            take(inspection, verb)
    elif (state, verb) not in TABLE:
        with pytest.raises(WrongState):
            take(inspection, verb)
        assert (inspection.state, inspection.outgoing, len(inspection.history)) == (state, (), 1)
    else:
        take(inspection, verb)
        assert inspection.state == TABLE[state, verb]
        assert inspection.history[-1].verb == verb
        return
    assert inspection.state == state


def test_nothing_is_told_before_it_is_performed() -> None:
    inspection = Inspection.plan(CLERK, NOW, id="i", body=STATION, path=PATH, on=TODAY, inspectors="甲乙", purpose="")
    assert (inspection.state, inspection.disclosed, inspection.outbox) == (PLANNED, False, ())
    take(inspection, "perform")
    assert inspection.disclosed
    fact = json.loads(inspection.outbox[0].wire)["data"]
    assert fact == {
        "inspection": "i",
        "body": STATION,
        "path": PATH,
        "performed_on": "2026-04-03",
        "findings": 1,
        "rectify_by": "2026-07-03",
        "inspected_by": CENTRE,
    }


@pytest.mark.parametrize(
    ("summary", "found", "stands"), [("", [], False), (" ", [], False), ("看过考场", [], True), ("", FOUND, True)]
)
def test_nobody_records_an_inspection_without_a_word(summary: str, found: Any, stands: bool) -> None:
    inspection = an_inspection()
    if stands:
        inspection.perform(CLERK, NOW, summary=summary, findings=found, rectify_by=None)
        assert inspection.was_performed
        return
    with pytest.raises(Invalid) as refusal:
        inspection.perform(CLERK, NOW, summary=summary, findings=found, rectify_by=None)
    (problem,) = refusal.value.problems
    assert (problem.where, "写明检查了什么" in problem.fix) == ("/summary", True)
    assert (inspection.state, inspection.disclosed, inspection.was_performed, inspection.outgoing) == (
        PLANNED,
        False,
        False,
        (),
    )


@pytest.mark.parametrize(
    ("planned_by", "by", "may"),
    [
        (CLERK, CLERK, True),
        (CLERK, Actor("a colleague", "", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_CLERK})), True),
        (CLERK, OFFICER, False),
        (OFFICER, OFFICER, True),
        (OFFICER, CLERK, False),  # the Centre plans one of its own
        (OFFICER, actor(Role.BRANCH_OFFICER, "49060001"), False),
    ],
)
def test_the_office_that_planned_it_withdraws_it(planned_by: Actor, by: Actor, may: bool) -> None:
    """For good, and nobody else hears of it: no fact, not disclosed, its act for auditors above the body alone."""
    inspection = an_inspection(by=planned_by)
    if not may:
        with pytest.raises(NotAllowed):
            take(inspection, "withdraw", by=by)
        assert inspection.outgoing == ()
        return
    take(inspection, "withdraw", by=by)
    assert (inspection.state, inspection.disclosed, inspection.outbox) == (WITHDRAWN, False, ())
    assert (inspection.history[-1].by, inspection.history[-1].reason) == (by.id, "检查人员另有任务")
    (act,) = inspection.outgoing
    assert act.headers == {"path": planned_by.path}
    assert (inspection.was_performed, inspection.counted()) == (False, None)


def test_a_withdrawal_needs_a_reason() -> None:
    with pytest.raises(Invalid) as refusal:
        an_inspection().withdraw(CLERK, NOW, " ")
    assert [problem.where for problem in refusal.value.problems] == ["/reason"]


def test_without_findings_it_is_closed_at_once() -> None:
    inspection = an_inspection(PERFORMED, findings=0)
    for verb in ("answer", "pass", "extend", "escalate"):
        with pytest.raises(Invalid):
            take(inspection, verb)
    inspection.close(CLERK, NOW)
    assert (inspection.state, inspection.outcome) == (CLOSED, "clean")
    assert [row.key for row in inspection.outbox] == ["inspection.closed.v1"]


@pytest.mark.parametrize(("verb", "outcome"), [("pass", "rectified"), ("escalate", "escalated")])
def test_a_body_that_never_answers_is_rechecked_when_its_term_is_over(verb: str, outcome: str) -> None:
    inspection = an_inspection(PERFORMED)
    with pytest.raises(Invalid):
        take(inspection, verb, NOW + timedelta(days=91))
    take(inspection, verb, NOW + timedelta(days=92))
    assert (inspection.state, inspection.outcome, inspection.rechecks) == (CLOSED, outcome, 1)
    assert json.loads(inspection.outbox[0].wire)["data"]["outcome"] == outcome


@pytest.mark.parametrize("until", [TODAY, date(2026, 4, 2), date(2026, 7, 4)])
def test_a_term_lies_within_three_months(until: date) -> None:
    inspection = an_inspection()
    with pytest.raises(Invalid) as refusal:
        inspection.perform(CLERK, NOW, summary="", findings=FOUND, rectify_by=until)
    assert refusal.value.problems[0].where == "/rectify_by"
    late = an_inspection(RECTIFYING, rectify_by=date(2026, 5, 3))
    with pytest.raises(Invalid):
        late.extend(CLERK, NOW + timedelta(days=29), until, "")
    with pytest.raises(Invalid, match="later than the term before"):
        late.extend(CLERK, NOW, date(2026, 5, 3), "")


@pytest.mark.parametrize("by", [HEAD, actor(Role.CENTRE_APPROVER, CENTRE), actor(Role.AUDITOR, CENTRE)])
@pytest.mark.parametrize("verb", ["perform", "withdraw", "close", "pass", "extend", "escalate", "evidence"])
def test_only_inspectors_write(by: Actor, verb: str) -> None:
    state = PLANNED if verb in ("perform", "withdraw") else PERFORMED if verb == "close" else RECTIFYING
    inspection = an_inspection(state, findings=0 if verb == "close" else 1)
    with pytest.raises(NotAllowed):
        take(inspection, verb, by=by)


def test_a_branch_inspects_what_stands_below_it_and_nothing_else() -> None:
    take(an_inspection(), "perform", by=OFFICER)
    with pytest.raises(NotFound):
        take(an_inspection(), "perform", by=actor(Role.BRANCH_OFFICER, "49060001"))
    own: dict[str, Any] = {"body": BRANCH, "path": f"/{CENTRE}/{BRANCH}/"}
    with pytest.raises(Invalid, match="their own body"):
        Inspection.plan(OFFICER, NOW, id="i", on=TODAY, inspectors="甲乙", purpose="", **own)


@pytest.mark.parametrize("by", [CLERK, OFFICER, actor(Role.STATION_HEAD, "49053013")])
def test_only_the_body_answers(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        take(an_inspection(PERFORMED), "answer", by=by)


def test_the_same_file_twice_is_one_piece_of_evidence() -> None:
    inspection = an_inspection(PERFORMED)
    assert inspection.add_evidence(CLERK, NOW, 1, seal="sha256:a", title="照片", size=9)
    assert not inspection.add_evidence(CLERK, NOW, 1, seal="sha256:a", title="同一张", size=9)
    assert [piece.title for piece in inspection.finding(1).evidence] == ["照片"]
    assert inspection.evidence("sha256:a").size == 9
    with pytest.raises(NotFound):
        inspection.add_evidence(CLERK, NOW, 2, seal="sha256:b", title="照片", size=9)
    with pytest.raises(NotFound):
        inspection.evidence("sha256:b")
    for n in range(1, MOST_EVIDENCE):
        assert inspection.add_evidence(CLERK, NOW, 1, seal=f"sha256:{n}", title="照片", size=9)
    with pytest.raises(Invalid):
        inspection.add_evidence(CLERK, NOW, 1, seal="sha256:more", title="照片", size=9)


def test_no_inspection_in_the_past() -> None:
    with pytest.raises(Invalid):
        Inspection.plan(CLERK, NOW, id="i", body=STATION, path=PATH, on=date(2026, 4, 2), inspectors="甲乙", purpose="")
