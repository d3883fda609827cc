"""Who is reminded of an annual plan, and when (R1): every mark once, nobody twice, nobody who does not owe one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.declares import KINDS
from services.plan.duties.annual_plan import EARLIER, key_of
from services.plan.duties.duty import ANNUAL_PLAN, PlanDuty
from services.plan.duties.watching import duties
from services.plan.handlers import handlers
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import PlannedItem
from shared.keeping import local_copies, repository
from shared.ports import Record
from shared.procedure.duties.duty import LAPSED, OPEN, SETTLED, VOIDED
from shared.procedure.duties.keeper import DutyKeeper
from shared.procedure.windup import acting_for
from shared.trade.deadline import CHINA
from shared.trade.roles import Role
from shared.trade.workdays.reading import NamedDay, ours
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock
from tests.world.empty import empty_house
from tests.world.hearing import hear_of_body, told

CENTRE, BRANCH, STATION, OTHER = "49000001", "49050001", "49053012", "49053013"
BODIES = (BRANCH, STATION, OTHER)
USUAL = [30, 7, 3, 1, 0, -1, -3]
"""Of 2026: the mark of two weeks and that of one fall on the same day, before the Spring Festival."""
NINE = timedelta(hours=9)


class World:
    def __init__(self, store: SqliteStore, days: tuple[NamedDay, ...] = ours()) -> None:
        self.store, self.clock = store, HandClock(datetime(2026, 1, 1, 1, tzinfo=UTC))
        self.published: dict[str, list[dict[str, Any]]] = {}
        self.keeper: DutyKeeper = self.watched_by(days)

    def watched_by(self, days: tuple[NamedDay, ...]) -> DutyKeeper:
        return duties(empty_house(store=self.store, clock=self.clock, calendar=WorkingDays(days)))

    async def watch(self, now: datetime, keeper: DutyKeeper | None = None) -> None:
        self.clock.set_by((now - self.clock.now()).total_seconds())
        await (keeper or self.keeper).watch(now)

    async def day(self, day: str) -> None:
        await self.watch(datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA) + NINE)

    async def days(self, first: str, last: str) -> None:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            await self.day(day.isoformat())
            day += timedelta(days=1)

    async def told(self, fact: str = "marked") -> dict[str, list[dict[str, Any]]]:
        """Duty → what its facts said so far."""
        await self.publish()
        return {
            id: [one["data"] for one in envelopes if one["type"].endswith(f".{fact}.v1")]
            for id, envelopes in self.published.items()
        }

    async def publish(self) -> None:
        """As the relay does."""
        while waiting := await self.store.pending(500):
            for one in waiting:
                if one.kind == PlanDuty.KIND:
                    self.published.setdefault(one.id, []).extend(
                        json.loads(row.wire) for row in one.rows if row.exchange == "events"
                    )
                await self.store.sent(one.kind, one.id, one.rows[-1].n)

    async def marks(self) -> dict[str, list[int]]:
        return {id.partition("-")[0]: [one["mark"] for one in facts] for id, facts in (await self.told()).items()}

    async def duty(self, body: str = STATION, year: int = 2026) -> PlanDuty:
        return await repository.load(self.store, PlanDuty, f"{body}-{year}.annual_plan")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = SqliteStore(tmp_path / "plan.sqlite", (*KINDS, *MACHINERY))
    await hear_of_body(opened, CENTRE, f"/{CENTRE}/", kind="centre")
    await hear_of_body(opened, BRANCH, f"/{CENTRE}/{BRANCH}/", kind="branch")
    for code in (STATION, OTHER):
        await hear_of_body(opened, code, f"/{CENTRE}/{BRANCH}/{code}/", kind="station", state="licensed")
    yield World(opened)
    await opened.close()


def taken_through(
    *verbs: str, at: datetime, code: str = STATION, path: str = f"/{CENTRE}/{BRANCH}/{STATION}/"
) -> AnnualPlan:
    item = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=1)
    handed = AnnualPlan(id=f"{code}-{at.year}", body=code, path=path, prepared_by="clerk", year=at.year, items=[item])
    people = {
        "approve": Actor("approver", "a", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_APPROVER})),
        "endorse": Actor("officer", "o", BRANCH, f"/{CENTRE}/{BRANCH}/", frozenset({Role.BRANCH_OFFICER})),
    }
    people["send_back"] = people["endorse"]
    head = Actor("head", "h", code, path, frozenset({Role.STATION_HEAD}))
    for verb in verbs:
        if verb == "amend":
            handed.amend(head, at, [item.model_copy(update={"heads": 9})], "增加人数")
        else:
            handed.step(verb, people.get(verb, head), at, "理由")
    return handed


def morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA) + NINE


# --- who, and when ----------------------------------------------------------------------------------------------------


async def test_every_body_but_the_centre_is_reminded_once_a_mark(world: World) -> None:
    await world.days("2026-01-01", "2026-03-06")
    assert await world.marks() == dict.fromkeys(BODIES, USUAL)
    opened = await world.told("opened")
    assert {one["due_on"] for facts in opened.values() for one in facts} == {"2026-02-28"}


async def test_nobody_is_written_to_before_offices_open(world: World) -> None:
    await world.watch(morning("2026-01-29") + timedelta(minutes=-61))
    assert await world.marks() == {key: [] for key in BODIES}
    await world.watch(morning("2026-01-29") + timedelta(minutes=-60))
    assert await world.marks() == {key: [30] for key in BODIES}


async def test_what_is_overdue_goes_up_step_by_step_and_weekly(world: World) -> None:
    await world.days("2026-02-28", "2026-03-26")
    told = (await world.told())[f"{STATION}-2026.annual_plan"]
    assert [(one["mark"], one["above"], one["centre"]) for one in told] == [
        (0, None, None),
        (-1, None, None),
        (-3, BRANCH, None),
        (-10, BRANCH, CENTRE),
        (-17, BRANCH, CENTRE),
        (-24, BRANCH, CENTRE),
    ]
    told = (await world.told())[f"{BRANCH}-2026.annual_plan"]
    assert [(one["above"], one["centre"]) for one in told[-2:]] == [(CENTRE, None)] * 2, "the Centre is told once"


@pytest.mark.parametrize(
    ("verbs", "owed"),
    [
        ((), True),
        (("submit",), False),
        (("submit", "endorse"), False),
        (("submit", "endorse", "approve"), False),
        (("submit", "withdraw"), True),
        (("submit", "send_back"), True),
        (("discard",), True),
        (("submit", "endorse", "approve", "amend"), False),  # the approved version counts
        (("submit", "endorse", "approve", "amend", "submit", "send_back"), False),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
async def test_who_has_handed_in_is_left_in_peace(world: World, verbs: tuple[str, ...], owed: bool) -> None:
    await world.days("2026-01-01", "2026-01-30")
    plan = taken_through(*verbs, at=world.clock.now())
    await repository.add(world.store, plan)
    for _ in range(2):  # however often it is told
        await world.keeper.look_at(key_of(STATION, 2026), ANNUAL_PLAN.what)
    await world.days("2026-01-31", "2026-02-28")
    marks = await world.marks()
    assert marks[OTHER] == [30, 7, 3, 1, 0]
    every = [mark for id, facts in (await world.told()).items() if id.startswith(STATION) for mark in facts]
    assert [one["mark"] for one in every] == ([30, 7, 3, 1, 0] if owed else [30])
    if "submit" in verbs and not owed:
        duty = await world.duty()
        assert (duty.state, duty.next_at) == (SETTLED, "")
        assert [one["late"] for one in (await world.told("settled"))[duty.id]] == [False]


async def test_it_asks_the_plan_itself_even_where_nobody_told_that_it_was_handed_in(world: World) -> None:
    """The news of it may wait behind an outage: nobody is reminded of what is done."""
    await world.day("2026-02-13")
    await repository.add(world.store, taken_through("submit", at=world.clock.now()))
    await world.days("2026-02-14", "2026-02-28")
    assert (await world.duty()).state == SETTLED
    assert (await world.marks())[STATION] == [30]


async def test_handed_in_late_is_said(world: World) -> None:
    await world.days("2026-02-28", "2026-03-03")
    await repository.add(world.store, taken_through("submit", at=morning("2026-03-03")))
    await world.keeper.look_at(key_of(STATION, 2026), ANNUAL_PLAN.what)
    (settled,) = (await world.told("settled"))[f"{STATION}-2026.annual_plan"]
    assert (settled["late"], settled["lapsed"], settled["settled_on"]) == (True, False, "2026-03-03")


@pytest.mark.parametrize(
    ("more", "owes"),
    [
        ({"state": "applied"}, False),
        ({"state": "registered"}, False),
        ({"state": "licensed", "registered_on": "2026-02-28"}, True),
        ({"state": "licensed", "registered_on": "2026-03-01"}, False),
        ({"state": "suspended"}, True),
        ({"state": "rectifying"}, True),
        ({"state": "revoked"}, False),
        ({"state": "struck_off"}, False),
    ],
    ids=str,
)
async def test_only_who_can_owe_owes(world: World, more: dict[str, Any], owes: bool) -> None:
    await hear_of_body(world.store, "49063099", f"/{CENTRE}/49063099/", **more)
    await world.days("2026-02-26", "2026-03-02")
    assert ("49063099" in await world.marks()) is owes


async def test_nobody_who_practises_owes(world: World) -> None:
    await hear_of_body(world.store, "99053012", "/99000001/99053012/", state="licensed")
    await world.day("2026-02-26")
    assert set(await world.marks()) == set(BODIES)


async def test_a_licence_in_the_course_of_the_ladder_opens_it_and_a_revocation_ends_it(world: World) -> None:
    await world.day("2026-02-10")
    await hear_of_body(world.store, "49063099", f"/{CENTRE}/49063099/", state="licensed")
    await world.keeper.look_at(key_of("49063099", 2026), ANNUAL_PLAN.what)
    await world.days("2026-02-11", "2026-02-14")
    assert (await world.marks())["49063099"] == [30, 7]
    await hear_of_body(world.store, "49063099", f"/{CENTRE}/49063099/", state="revoked")
    await world.days("2026-02-15", "2026-03-10")
    assert (await world.duty("49063099")).state == LAPSED
    assert (await world.marks())["49063099"] == [30, 7]


async def test_what_a_revoked_body_owes_ends_with_the_fact_and_its_winding_up_finds_what_was_shown(
    world: World,
) -> None:
    """Both follow from one sanction by two ways: whichever comes first, the reminder is void and its end told once."""
    await world.days("2026-01-29", "2026-02-10")
    jobs = handlers(empty_house(store=world.store, clock=world.clock))["duties"]
    body = await local_copies.copy_of(world.store, BodyRegistered, STATION)
    await jobs[BodyRegistered.TYPE](told(STATION, body.model_copy(update={"state": "revoked"})))
    (settled,) = (await world.told("settled"))[f"{STATION}-2026.annual_plan"]
    assert (settled["lapsed"], settled["settled_on"]) == (True, "2026-02-10")
    duty = await world.duty()
    duty.void(acting_for("s"), world.clock.now(), "取消资质")
    await repository.save(world.store, duty)
    assert (duty.history[-1].from_state, duty.state) == (OPEN, VOIDED)
    assert len((await world.told("settled"))[duty.id]) == 1


async def test_a_body_that_stands_elsewhere_is_told_to_stand_there_at_once(world: World) -> None:
    await world.day("2026-02-10")
    jobs = handlers(empty_house(store=world.store, clock=world.clock))["duties"]
    body = await local_copies.copy_of(world.store, BodyRegistered, STATION)
    moved = body.model_copy(update={"path": f"/{CENTRE}/{STATION}/"})
    for _ in range(2):
        await jobs[BodyRegistered.TYPE](told(STATION, moved))
    assert [one["path"] for one in (await world.told("reckoned"))[f"{STATION}-2026.annual_plan"]] == [moved.path]


async def test_a_plan_that_cannot_be_read_keeps_nobody_else_from_being_reminded(world: World) -> None:
    await world.day("2026-01-29")
    await world.store.add(AnnualPlan.KIND, Record(f"{STATION}-2026", {"state": "of a later release"}))
    await world.days("2026-01-30", "2026-02-28")
    assert await world.marks() == {BRANCH: USUAL[:5], OTHER: USUAL[:5], STATION: [30]}


async def test_a_year_that_is_over_is_asked_for_no_more(world: World) -> None:
    await world.days("2026-12-20", "2027-01-10")
    assert (await world.duty()).state == LAPSED
    assert (await world.duty(year=2027)).state == OPEN


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("away", "back"), [("2026-02-24", "2026-02-27"), ("2026-02-20", "2026-03-13")])
async def test_after_an_outage_the_nearest_mark_goes_out_and_then_the_next(world: World, away: str, back: str) -> None:
    await world.days("2026-01-01", away)
    before = await world.marks()
    await world.day(back)
    after = await world.marks()
    assert {body: len(after[body]) - len(before[body]) for body in BODIES} == dict.fromkeys(BODIES, 1)
    await world.days(back, "2026-03-31")
    assert all(marks[-1] == -31 for marks in (await world.marks()).values())


async def test_a_house_that_is_first_started_late_asks_for_what_is_overdue(world: World) -> None:
    await world.day("2026-06-15")
    assert {len(marks) for marks in (await world.marks()).values()} == {1}


async def test_what_an_earlier_release_told_is_not_told_again(world: World) -> None:
    await world.store.add(EARLIER.name, Record(f"{STATION}-2026", {"marked": [30, 14, 7]}))
    await world.day("2026-02-24")
    assert await world.marks() == {BRANCH: [7], OTHER: [7], STATION: []}
    await world.day("2026-02-25")
    assert (await world.marks())[STATION] == [3]


async def test_two_clocks_at_once_double_nothing(world: World) -> None:
    others = [world.watched_by(ours()) for _ in range(3)]
    day = date(2026, 1, 1)
    while day < date(2026, 3, 6):
        now = morning(day.isoformat())
        await asyncio.gather(*(world.watch(now, keeper) for keeper in (world.keeper, *others)))
        day += timedelta(days=1)
    assert await world.marks() == dict.fromkeys(BODIES, USUAL)
    assert {len(facts) for facts in (await world.told("opened")).values()} == {1}


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1)], ids=str)
async def test_a_clock_that_is_set_neither_skips_a_mark_nor_doubles_it(world: World, jump: timedelta) -> None:
    now = datetime(2026, 1, 28, tzinfo=CHINA)
    while now < datetime(2026, 3, 5, tzinfo=CHINA):
        await world.watch(now + (jump if now.hour == 8 else timedelta(0)))
        now += timedelta(hours=4)
    assert await world.marks() == dict.fromkeys(BODIES, USUAL)


async def test_the_notice_of_a_year_arrives_while_reminders_are_under_way(world: World) -> None:
    """Open marks are reckoned anew, told ones stay."""
    await world.days("2027-01-20", "2027-01-29")
    assert {one["provisional"] for facts in (await world.told()).values() for one in facts} == {True}
    before = await world.marks()
    notice = {date(2027, 2, 13): True, date(2027, 2, 12): False, date(2027, 10, 1): False}
    named = (*ours(), *(NamedDay(day, works, "试") for day, works in notice.items()))
    keeper = world.watched_by(named)
    for day in range(30, 60):
        await world.watch(morning("2027-01-01") + timedelta(days=day - 1), keeper)
    told = (await world.told())[f"{STATION}-2027.annual_plan"]
    assert [one["mark"] for one in told][: len(before[STATION])] == before[STATION]
    assert {one["provisional"] for one in told[len(before[STATION]) :]} == {False}
    assert len({one["mark"] for one in told}) == len(told)
