"""Deadlines: the local day in China, the ladder of marks, and a watch that neither doubles nor forgets a reminder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.plan.annual_plans import usecases as annual_plans
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import AnnualPlanDuty, due_date
from services.plan.declares import KINDS
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.plan import PlannedItem
from shared.keeping import repository
from shared.procedure.duty import OPEN
from shared.trade.deadline import CHINA, MARKS, Due, local_day
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.hearing import hear_of_body

BODIES = ("49050001", "49053012", "49053013")


# --- days and instants ------------------------------------------------------------------------------------------------


def test_a_deadline_ends_at_midnight_in_china_eight_hours_before_that_of_the_container() -> None:
    """10 July ends at 16:00 UTC; a container that counts in UTC would be eight hours late."""
    due = Due(date(2026, 7, 10))
    assert due.instant == datetime(2026, 7, 10, 16, 0, tzinfo=UTC)
    assert due.days_left(datetime(2026, 7, 10, 15, 59, 59, tzinfo=UTC)) == 0
    assert due.days_left(datetime(2026, 7, 10, 16, 0, tzinfo=UTC)) == -1
    assert due.days_left(datetime(2026, 7, 9, 16, 0, tzinfo=UTC)) == 0
    assert due.days_left(datetime(2026, 7, 9, 15, 59, 59, tzinfo=UTC)) == 1


def test_a_deadline_that_does_not_count_its_own_day() -> None:
    due = Due(date(2026, 7, 10), day_included=False)
    assert due.instant == datetime(2026, 7, 9, 16, 0, tzinfo=UTC)
    assert due.days_left(datetime(2026, 7, 9, 15, 0, tzinfo=UTC)) == 0
    assert due.days_left(datetime(2026, 7, 9, 16, 0, tzinfo=UTC)) == -1


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), date(2026, 2, 28)),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2028, 2, 28, 16, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_in_china(instant: datetime, day: date) -> None:
    assert local_day(instant) == day


@pytest.mark.parametrize(("year", "late"), [(2026, date(2026, 3, 1)), (2028, date(2028, 2, 29))])
def test_the_28th_is_meant_literally_in_leap_years_too(year: int, late: date) -> None:
    due = Due(due_date(year))
    assert due.on == date(year, 2, 28)
    assert local_day(due.instant) == late


# --- marks ------------------------------------------------------------------------------------------------------------------


def duty(marked: tuple[int, ...] = (), state: str = OPEN) -> AnnualPlanDuty:
    return AnnualPlanDuty(
        id="49053012-2026", body="49053012", path="/49000001/49053012/", year=2026, marked=list(marked), state=state
    )


def at(days_left: int, hour: int = 9) -> datetime:
    """So many days before 28 February 2026, at an hour in China."""
    day = date(2026, 2, 28) - timedelta(days=days_left)
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("days_left", "marked", "mark"),
    [
        (31, (), None),
        (30, (), 30),
        (29, (), 30),
        (29, (30,), None),
        (14, (30,), 14),
        (5, (), 7),
        (5, (30, 14, 7), None),
        (0, (30, 14, 7, 3, 1), 0),
        (0, (), 0),
        (-1, (0,), -1),
        (-2, (0, -1), None),
        (-3, (), -3),
        (-400, (-3,), None),
        (14, (7,), None),  # the clock jumped back: nothing earlier is repeated
    ],
)
def test_the_nearest_mark_only(days_left: int, marked: tuple[int, ...], mark: int | None) -> None:
    annual = duty(marked)
    assert annual.remind(at(days_left)) is (mark is not None)
    assert annual.marked == [*marked, *([mark] if mark is not None else [])]
    assert [json.loads(row.wire)["data"]["days_left"] for row in annual.outbox] == (
        [days_left] if mark is not None else []
    )


# --- the watch ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "plan.sqlite", (*KINDS, *MACHINERY))
    for code in ("49000001", *BODIES):
        kind = "centre" if code == "49000001" else "branch" if code.endswith("50001") else "station"
        path = "/49000001/" if kind == "centre" else f"/49000001/{code}/"
        await hear_of_body(opened, code, path, kind=kind)
    yield opened
    await opened.close()


async def reminders(store: SqliteStore) -> dict[str, list[int]]:
    """Marks by duty."""
    return {one.id: one.body["marked"] for one in await everything(store, AnnualPlanDuty.KIND)}


def plan(body: str, year: int, state: str) -> AnnualPlan:
    item = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=1)
    return AnnualPlan(
        id=f"{body}-{year}", state=state, body=body, path=f"/49000001/{body}/", prepared_by="x", year=year, items=[item]
    )


def taken_through(*verbs: str) -> AnnualPlan:
    """The plan of a body right under the Centre."""
    code, centre = "49053012", "49000001"
    handed = plan(code, 2026, "draft")
    station = Actor("head", "h", code, handed.path, frozenset({Role.STATION_HEAD}))
    approver = Actor("approver", "a", centre, "/", frozenset({Role.CENTRE_APPROVER}))
    for verb in verbs:
        if verb == "amend":
            more = [handed.items[0].model_copy(update={"heads": 9})]
            handed.amend(station, at(20), more, "增加人数")
        else:
            handed.step(verb, approver if verb in ("approve", "send_back") else station, at(20), "理由")
    return handed


async def test_two_years_are_walked_and_every_mark_is_made_once(store: SqliteStore) -> None:
    """Every seven hours from 2027 to the end of 2028, a leap year: once per mark, body and year, never for the Centre."""
    now = datetime(2027, 1, 1, tzinfo=UTC)
    while now < datetime(2029, 1, 1, tzinfo=UTC):
        await annual_plans.watch(store, now)
        now += timedelta(hours=7)
    assert await reminders(store) == {f"{body}-{year}": list(MARKS) for body in BODIES for year in (2027, 2028)}
    records = [AnnualPlanDuty.from_record(one) for one in await everything(store, AnnualPlanDuty.KIND)]
    assert {one._facts for one in records} == {len(MARKS)}


async def test_each_reminder_says_the_days_that_are_left(store: SqliteStore) -> None:
    for days in (30, 29, 14, 1, 0, -1):
        await annual_plans.watch(store, at(days))
    waiting = next(one for one in await store.pending() if one.id == "49053012-2026")
    assert [json.loads(row.wire)["data"]["days_left"] for row in waiting.rows] == [30, 14, 1, 0, -1]
    assert {json.loads(row.wire)["data"]["due_on"] for row in waiting.rows} == {"2026-02-28"}


@pytest.mark.parametrize(
    ("state", "reminded"),
    [
        ("draft", True),  # also what was withdrawn
        ("returned", True),
        ("discarded", True),
        ("submitted", False),
        ("endorsed", False),
        ("approved", False),
    ],
)
async def test_who_has_handed_in_is_left_in_peace(store: SqliteStore, state: str, reminded: bool) -> None:
    await annual_plans.watch(store, at(30))
    await repository.add(store, plan("49053012", 2026, state))
    await annual_plans.watch(store, at(14))
    await annual_plans.watch(store, at(7))
    marks = await reminders(store)
    assert marks["49053012-2026"] == ([30, 14, 7] if reminded else [30])
    assert marks["49053013-2026"] == [30, 14, 7]


@pytest.mark.parametrize("steps", [(), ("submit",), ("submit", "withdraw"), ("submit", "send_back"), ("discard",)])
async def test_who_amends_an_approved_plan_is_left_in_peace(store: SqliteStore, steps: tuple[str, ...]) -> None:
    """The approved version counts: nothing is owed."""
    await repository.add(store, taken_through("submit", "approve", "amend", *steps))
    await annual_plans.watch(store, at(14))
    assert "49053012-2026" not in await reminders(store)


@pytest.mark.parametrize(
    ("code", "path", "state"),
    [("49063099", "/49000001/49063099/", "revoked"), ("99053012", "/99000001/99053012/", "licensed")],
    ids=["revoked", "in practice"],
)
async def test_who_owes_no_plan_is_reminded_of_none(store: SqliteStore, code: str, path: str, state: str) -> None:
    await hear_of_body(store, code, path, state=state)
    await annual_plans.watch(store, at(14))
    assert set(await reminders(store)) == {f"{body}-2026" for body in BODIES}


async def test_a_plan_of_another_year_does_not_count(store: SqliteStore) -> None:
    await repository.add(store, plan("49053012", 2025, "approved"))
    await annual_plans.watch(store, at(14))
    assert (await reminders(store))["49053012-2026"] == [14]


async def test_two_clocks_at_once(store: SqliteStore) -> None:
    for days in MARKS:
        await asyncio.gather(*(annual_plans.watch(store, at(days)) for _ in range(4)))
    assert await reminders(store) == {f"{body}-2026": list(MARKS) for body in BODIES}
    for waiting in await store.pending():
        assert len(waiting.rows) == len(MARKS), "a reminder was doubled or lost"


async def test_who_took_a_plan_back_is_reminded_of_it_again(store: SqliteStore) -> None:
    await repository.add(store, taken_through("submit", "withdraw"))
    await annual_plans.watch(store, at(5))
    assert (await reminders(store))["49053012-2026"] == [7]


async def test_after_a_long_sleep_one_reminder_is_made_and_not_a_row_of_them(store: SqliteStore) -> None:
    await annual_plans.watch(store, at(2))
    assert set(map(tuple, (await reminders(store)).values())) == {(3,)}
