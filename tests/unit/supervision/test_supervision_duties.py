"""Who is reminded of a work report (R2) and of a rectification (rules §4.9), and when: every mark once, nobody who does not owe
one, nobody any more who did it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision.declares import KINDS
from services.supervision.duties import rectification, work_report
from services.supervision.duties.duty import RECTIFICATION, WORK_REPORT, SupervisionDuty
from services.supervision.duties.watching import duties
from services.supervision.figures.quarter import Quarter
from services.supervision.handlers import handlers
from services.supervision.inspections.inspection import Category, Inspection, Severity
from services.supervision.sanctions.measures import Step
from services.supervision.sanctions.sanction import Sanction
from services.supervision.work_reports.work_report import WorkReport
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import FACTS, Measure, SanctionConfirmed, WorkReportSubmitted
from shared.errors import Unavailable
from shared.keeping import repository
from shared.ports import Record
from shared.trade.roles import Role
from tests.world.dutiful import DutyWorld, morning
from tests.world.empty import empty_house
from tests.world.hearing import hear_of_body, told

CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
}
OWING = (BRANCH, STATION, DIRECT)
Q1 = Quarter(2026, 1)
REPORT = f"{STATION}-2026-Q1.work_report"


def actor(id: str, role: Role, body: str) -> Actor:
    return Actor(id, id, body, PATHS[body], frozenset({role}))


HEAD = actor("head", Role.STATION_HEAD, STATION)
OFFICER = actor("officer", Role.BRANCH_OFFICER, BRANCH)
CLERK = actor("clerk", Role.CENTRE_CLERK, CENTRE)
APPROVER = actor("approver", Role.CENTRE_APPROVER, CENTRE)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DutyWorld]:
    opened = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    for code, path in [*PATHS.items(), ("99053012", "/99000001/99050001/99053012/")]:
        kind = {CENTRE: "centre", BRANCH: "branch"}.get(code, "station")
        await hear_of_body(opened, code, path, kind=kind, state="licensed")
    yield DutyWorld(opened, duties, SupervisionDuty)
    await opened.close()


# --- work reports -----------------------------------------------------------------------------------------------------


def report_taken_through(*steps: tuple[str, str]) -> WorkReport:
    """steps: verb and day."""
    report = WorkReport(
        id=f"{STATION}-2026-Q1",
        state="draft",
        body=STATION,
        path=PATHS[STATION],
        prepared_by="clerk of the station",
        quarter="2026-Q1",
        work_done="组织鉴定三批",
        problems="无",
        suggestions="无",
    )
    people = {"endorse": OFFICER, "send_back": OFFICER, "approve": APPROVER}
    for verb, day in steps:
        report.step(verb, people.get(verb, HEAD), morning(day), "理由")
    return report


async def test_everybody_at_work_is_reminded_from_the_end_of_the_quarter_on(world: DutyWorld) -> None:
    """The mark of thirty days lies in the quarter: nobody is asked for what cannot be handed in yet."""
    await world.days("2026-03-30", "2026-05-02")
    marks = await world.marks()
    april = [14, 7, 3, 1, 0, -1, -3, -10]
    assert {id: marks[id] for id in marks if "2026-Q1" in id} == {
        f"{code}-2026-Q1.work_report": april for code in OWING
    }
    opened = (await world.told("opened"))[REPORT]
    assert [(one["since"], one["due_on"], one["period"]) for one in opened] == [("2026-04-01", "2026-04-15", "2026-Q1")]
    overdue = [(one["mark"], one["above"]) for one in (await world.told())[REPORT] if one["overdue"]]
    assert overdue == [(-1, None), (-3, BRANCH), (-10, BRANCH)]


async def test_two_years_are_walked_and_every_mark_is_told_once(world: DutyWorld) -> None:
    await world.days("2027-01-01", "2028-12-31")
    marks = await world.marks()
    quarters = ["2026-Q4", *(f"{year}-Q{n}" for year in (2027, 2028) for n in (1, 2, 3, 4))][:-1]
    assert set(marks) == {f"{body}-{quarter}.work_report" for body in OWING for quarter in quarters}
    for each in marks.values():
        assert each == sorted(set(each), reverse=True) and -3 in each
    assert set((await world.states()).values()) <= {"open", "lapsed"}


async def test_it_is_asked_for_until_the_next_quarter_is_over(world: DutyWorld) -> None:
    await world.days("2026-06-25", "2026-07-10")
    (settled,) = (await world.told("settled"))[REPORT]
    assert settled["lapsed"] and not settled["late"]


@pytest.mark.parametrize(
    ("steps", "owed"),
    [
        ((), True),
        ((("submit", "2026-04-03"),), False),
        ((("submit", "2026-04-03"), ("endorse", "2026-04-04"), ("approve", "2026-04-05")), False),
        ((("submit", "2026-04-03"), ("send_back", "2026-04-04")), True),
        ((("submit", "2026-04-03"), ("withdraw", "2026-04-04")), True),
        ((("discard", "2026-04-03"),), True),
    ],
    ids=lambda value: "-".join(verb for verb, _ in value) if isinstance(value, tuple) else "",
)
async def test_who_has_handed_in_is_left_in_peace(
    world: DutyWorld, steps: tuple[tuple[str, str], ...], owed: bool
) -> None:
    await world.days("2026-04-01", "2026-04-05")
    await repository.add(world.store, report_taken_through(*steps))
    for _ in range(2):  # however often it is told
        await world.keeper.look_at(work_report.key_of(STATION, Q1), WORK_REPORT.what)
    await world.days("2026-04-06", "2026-04-20")
    marks = [mark for id, told in (await world.marks()).items() if id.startswith(REPORT) for mark in told]
    assert marks == ([14, 7, 3, 1, 0, -1, -3] if owed else [14])
    settled = (await world.told("settled")).get(REPORT, [])
    assert [one["late"] for one in settled] == ([False] if any("submit" in step for step in steps) else [])


async def test_a_report_on_its_way_waits_for_the_offices(world: DutyWorld) -> None:
    report = report_taken_through(("submit", "2026-04-03"))
    await repository.add(world.store, report)
    jobs = handlers(empty_house(store=world.store, clock=world.clock))["duties"]
    world.at(morning("2026-04-03"))
    fact = WorkReportSubmitted(report=report.id, body=STATION, path=PATHS[STATION], at_desk=BRANCH, quarter="2026-Q1")
    await jobs[WorkReportSubmitted.TYPE](told(report.id, fact))
    opened = await world.told("opened")
    assert [(one["body"], one["concerns"], one["what"]) for facts in opened.values() for one in facts] == [
        (BRANCH, STATION, "work_report_endorsement")
    ]


def test_every_fact_that_changes_who_owes_is_taken() -> None:
    taken = set(handlers(empty_house())["duties"])
    wanted = {
        fact.TYPE
        for fact in (*FACTS, BodyRegistered)
        if fact.TYPE.partition(".")[0] in ("work_report", "inspection", "body")
        or fact.TYPE in ("sanction.confirmed.v1", "sanction.lifted.v1")
    }
    assert taken == wanted - {"work_report.due.v1"}


async def test_what_an_earlier_release_told_is_not_told_again(world: DutyWorld) -> None:
    await world.store.add(work_report.EARLIER.name, Record(f"{STATION}-2026-Q1", {"marked": [14, 7]}))
    await world.day("2026-04-09")
    marks = await world.marks()
    assert REPORT not in marks and marks[f"{DIRECT}-2026-Q1.work_report"] == [7]
    await world.day("2026-04-13")
    assert (await world.marks())[REPORT] == [3]


@pytest.mark.parametrize("state", ["revoked", "struck_off", "suspended", "applied"])
async def test_whoever_is_not_at_work_owes_none(world: DutyWorld, state: str) -> None:
    await hear_of_body(world.store, STATION, PATHS[STATION], state=state)
    await world.days("2026-04-01", "2026-04-08")
    assert REPORT not in await world.marks()


async def test_whoever_was_registered_after_the_quarter_owes_the_next_one_first(world: DutyWorld) -> None:
    await hear_of_body(world.store, STATION, PATHS[STATION], state="licensed", registered_on="2026-11-26")
    await world.days("2026-10-08", "2027-01-16")
    marks = await world.marks()
    assert f"{STATION}-2026-Q3.work_report" not in marks
    assert marks[f"{STATION}-2026-Q4.work_report"][-1] == 0


async def test_a_body_that_goes_meanwhile_owes_nothing_any_more_from_that_fact_on(world: DutyWorld) -> None:
    await repository.add(world.store, sanctioned("2026-04-03", "2026-05-27"))
    await world.day("2026-04-08")
    jobs = handlers(empty_house(store=world.store, clock=world.clock))["duties"]
    gone = BodyRegistered.model_validate(
        {
            "body": STATION,
            "kind": "station",
            "path": PATHS[STATION],
            "name_zh": "名称",
            "name_en": "Name",
            "produces": False,
            "email": "",
            "state": "revoked",
        }
    )
    await jobs[BodyRegistered.TYPE](told(STATION, gone))
    ended = await world.told("settled")
    assert {id: [one["lapsed"] for one in ended[id]] for id in ended} == {REPORT: [True], SANCTIONED: [True]}


async def test_two_clocks_at_once_double_nothing(world: DutyWorld) -> None:
    others = [world.another() for _ in range(3)]
    for day in ("2026-04-01", "2026-04-08", "2026-04-15", "2026-04-20"):
        now = world.at(morning(day))
        await asyncio.gather(*(keeper.watch(now) for keeper in (world.keeper, *others)))
    assert set(map(tuple, (await world.marks()).values())) == {(14, 7, 0, -3)}


# --- rectifications ---------------------------------------------------------------------------------------------------

FOUND = [(Category.EXAMINERS, Severity.SERIOUS, "考评人员不足")]
INSPECTED, SANCTIONED = "inspection-1.rectification", "sanction-1.rectification"


def inspected(day: str, until: str) -> Inspection:
    inspection = Inspection.plan(
        CLERK,
        morning(day),
        id="inspection-1",
        body=STATION,
        path=PATHS[STATION],
        on=date.fromisoformat(day),
        inspectors="检查人",
        purpose="",
    )
    inspection.perform(CLERK, morning(day), summary="", findings=FOUND, rectify_by=date.fromisoformat(until))
    return inspection


async def acted_on(world: DutyWorld, document: Inspection | Sanction) -> None:
    await repository.save(world.store, document)
    await world.keeper.look_after_an_act(rectification.key_of(document), RECTIFICATION.what)


async def test_findings_are_owed_until_the_body_has_answered(world: DutyWorld) -> None:
    inspection = inspected("2026-04-03", "2026-06-30")
    await repository.add(world.store, inspection)
    await world.days("2026-04-04", "2026-06-24")
    assert (await world.marks())[INSPECTED] == [30, 14, 7]
    inspection.answer(HEAD, morning("2026-06-24"), "已补聘考评员")
    await acted_on(world, inspection)
    await world.days("2026-06-25", "2026-07-10")
    assert (await world.marks())[INSPECTED] == [30, 14, 7]
    (settled,) = (await world.told("settled"))[INSPECTED]
    assert (settled["settled_on"], settled["late"], settled["lapsed"]) == ("2026-06-24", False, False)


async def test_a_longer_term_begins_anew(world: DutyWorld) -> None:
    inspection = inspected("2026-04-03", "2026-05-13")
    await repository.add(world.store, inspection)
    await world.days("2026-04-04", "2026-05-20")
    told_before = (await world.marks())[INSPECTED]
    assert told_before[-2:] == [-1, -3]
    inspection.extend(CLERK, morning("2026-05-20"), date(2026, 6, 30), "再给一次机会")
    await acted_on(world, inspection)
    await world.days("2026-05-21", "2026-07-03")
    marks = await world.marks()
    assert (marks[INSPECTED], marks[f"{INSPECTED}.1"]) == (told_before, [30, 14, 7, 3, 1, 0, -1, -3])


@pytest.mark.parametrize("verb", ["pass", "escalate"])
async def test_what_a_recheck_ends_is_owed_no_more(world: DutyWorld, verb: str) -> None:
    inspection = inspected("2026-04-03", "2026-04-30")
    await repository.add(world.store, inspection)
    await world.days("2026-04-04", "2026-05-06")
    before = (await world.marks())[INSPECTED]
    if verb == "pass":
        inspection.pass_recheck(CLERK, morning("2026-05-06"), "")
    else:
        inspection.escalate(CLERK, morning("2026-05-06"), "")
    await acted_on(world, inspection)
    await world.days("2026-05-07", "2026-06-06")
    assert (await world.marks())[INSPECTED] == before
    (settled,) = (await world.told("settled"))[INSPECTED]
    assert (settled["lapsed"], settled["late"]) == ((False, True) if verb == "pass" else (True, False))


async def test_one_that_cannot_be_read_keeps_nobody_else_from_being_reminded(world: DutyWorld) -> None:
    await repository.add(world.store, inspected("2026-04-03", "2026-05-13"))
    broken = {"body": DIRECT, "path": PATHS[DIRECT], "state": "performed", "on": "a day of a later release"}
    await world.store.add(Inspection.KIND, Record("broken", broken))
    await world.store.add(Sanction.KIND, Record("broken", broken | {"state": "confirmed", "measure": "rectification"}))
    await world.store.add(WorkReport.KIND, Record("broken", broken | {"state": "submitted"}))
    await world.day("2026-05-06")
    assert (await world.marks())[INSPECTED] == [7]


async def test_nothing_is_owed_where_nothing_was_found(world: DutyWorld) -> None:
    inspection = inspected("2026-04-03", "2026-04-30")
    inspection.findings, inspection.rectify_by = [], None
    await repository.add(world.store, inspection)
    await world.days("2026-04-04", "2026-05-06")
    assert not [id for id in await world.states() if id.endswith("rectification")]


async def test_a_look_that_fails_costs_nobody_the_act_and_the_clock_finds_it(
    world: DutyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = inspected("2026-04-03", "2026-05-15")
    await repository.add(world.store, inspection)
    await world.days("2026-04-16", "2026-04-20")

    async def unreachable(*_: Any, **__: Any) -> Any:
        raise Unavailable("暂时无法访问 · not now")

    inspection.answer(HEAD, morning("2026-04-20"), "已整改")
    await repository.save(world.store, inspection)
    with monkeypatch.context() as broken:
        broken.setattr(world.store, "get_many", unreachable)
        await world.keeper.look_after_an_act(rectification.key_of(inspection), RECTIFICATION.what)
    assert (await world.states())[INSPECTED] == "open"
    before = await world.marks()
    await world.days("2026-04-21", "2026-05-20")
    assert (await world.marks())[INSPECTED] == before[INSPECTED]
    assert (await world.states())[INSPECTED] == "settled"


def sanctioned(day: str, until: str | None, measure: Measure = "rectification") -> Sanction:
    sanction = Sanction(
        id="sanction-1",
        state="",
        body=STATION,
        path=PATHS[STATION],
        measure=measure,
        reason="考评人员不足",
        skips_because="情节严重",
        violations=["violation-1"],
        until=date.fromisoformat(until) if until else None,
        proposed_by="clerk",
    )
    sanction.propose(CLERK, morning(day), [], "licensed")
    sanction.confirm(APPROVER, morning(day), "licensed")
    return sanction


async def test_a_sanction_is_owed_until_it_is_lifted(world: DutyWorld) -> None:
    sanction = sanctioned("2026-04-03", "2026-05-27")
    await repository.add(world.store, sanction)
    jobs = handlers(empty_house(store=world.store, clock=world.clock))["duties"]
    world.at(morning("2026-04-03"))
    fact = SanctionConfirmed.model_validate({**sanction._head(), "until": sanction.until})
    await jobs[SanctionConfirmed.TYPE](told(sanction.id, fact))
    await world.days("2026-04-04", "2026-06-20")
    marks = (await world.marks())[SANCTIONED]
    assert marks == [30, 14, 7, 3, 1, 0, -1, -3, -10, -17]
    assert {one["above"] for one in (await world.told())[SANCTIONED] if one["mark"] <= -3} == {BRANCH}
    sanction.lift(APPROVER, morning("2026-06-20"), "整改合格")
    await acted_on(world, sanction)
    await world.days("2026-06-21", "2026-07-20")
    assert (await world.marks())[SANCTIONED] == marks
    (settled,) = (await world.told("settled"))[SANCTIONED]
    assert (settled["settled_on"], settled["late"]) == ("2026-06-20", True)


@pytest.mark.parametrize("ended", ["superseded", "without effect", "body revoked"])
async def test_a_sanction_that_ends_otherwise_is_owed_no_more(world: DutyWorld, ended: str) -> None:
    sanction = sanctioned("2026-04-03", "2026-05-27")
    await repository.add(world.store, sanction)
    await world.day("2026-04-04")
    assert (await world.states())[SANCTIONED] == "open"
    match ended:
        case "superseded":
            graver = sanction.model_copy(update={"id": "graver", "measure": "suspension"})
            assert sanction.supersede(APPROVER, morning("2026-04-05"), graver)
        case "without effect":
            sanction.take_standing(
                APPROVER, morning("2026-04-05"), Step(from_state="suspended", to_state="suspended"), lifting=False
            )
        case _:
            await hear_of_body(world.store, STATION, PATHS[STATION], state="revoked")
    await acted_on(world, sanction)
    assert [one["lapsed"] for one in (await world.told("settled"))[SANCTIONED]] == [True]


@pytest.mark.parametrize(("measure", "until"), [("notice", None), ("suspension", "2026-05-27"), ("suspension", None)])
async def test_other_measures_ask_for_nothing(world: DutyWorld, measure: Measure, until: str | None) -> None:
    await repository.add(world.store, sanctioned("2026-04-03", until, measure))
    await world.days("2026-04-04", "2026-06-06")
    assert not [id for id in await world.states() if id.endswith("rectification")]
