"""Work reports (R2): their way up, their figures, and who owes one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.runtime.wiring import MACHINERY
from services.supervision.declares import KINDS
from services.supervision.figures.figures import Figures
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports import usecases as work_reports
from services.supervision.work_reports.owing import owes_report
from services.supervision.work_reports.requests import LONGEST_SECTION, NewWorkReport, WorkReportEntry
from services.supervision.work_reports.work_report import WorkReport, timeliness
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered
from shared.errors import Invalid, NotAllowed, WrongState
from shared.keeping.asked import Asked
from shared.procedure.approval import APPROVED, DISCARDED, DRAFT, ENDORSED, RETURNED, STATES, SUBMITTED, VERBS
from shared.trade.deadline import CHINA
from shared.trade.roles import Role
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
}
QUARTER = Quarter(2026, 1)
NOW = datetime(2026, 4, 3, 1, tzinfo=UTC)
DAYS = 15


def actor(id: str, role: Role, body: str) -> Actor:
    return Actor(id, id, body, PATHS[body], frozenset({role}))


CLERK = actor("clerk", Role.STATION_CLERK, STATION)
HEAD = actor("head", Role.STATION_HEAD, STATION)
OFFICER = actor("officer", Role.BRANCH_OFFICER, BRANCH)
APPROVER = actor("approver", Role.CENTRE_APPROVER, CENTRE)


def a_report(state: str = DRAFT, body: str = STATION, **more: Any) -> WorkReport:
    content = {"work_done": "组织鉴定三批", "problems": "考评人员不足", "suggestions": "无"}
    return WorkReport(
        id=f"{body}-2026-Q1",
        state=state,
        body=body,
        path=PATHS[body],
        prepared_by="somebody",
        submitted_by="somebody" if state != DRAFT else "",
        quarter="2026-Q1",
        **{**content, **more},
    )


# --- the way up -----------------------------------------------------------------------------------------------------------

ALLOWED = {
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "endorse"): ENDORSED,
    (ENDORSED, "approve"): APPROVED,
    (SUBMITTED, "send_back"): RETURNED,
    (ENDORSED, "send_back"): SUBMITTED,
    (SUBMITTED, "withdraw"): DRAFT,
    (ENDORSED, "withdraw"): SUBMITTED,
    (DRAFT, "discard"): DISCARDED,
    (RETURNED, "discard"): DISCARDED,
}
FACTS = {
    "submit": "submitted",
    "endorse": "endorsed",
    "approve": "approved",
    "send_back": "returned",
    "withdraw": "withdrawn",
    "discard": "discarded",
}
WAYS_TO = {
    DRAFT: (),
    SUBMITTED: ("submit",),
    ENDORSED: ("submit", "endorse"),
    APPROVED: ("submit", "endorse", "approve"),
    RETURNED: ("submit", "send_back"),
    DISCARDED: ("discard",),
}


def who(report: WorkReport, verb: str) -> Actor:
    if verb == "send_back":
        return APPROVER if report.state == ENDORSED else OFFICER
    if verb == "withdraw" and report.state == ENDORSED:
        return OFFICER
    return {"endorse": OFFICER, "approve": APPROVER}.get(verb, CLERK)


def brought_to(state: str) -> WorkReport:
    """By its verbs, and stored since."""
    report = a_report()
    for verb in WAYS_TO[state]:
        report.step(verb, who(report, verb), NOW, "理由")
    report.stored_as(1)
    return report


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    report = brought_to(state)
    if (state, verb) not in ALLOWED:
        with pytest.raises(WrongState):
            report.step(verb, who(report, verb), NOW, "理由")
        assert report.state == state
        return
    report.step(verb, who(report, verb), NOW, "理由")
    assert report.state == ALLOWED[state, verb]
    assert [row.key for row in report.outbox] == [f"work_report.{FACTS[verb]}.v1"]
    data = json.loads(report.outbox[0].wire)["data"]
    assert (data["report"], data["quarter"], data["at_desk"]) == (report.id, "2026-Q1", report.at_desk)


@pytest.mark.parametrize("state", STATES)
def test_figures_are_attached_while_it_lies_at_the_body(state: str) -> None:
    report = a_report(state)
    if state in (DRAFT, RETURNED):
        report.attach(Figures(sessions=3), NOW)
        assert report.figures == Figures(sessions=3)
    else:
        with pytest.raises(WrongState):
            report.attach(Figures(sessions=3), NOW)


def test_a_branch_reports_straight_to_the_centre() -> None:
    report = a_report(body=BRANCH)
    report.submit(OFFICER, NOW)
    assert report.at_desk == CENTRE
    report.approve(APPROVER, NOW)
    assert report.state == APPROVED


@pytest.mark.parametrize(
    ("state", "verb", "by"),
    [
        (DRAFT, "submit", OFFICER),
        (DRAFT, "submit", APPROVER),
        (SUBMITTED, "endorse", CLERK),
        (ENDORSED, "approve", OFFICER),
        (SUBMITTED, "send_back", APPROVER),
        (ENDORSED, "approve", actor("somebody", Role.CENTRE_APPROVER, CENTRE)),
    ],
)
def test_whose_turn_it_is_not(state: str, verb: str, by: Actor) -> None:
    with pytest.raises(NotAllowed):
        a_report(state).step(verb, by, NOW, "理由")


def test_nobody_reports_on_a_quarter_before_it_is_over_in_beijing() -> None:
    report = a_report()
    with pytest.raises(Invalid, match="2026-03-31"):
        report.submit(CLERK, datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC))
    assert (report.state, report.handed_in_at) == (DRAFT, None)
    report.submit(CLERK, datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert report.state == SUBMITTED


def test_empty_sections_are_all_named_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        a_report(problems="", suggestions=" \n ").submit(CLERK, NOW)
    assert [one.where for one in refusal.value.problems] == ["/problems", "/suggestions"]


def test_text_has_lines_and_bounds_and_nothing_unseen() -> None:
    good = {"work_done": " 一、组织鉴定\r\n\r\n二、发证 \n", "problems": "无", "suggestions": "无"}
    assert WorkReportEntry(**good).work_done == "一、组织鉴定\n\n二、发证"
    for wrong in ("x" * (LONGEST_SECTION + 1), "零宽\u200b字符", "\x07", "一\u2028二"):
        with pytest.raises(ValidationError):
            WorkReportEntry(**{**good, "problems": wrong})


# --- on time, late, missing ------------------------------------------------------------------------------------------------

LAST_MOMENT = datetime(2026, 4, 15, 15, 59, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 4, 15, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "handed_in_at", "now", "timely"),
    [
        (None, None, LAST_MOMENT, "pending"),
        (None, None, TOO_LATE, "missing"),
        (DRAFT, None, LAST_MOMENT, "pending"),
        (DRAFT, None, TOO_LATE, "missing"),
        (SUBMITTED, LAST_MOMENT, TOO_LATE, "on_time"),
        (SUBMITTED, TOO_LATE, TOO_LATE, "late"),
        (ENDORSED, LAST_MOMENT, TOO_LATE, "on_time"),
        (APPROVED, TOO_LATE, TOO_LATE, "late"),
        (RETURNED, LAST_MOMENT, LAST_MOMENT, "pending"),
        (RETURNED, LAST_MOMENT, TOO_LATE, "missing"),
    ],
)
def test_on_time_late_missing(state: str | None, handed_in_at: datetime | None, now: datetime, timely: str) -> None:
    report = a_report(state, handed_in_at=handed_in_at) if state else None
    assert timeliness(report, QUARTER, DAYS, now) == Figures(**{f"reports_{timely}": 1})


def test_a_return_does_not_make_it_late() -> None:
    report = a_report()
    report.submit(CLERK, LAST_MOMENT)
    report.send_back(OFFICER, TOO_LATE, "太简略")
    report.submit(CLERK, TOO_LATE + timedelta(days=3))
    assert report.handed_in_at == LAST_MOMENT
    assert timeliness(report, QUARTER, DAYS, TOO_LATE + timedelta(days=4)) == Figures(reports_on_time=1)


def test_what_was_taken_back_in_time_is_late_when_it_comes_again_too_late() -> None:
    report = a_report()
    report.submit(CLERK, LAST_MOMENT)
    report.withdraw(CLERK, TOO_LATE)
    assert report.handed_in_at is None
    assert timeliness(report, QUARTER, DAYS, TOO_LATE) == Figures(reports_missing=1)
    report.submit(CLERK, TOO_LATE)
    assert timeliness(report, QUARTER, DAYS, TOO_LATE) == Figures(reports_late=1)


async def test_what_was_returned_and_given_up_was_handed_in_all_the_same(store: SqliteStore) -> None:
    new = NewWorkReport(quarter="2026-Q1", work_done="鉴定", problems="无", suggestions="无")
    id = (await work_reports.draft(store, Asked(CLERK, LAST_MOMENT), "key", new)).id
    await work_reports.step(store, id, Asked(CLERK, LAST_MOMENT, 1), "submit")
    await work_reports.step(store, id, Asked(OFFICER, LAST_MOMENT, 2), "send_back", "太简略")
    given_up = await work_reports.step(store, id, Asked(CLERK, TOO_LATE, 3), "discard")
    assert timeliness(given_up, QUARTER, DAYS, TOO_LATE) == Figures(reports_missing=1)
    again = await work_reports.draft(store, Asked(HEAD, TOO_LATE), "another key", new)
    assert (again.state, again.prepared_by, again.figures) == (DRAFT, "head", None)
    again = await work_reports.step(store, id, Asked(HEAD, TOO_LATE, 5), "submit")
    assert timeliness(again, QUARTER, DAYS, TOO_LATE) == Figures(reports_on_time=1)


# --- who owes one ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    for code, path in [*PATHS.items(), ("99053012", "/99000001/99050001/99053012/")]:
        kind = {CENTRE: "centre", BRANCH: "branch"}.get(code, "station")
        await hear_of_body(opened, code, path, kind=kind)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("kind", "state", "owes"),
    [
        ("station", "", True),
        ("station", "licensed", True),
        ("station", "rectifying", True),
        ("station", "applied", False),
        ("station", "suspended", False),
        ("station", "revoked", False),
        ("branch", "registered", True),
        ("branch", "licensed", True),
        ("branch", "suspended", False),
        ("branch", "revoked", False),
        ("centre", "registered", False),
    ],
)
def test_who_owes_a_report(kind: str, state: str, owes: bool) -> None:
    assert owes_report(a_body(kind=kind, state=state), QUARTER) is owes
    assert not owes_report(a_body(kind=kind, state=state, path="/99000001/99050001/"), QUARTER)


def a_body(**said: Any) -> BodyRegistered:
    usual = {
        "body": STATION,
        "kind": "station",
        "path": PATHS[STATION],
        "name_zh": "名称",
        "name_en": "Name",
        "produces": False,
        "email": "office@example.org",
        "state": "licensed",
    }
    return BodyRegistered.model_validate({**usual, **said})


@pytest.mark.parametrize("kind", ["branch", "station"])
@pytest.mark.parametrize(
    ("registered_on", "owes"),
    [(None, True), ("2025-11-26", True), ("2026-03-31", True), ("2026-04-01", False), ("2026-11-26", False)],
)
def test_nobody_owes_a_report_on_what_lay_before_its_registration(
    kind: str, registered_on: str | None, owes: bool
) -> None:
    """None: an earlier release told it, and as then it counts as one that was always there."""
    assert owes_report(a_body(kind=kind, registered_on=registered_on), QUARTER) is owes


def a_licence(first: str, last: str) -> dict[str, Any]:
    return {"licence_no": "J-1", "valid_from": first, "valid_until": last, "scope": []}


@pytest.mark.parametrize(
    ("now", "former", "owes"),
    [
        (a_licence("2026-03-31", "2029-03-30"), [], True),
        (a_licence("2026-04-01", "2029-03-31"), [], False),
        (a_licence("2026-04-01", "2029-03-31"), [a_licence("2023-04-01", "2026-03-31")], True),
        (None, [], True),
    ],
)
def test_a_station_whose_first_licence_began_later_had_no_work_to_report_on(
    now: dict[str, Any] | None, former: list[dict[str, Any]], owes: bool
) -> None:
    station = a_body(registered_on="2026-01-05", licence=now, former_licences=former)
    assert owes_report(station, QUARTER) is owes


def test_a_station_whose_earlier_licences_were_not_kept_is_not_let_off() -> None:
    """It was licensed again before the upgrade, from April on; what it had in the quarter an earlier release did not keep."""
    now = a_licence("2026-04-01", "2029-03-31")
    assert owes_report(a_body(registered_on="2026-01-05", licence=now, licences_since="2026-03-20"), QUARTER)


@pytest.mark.parametrize("told", [{"registered_on": None}, {"licences_since": "2026-04-01"}])
def test_where_not_all_licences_are_told_none_counts_as_the_first(told: dict[str, Any]) -> None:
    """An earlier release replaced some, and kept none of them: the station was at work before."""
    said = {"registered_on": "2026-01-05", "licence": a_licence("2026-04-01", "2029-03-31"), **told}
    assert owes_report(a_body(**said), QUARTER)


async def test_nobody_writes_a_report_on_a_quarter_before_it_was_registered(store: SqliteStore) -> None:
    await hear_of_body(store, STATION, PATHS[STATION], registered_on="2026-04-01")
    new = NewWorkReport(quarter="2026-Q1")
    with pytest.raises(Invalid, match="registered on 2026-04-01"):
        await work_reports.draft(store, Asked(CLERK, NOW), "key", new)
    await work_reports.draft(store, Asked(CLERK, NOW), "other key", NewWorkReport(quarter="2026-Q2"))


async def test_a_report_is_drafted_revised_and_taken_further(store: SqliteStore) -> None:
    """From the first day of its quarter on; submitted after its last, with the figures as they stand then."""
    first_day, after = datetime(2026, 1, 1, tzinfo=CHINA), datetime(2026, 4, 1, tzinfo=CHINA)
    new = NewWorkReport(quarter="2026-Q1", work_done="鉴定", problems="无", suggestions="")
    with pytest.raises(Invalid, match="has not begun"):
        await work_reports.draft(store, Asked(CLERK, first_day - timedelta(seconds=1)), "key", new)
    report = await work_reports.draft(store, Asked(CLERK, first_day), "key", new)
    assert (report.id, report.prepared_by, report.figures) == (f"{STATION}-2026-Q1", "clerk", None)
    assert [(act.verb, act.at) for act in report.history] == [("draft", first_day)]
    entry = WorkReportEntry(work_done="鉴定三批", problems="无", suggestions="无")
    revised = await work_reports.revise(store, report.id, Asked(HEAD, after, 1), entry)
    assert (revised.work_done, revised.suggestions, revised.prepared_by) == ("鉴定三批", "无", "head")
    submitted = await work_reports.step(store, report.id, Asked(HEAD, after, 2), "submit")
    assert (submitted.state, submitted.figures, submitted.figures_cut_at) == (SUBMITTED, Figures(), after)
    returned = await work_reports.step(store, report.id, Asked(OFFICER, after, 3), "send_back", "过于简略")
    assert (returned.state, returned.returned_because) == (RETURNED, "过于简略")
