"""What inspections, violations and sanctions add to the bulletin: built through their verbs, and as earlier releases
stored them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision.decided import all_decided
from services.supervision.declares import KINDS
from services.supervision.figures import storage as counting
from services.supervision.figures.figures import Counted, Figures, added, of_body
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from services.supervision.inspections.inspection import Category, Inspection, Severity
from services.supervision.sanctions.measures import Step
from services.supervision.sanctions.sanction import Sanction
from services.supervision.violations.violation import Trigger, Violation
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.supervision import Measure
from shared.keeping import repository
from shared.ports import Record
from shared.trade.deadline import local_day
from shared.trade.roles import Role

CENTRE, STATION, PATH = "49000001", "49053012", "/49000001/49050001/49053012/"
TWIN = "/99000001/99050001/99053012/"
FIRST, NEXT = Quarter(2026, 1), Quarter(2026, 2)
ALL = Part(f"/{CENTRE}/")
EARLIER = datetime(2025, 12, 20, 1, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)  # 31 March 23:59:59 in Beijing
AT_MIDNIGHT = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)  # 1 April 00:00
EDGES = pytest.mark.parametrize(
    ("at", "quarter"), [(BEFORE_MIDNIGHT, FIRST), (AT_MIDNIGHT, NEXT)], ids=["31 March", "1 April"]
)


def at_centre(id: str, role: Role) -> Actor:
    return Actor(id, id, CENTRE, f"/{CENTRE}/", frozenset({role}))


CLERK = at_centre("clerk", Role.CENTRE_CLERK)
APPROVER, SECOND = at_centre("approver", Role.CENTRE_APPROVER), at_centre("second", Role.CENTRE_APPROVER)
HEAD = Actor("head", "head", STATION, PATH, frozenset({Role.STATION_HEAD}))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


async def figures(store: SqliteStore, quarter: Quarter) -> Figures:
    found = await counting.rows(store, quarter, ALL, await all_decided(store, quarter, ALL))
    return of_body(found.rows, STATION)


async def decided(store: SqliteStore, quarter: Quarter) -> list[Counted]:
    return (await all_decided(store, quarter, ALL)).counted


# --- through their verbs ----------------------------------------------------------------------------------------------


def an_inspection(at: datetime, findings: int = 2, path: str = PATH) -> Inspection:
    inspection = Inspection(
        id=f"i-{at.isoformat()}-{findings}",
        state="planned",
        body=STATION,
        path=path,
        planned_on=date(2026, 3, 1),
        inspectors="甲乙",
        planned_by="clerk",
    )
    if findings >= 0:
        above = Actor("clerk", "", CENTRE, path[:10], frozenset({Role.CENTRE_CLERK}))
        found = [(Category.FEES, Severity.MINOR, "收费")] * findings
        inspection.perform(above, at, summary="看过考场", findings=found, rectify_by=None)
    return inspection


@EDGES
async def test_an_inspection_counts_once_performed_by_that_day(
    store: SqliteStore, at: datetime, quarter: Quarter
) -> None:
    rectified, clean, planned = an_inspection(at), an_inspection(at, 0), an_inspection(at, -1)
    assert (planned.counted(), clean.counted()) == (None, (local_day(at), Figures(inspections=1)))
    await repository.add(store, clean)
    await repository.add(store, rectified)
    assert await figures(store, quarter) == Figures(inspections=2, findings=2)
    rectified.answer(HEAD, at, "已补齐")
    rectified.pass_recheck(CLERK, at, "")
    await repository.save(store, rectified)
    assert await figures(store, quarter) == Figures(inspections=2, findings=2, rectified=2)
    assert await figures(store, FIRST if quarter == NEXT else NEXT) == Figures()


def a_violation(at: datetime) -> Violation:
    violation = Violation(
        id="v",
        state="",
        body=STATION,
        path=PATH,
        trigger=Trigger.FOREIGN_NUMBER,
        source="hand",
        description="编号",
        raised_by="clerk",
    )
    violation.start(CLERK, at)
    return violation


@EDGES
async def test_a_violation_counts_once_confirmed_by_that_day(
    store: SqliteStore, at: datetime, quarter: Quarter
) -> None:
    violation = a_violation(EARLIER)
    await repository.add(store, violation)
    assert (violation.counted(), await decided(store, Quarter.at(EARLIER))) == (None, [])
    violation.confirm(APPROVER, at, "核实")
    await repository.save(store, violation)
    assert await figures(store, quarter) == Figures(violations={"foreign_number": 1})
    assert await decided(store, Quarter.at(EARLIER)) == []
    assert await decided(store, FIRST if quarter == NEXT else NEXT) == []


def test_a_dismissed_violation_never_counts() -> None:
    violation = a_violation(EARLIER)
    violation.dismiss(APPROVER, BEFORE_MIDNIGHT, "不实")
    assert violation.counted() is None


def a_sanction(measure: Measure = "suspension") -> Sanction:
    sanction = Sanction(
        id=f"s-{measure}",
        state="",
        body=STATION,
        path=PATH,
        measure=measure,
        reason="泄题",
        skips_because="情节严重",
        violations=["v"],
        proposed_by="clerk",
    )
    sanction.propose(CLERK, EARLIER, [], "licensed")
    return sanction


@EDGES
async def test_a_sanction_counts_once_in_force_by_that_day_and_for_good(
    store: SqliteStore, at: datetime, quarter: Quarter
) -> None:
    suspension, revocation = a_sanction(), a_sanction("revocation")
    for sanction in (suspension, revocation):
        sanction.confirm(APPROVER, at, "licensed")
        await repository.add(store, sanction)
    assert revocation.counted() is None, "the second person has not confirmed it yet"
    assert await figures(store, quarter) == Figures(sanctions={"suspension": 1})
    suspension.lift(APPROVER, datetime(2026, 5, 1, tzinfo=UTC), "整改合格")
    await repository.save(store, suspension)
    revocation.confirm(SECOND, at, "licensed")
    await repository.save(store, revocation)
    assert await figures(store, quarter) == Figures(sanctions={"suspension": 1, "revocation": 1})
    assert await decided(store, FIRST if quarter == NEXT else NEXT) == []


def test_a_sanction_that_was_withdrawn_or_without_effect_never_counts() -> None:
    withdrawn, missed = a_sanction(), a_sanction()
    withdrawn.withdraw(CLERK, BEFORE_MIDNIGHT, "撤回")
    assert withdrawn.counted() is None
    missed.confirm(APPROVER, BEFORE_MIDNIGHT, "licensed")
    assert missed.counted() == (date(2026, 3, 31), Figures(sanctions={"suspension": 1}))
    missed.take_standing(APPROVER, AT_MIDNIGHT, Step(from_state="revoked", to_state="revoked"), lifting=False)
    assert missed.counted() is None


async def test_practice_counts_nowhere(store: SqliteStore) -> None:
    await repository.add(store, an_inspection(BEFORE_MIDNIGHT, path=TWIN))
    assert await decided(store, FIRST) == []


# --- as earlier releases stored them ----------------------------------------------------------------------------------
# Literal on purpose: what stands in stores is counted under these names, whatever the code calls them.

OF = {"body": STATION, "path": PATH, "told": True, "request": "r"}
RAISED = {"at": "2026-01-05T01:00:00Z", "by": "clerk", "name": "甲", "body": CENTRE, "verb": "raise", "from_state": ""}
CONFIRM = {"by": "approver", "name": "乙", "body": CENTRE, "verb": "confirm"}


def acts(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"from_state": "", "to_state": "", "reason": "", **entry} for entry in entries]


def stored(at: str) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """(collection, id, document)."""
    violation = {
        **OF,
        "trigger": "foreign_number",
        "source": "number_check",
        "description": "编号",
        "raised_by": "clerk",
    }
    sanction = {**OF, "measure": "notice", "reason": "泄题", "violations": ["v1"], "proposed_by": "clerk"}
    inspection = {**OF, "planned_on": "2026-01-10", "inspectors": "甲乙", "planned_by": "clerk", "history": []}
    finding = {"category": "fees", "severity": "minor", "description": "收费", "evidence": []}
    two = [{**finding, "n": 1}, {**finding, "n": 2}]
    confirmed = acts(RAISED, {**CONFIRM, "at": at})
    return (
        ("violation", "v1", {**violation, "state": "confirmed", "history": confirmed, "decided_by": "approver"}),
        ("violation", "v2", {**violation, "state": "raised", "history": acts(RAISED), "told": False}),
        ("violation", "v3", {**violation, "state": "dismissed", "history": acts(RAISED), "told": False}),
        ("sanction", "s1", {**sanction, "state": "confirmed", "confirmed_by": ["approver"], "confirmed_at": at}),
        ("sanction", "s2", {**sanction, "state": "seconded", "confirmed_at": None, "history": confirmed}),
        ("sanction", "s3", {**sanction, "state": "without_effect", "confirmed_at": at}),
        ("sanction", "s4", {**sanction, "state": "lifted", "confirmed_at": at}),
        (
            "inspection",
            "i1",
            {**inspection, "state": "closed", "performed_on": at[:10], "findings": two, "outcome": "rectified"},
        ),
        ("inspection", "i2", {**inspection, "state": "performed", "performed_on": at[:10], "findings": two}),
        ("inspection", "i3", {**inspection, "state": "planned", "performed_on": None, "told": False}),
    )


async def test_what_earlier_releases_stored_is_counted(store: SqliteStore) -> None:
    for kind, id, document in stored("2026-03-31T15:59:59Z"):
        await store.add(kind, Record(id, document))
    assert await figures(store, FIRST) == Figures(
        inspections=2, findings=4, rectified=2, violations={"foreign_number": 1}, sanctions={"notice": 2}
    )
    assert await decided(store, NEXT) == []


async def test_stored_by_the_day_in_beijing_too(store: SqliteStore) -> None:
    for kind, id, document in stored("2026-03-31T16:00:00Z"):
        await store.add(kind, Record(id, document))
    found = added(counted.figures for counted in await decided(store, NEXT))
    assert (found.violations, found.sanctions) == ({"foreign_number": 1}, {"notice": 2})


async def test_what_is_stored_now_has_the_names_that_were_stored_then(store: SqliteStore) -> None:
    """A release that is rolled back reads what its successor wrote."""
    sanction, violation = a_sanction(), a_violation(EARLIER)
    sanction.confirm(APPROVER, BEFORE_MIDNIGHT, "licensed")
    violation.confirm(APPROVER, BEFORE_MIDNIGHT, "核实")
    for document in (sanction, violation, an_inspection(BEFORE_MIDNIGHT)):
        body = document.as_record().body
        assert (body["told"], "disclosed" in body) == (True, False)
    assert sanction.as_record().body["confirmed_at"] == "2026-03-31T15:59:59Z"
