"""How violations come about, on a real store: raised by hand, by an inspection, by the check of a certificate number, by a
workbook; and who decides on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision.declares import KINDS
from services.supervision.inspections import usecases as inspections
from services.supervision.inspections.inspection import Category, Inspection, Severity
from services.supervision.inspections.requests import NewInspection
from services.supervision.violations import usecases
from services.supervision.violations.requests import NewViolation, NumberCheck
from services.supervision.violations.violation import CONFIRMED, DISMISSED, RAISED, Trigger, Violation
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.reporting import ForeignNumberFound
from shared.contracts.supervision import TRIGGER_NAMES
from shared.errors import Invalid, NotAllowed, NotFound, Stale, Unavailable
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.keeping.ids import foreign_number_id
from shared.trade.numbers.certificate_number import compose
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.clock import MORNING, HandClock
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, STATION, OTHER = "49000001", "49050001", "49053012", "49053013"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    OTHER: f"/{CENTRE}/{BRANCH}/{OTHER}/",
}
FOREIGN = "2631011001400001"


def actor(id: str, role: Role, body: str) -> Actor:
    return Actor(id, id, body, PATHS[body], frozenset({role}))


CLERK, APPROVER = actor("clerk", Role.CENTRE_CLERK, CENTRE), actor("approver", Role.CENTRE_APPROVER, CENTRE)
OFFICER = actor("officer", Role.BRANCH_OFFICER, BRANCH)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    for code, path in {**PATHS, twin(STATION): twin_path(PATHS[STATION])}.items():
        await hear_of_body(store, code, path)
    yield store
    await store.close()


def asked(by: Actor, version: int = 0) -> Asked:
    return Asked(by, MORNING, version)


def new(**more: Any) -> NewViolation:
    return NewViolation.model_validate({"body": STATION, "trigger": "paper_leak", "description": "泄题", **more})


async def violations(store: SqliteStore) -> list[Violation]:
    return [Violation.from_record(one) for one in await everything(store, Violation.KIND)]


# --- by hand --------------------------------------------------------------------------------------------------------------


async def test_what_is_raised_by_hand_says_everything_and_once(store: SqliteStore) -> None:
    for _ in range(2):
        raised = await usecases.raise_by_hand(store, asked(OFFICER), "key", new(session=f"{STATION}-2026-001"))
    (found,) = await violations(store)
    assert (found.id, found.version) == (raised.id, 1)
    assert (found.state, found.body, found.path, found.raised_by) == (RAISED, STATION, PATHS[STATION], "officer")
    assert (found.trigger.value, found.source, found.description) == ("paper_leak", "hand", "泄题")
    assert (found.session, found.inspection, found.finding, found.disclosed) == (f"{STATION}-2026-001", "", 0, False)
    assert [entry.verb for entry in found.history] == ["raise"]


@pytest.mark.parametrize(
    ("by", "body", "refusal"),
    [
        (OFFICER, CENTRE, NotFound),
        (OFFICER, BRANCH, Invalid),  # nobody against their own body
        (CLERK, twin(STATION), NotFound),
        (CLERK, "49050099", NotFound),
        (actor("x", Role.STATION_HEAD, STATION), STATION, NotAllowed),
        (actor("x", Role.AUDITOR, CENTRE), STATION, NotAllowed),
    ],
)
async def test_against_whom_nobody_raises_one(
    store: SqliteStore, by: Actor, body: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await usecases.raise_by_hand(store, asked(by), "key", new(body=body))
    assert await violations(store) == []


async def test_what_was_registered_twice_is_charged_with_nothing(store: SqliteStore) -> None:
    """The refusal names the right one. Nor is it inspected, or said to have presented a number."""
    await hear_of_body(store, OTHER, PATHS[OTHER], state="struck_off", instead=STATION)
    planned = NewInspection.model_validate({"body": OTHER, "on": MORNING.date(), "inspectors": "检查人"})
    for refused in (
        usecases.raise_by_hand(store, asked(CLERK), "key", new(body=OTHER)),
        inspections.plan(store, asked(CLERK), "key", planned),
        checked(store, CLERK, FOREIGN, OTHER),
    ):
        with pytest.raises(Invalid, match="已除名") as refusal:
            await refused
        assert [(one.where, STATION in one.what) for one in refusal.value.problems] == [("/body", True)]
    assert await violations(store) == []


async def an_inspection(store: SqliteStore, id: str, body: str = STATION, findings: int | None = 2) -> str:
    inspection = Inspection(
        id=id,
        state="planned",
        body=body,
        path=PATHS[body],
        planned_on=MORNING.date(),
        inspectors="甲乙",
        planned_by="clerk",
    )
    if findings is not None:
        found = [(Category.FEES, Severity.MINOR, "收费")] * findings
        inspection.perform(CLERK, MORNING, summary="", findings=found, rectify_by=None)
    await repository.add(store, inspection)
    return id


@pytest.mark.parametrize(
    ("inspection", "finding", "stands"),
    [
        ("done", 1, True),
        ("done", 2, True),
        ("done", 3, False),
        ("planned", 1, False),
        ("planned", 0, False),
        ("of another", 1, False),
        ("nowhere", 1, False),
    ],
)
async def test_what_it_refers_to_was_found_there(
    store: SqliteStore, inspection: str, finding: int, stands: bool
) -> None:
    await an_inspection(store, "done")
    await an_inspection(store, "planned", findings=None)
    await an_inspection(store, "of another", OTHER)
    wanted = new(inspection=inspection, finding=finding)
    if stands:
        raised = await usecases.raise_by_hand(store, asked(CLERK), "key", wanted)
        assert (raised.source, raised.inspection, raised.finding) == ("inspection", "done", finding)
        return
    with pytest.raises((Invalid, NotFound)):
        await usecases.raise_by_hand(store, asked(CLERK), "key", wanted)
    assert await violations(store) == []


# --- by a number ------------------------------------------------------------------------------------------------------------


class Register:
    """The certificate service: what it knows of the one number it is asked about; or what it raises."""

    def __init__(self, state: Any = "valid") -> None:
        self.state, self.asked = state, list[str]()

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        assert service == "certificate"
        self.asked.append(path)
        if isinstance(self.state, Exception):
            raise self.state
        return model(number=path.rpartition("/")[2], state=self.state)


async def checked(store: SqliteStore, by: Actor, number: str, body: str = STATION, known: Any = "valid") -> Any:
    what = NumberCheck.model_validate({"number": number, "presented_by": body})
    return await usecases.check_number(store, Register(known), asked(by), what, "49")


@pytest.mark.parametrize(
    ("state", "fits", "said"),
    [
        ("valid", True, ""),
        ("absent", False, "不在登记内，请查原发证档案"),
        ("being_made", False, "还没有印出"),
        ("void", False, "已作废"),
    ],
)
async def test_a_number_of_ours_is_looked_up_and_raises_nothing(
    store: SqliteStore, state: Any, fits: bool, said: str
) -> None:
    """Not even one that was never given: certificates from before the system are in no register."""
    number = compose(2026, STATION, 4, 7)
    answer = await checked(store, OFFICER, f" {number[:8]} {number[8:]}", known=state)
    assert (answer.number, answer.fits, answer.entry, answer.violation) == (number, fits, state, "")
    assert [said in problem.what + problem.fix for problem in answer.problems] == [True] * (not fits)
    assert await violations(store) == []


@pytest.mark.parametrize(
    ("number", "asked"),
    [
        (compose(2026, STATION, 4, 7), ["/numbers/" + compose(2026, STATION, 4, 7)]),
        (FOREIGN, []),
        ("12", []),
        ("2699053012400001", []),
    ],
)
async def test_only_about_numbers_of_ours_the_register_is_asked(
    store: SqliteStore, number: str, asked: list[str]
) -> None:
    register = Register()
    what = NumberCheck.model_validate({"number": number, "presented_by": STATION})
    await usecases.check_number(store, register, Asked(OFFICER, MORNING, 0), what, "49")
    assert register.asked == asked


@pytest.mark.parametrize("error", [Unavailable("certificate does not answer"), NotFound("/certificate/numbers: 404")])
async def test_without_the_register_a_number_of_ours_is_neither_right_nor_wrong(
    store: SqliteStore, error: Exception
) -> None:
    """It does not answer, or is of a release that cannot be asked yet. What needs no register is checked all the same."""
    with pytest.raises(Unavailable, match="暂时无法查询证书登记"):
        await checked(store, OFFICER, compose(2026, STATION, 4, 7), known=error)
    assert (await checked(store, OFFICER, FOREIGN, known=error)).violation


async def test_a_number_that_is_none_is_told_and_raises_nothing(store: SqliteStore) -> None:
    answer = await checked(store, OFFICER, "12")
    assert (answer.fits, bool(answer.problems)) == (False, True)
    assert await violations(store) == []


async def test_a_foreign_number_raises_one_violation_however_often_it_is_found(store: SqliteStore) -> None:
    """By the check, by the workbook, or by both: the first who found it raised it."""
    answers = [await checked(store, by, FOREIGN) for by in (OFFICER, CLERK)]
    assert {(answer.fits, answer.number) for answer in answers} == {(False, FOREIGN)}
    (found,) = await violations(store)
    assert {answer.violation for answer in answers} == {found.id}
    assert (found.raised_by, found.source, found.trigger.value) == ("officer", "number_check", "foreign_number")
    assert (found.institution, found.masked, found.state) == ("31011001", "26310110014*****", RAISED)
    await usecases.raise_found(store, HandClock(), in_a_workbook(found.id))
    assert [one.version for one in await violations(store)] == [1]
    await checked(store, CLERK, FOREIGN, OTHER)
    assert len(await violations(store)) == 2, "another body, another violation"


def in_a_workbook(find: str, body: str = STATION) -> ForeignNumberFound:
    return ForeignNumberFound(
        find=find,
        body=body,
        path=PATHS.get(body, twin_path(PATHS[STATION])),
        session=f"{STATION}-2026-001",
        institution="31011001",
        masked="26310110014*****",
    )


async def test_a_workbook_raises_one_by_itself(store: SqliteStore) -> None:
    find = foreign_number_id(STATION, FOREIGN)
    for _ in range(2):
        await usecases.raise_found(store, HandClock(), in_a_workbook(find))
    (found,) = await violations(store)
    assert (found.id, found.source, found.raised_by) == (find, "roster_import", "reporting")
    assert (found.session, found.masked) == (f"{STATION}-2026-001", "26310110014*****")
    assert (found.history[0].by, found.history[0].at) == ("reporting", HandClock().now())


async def test_practice_raises_nothing(store: SqliteStore) -> None:
    await usecases.raise_found(store, HandClock(), in_a_workbook("x", twin(STATION)))
    with pytest.raises(NotFound):
        await checked(store, CLERK, FOREIGN, twin(STATION))
    assert await violations(store) == []


# --- decided -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "state"), [("confirm", CONFIRMED), ("dismiss", DISMISSED)])
async def test_somebody_else_decides_on_the_version_they_read(store: SqliteStore, verb: str, state: str) -> None:
    raised = await usecases.raise_by_hand(store, asked(APPROVER), "key", new())
    decide = getattr(usecases, verb)
    with pytest.raises(NotAllowed, match="four eyes"):
        await decide(store, raised.id, asked(APPROVER, 1), "属实")
    other = actor("other", Role.CENTRE_APPROVER, CENTRE)
    with pytest.raises(Stale):
        await decide(store, raised.id, asked(other, 0), "属实")
    decided = await decide(store, raised.id, asked(other, 1), "属实")
    assert (decided.state, decided.decided_by, decided.disclosed) == (state, "other", state == CONFIRMED)
    assert decided.history[-1].reason == "属实"
    assert (await repository.load(store, Violation, raised.id)).version == 2


def test_whatever_a_violation_may_consist_in_has_a_name() -> None:
    """The letter about it and the bulletin call it by that."""
    assert TRIGGER_NAMES.keys() == {trigger.value for trigger in Trigger}
