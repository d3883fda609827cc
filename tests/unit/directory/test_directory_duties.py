"""What the directory reminds of: trainings (R2), licences, cards of examiners, rectifications after an annual inspection (rules
§4.1, §4.3). Every mark once, none after it was done, and nobody's name on the bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.directory.accounts.account import ACTIVE, CLOSED, Account
from services.directory.bodies.body import Body
from services.directory.bodies.standing import APPLIED, LICENSED, RECTIFYING, REGISTERED
from services.directory.declares import KINDS
from services.directory.duties import examiner_card, training
from services.directory.duties.duty import ANNUAL_RECTIFICATION, EXAMINER_CARD, LICENCE, TRAINING, DirectoryDuty
from services.directory.duties.watching import duties
from services.directory.handlers import handlers
from services.directory.ids import account_reference
from services.directory.persons.person import RegisteredPerson
from services.directory.settings import DirectorySettings
from services.directory.trainings.training_record import Training, TrainingRecord
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered, ScopeItem
from shared.contracts.directory import Licence as LicenceHeld
from shared.keeping import repository
from shared.ports import Record
from shared.procedure.windup import acting_for
from shared.trade.ladder import Ladder
from shared.trade.roles import Role
from tests.unit.directory.test_standing import APPROVER, BRANCH, CENTRE, CLERK, STATION, SYSTEM, a_body
from tests.world.dutiful import DutyWorld, morning
from tests.world.empty import empty_house
from tests.world.hearing import told

PATH = f"/{CENTRE}/{BRANCH}/{STATION}/"
OPERATOR = Actor("operator", "operator", "", "/", frozenset({Role.OPERATOR}))
ZHOU = account_reference("zhou.ning")
SCOPE = [ScopeItem(occupation="6-04-01-01", levels=[5, 4, 3])]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DutyWorld]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    yield DutyWorld(opened, duties, DirectoryDuty)
    await opened.close()


# --- trainings --------------------------------------------------------------------------------------------------------


def account(id: str = "zhou.ning", state: str = ACTIVE, role: Role = Role.STATION_CLERK) -> Account:
    return Account(id=id, state=state, name="周宁", body=STATION, path=PATH, roles=[role], password_hash="")


async def trained(world: DutyWorld, until: str, id: str = "zhou.ning", state: str = ACTIVE) -> TrainingRecord:
    """Recorded while the account was open."""
    passed = Training(certificate="PX-1", passed_on=date(2026, 1, 5), valid_until=date.fromisoformat(until))
    record = TrainingRecord.record(OPERATOR, morning("2026-01-05"), of=account(id), training=passed, request=id)
    await repository.add(world.store, account(id, state))
    await repository.add(world.store, record)
    return record


async def renewed(world: DutyWorld, record: TrainingRecord, day: str, until: str, id: str = "zhou.ning") -> None:
    passed = Training(certificate="PX-2", passed_on=date.fromisoformat(day), valid_until=date.fromisoformat(until))
    record.renew(OPERATOR, world.at(morning(day)), of=account(id), training=passed, request=day)
    await repository.save(world.store, record)
    await world.keeper.look_after_an_act(training.key_of(account(id)), TRAINING.what)


async def test_a_training_that_ends_is_told_to_the_person_and_not_for_ever(world: DutyWorld) -> None:
    await trained(world, "2026-06-24")
    await world.days("2026-01-06", "2026-08-01")
    told = (await world.told())[f"{ZHOU}.training"]
    assert [one["mark"] for one in told] == [30, 14, 7, 3, 1, 0]
    assert {(one["account"], one["body"], one["people"]) for one in told} == {(ZHOU, STATION, None)}
    assert [one["lapsed"] for one in (await world.told("settled"))[f"{ZHOU}.training"]] == [True]
    wires = await world.wires()
    assert "zhou.ning" not in wires and "周宁" not in wires


async def test_the_last_day_is_told_after_an_outage_too(world: DutyWorld) -> None:
    await trained(world, "2026-06-24")
    await world.day("2026-06-17")
    await world.day("2026-06-27")
    assert (await world.marks())[f"{ZHOU}.training"] == [7, 0]
    assert (await world.told())[f"{ZHOU}.training"][-1]["days_left"] == -3


async def test_after_the_renewal_nothing_until_the_next_end_comes_near(world: DutyWorld) -> None:
    record = await trained(world, "2026-06-24")
    await world.days("2026-05-01", "2026-06-10")
    await renewed(world, record, "2026-06-11", "2028-06-14")
    await world.days("2026-06-12", "2026-08-30")
    assert await world.marks() == {f"{ZHOU}.training": [30, 14]}
    (settled,) = (await world.told("settled"))[f"{ZHOU}.training"]
    assert (settled["settled_on"], settled["late"], settled["lapsed"]) == ("2026-06-11", False, False)
    await world.days("2028-05-01", "2028-07-01")
    assert (await world.marks())[f"{ZHOU}.training.1"] == [30, 14, 7, 3, 1, 0]


@pytest.mark.parametrize("end", ["withdrawn", "closed"])
async def test_what_ends_otherwise_is_told_no_more(world: DutyWorld, end: str) -> None:
    record = await trained(world, "2026-06-24")
    await world.day("2026-06-10")
    if end == "withdrawn":
        record.withdraw(OPERATOR, morning("2026-06-11"), "误登")
        await repository.save(world.store, record)
    else:
        of = await repository.load(world.store, Account, "zhou.ning")
        of.close(OPERATOR, morning("2026-06-11"), "离职")
        await repository.save(world.store, of)
    await world.days("2026-06-12", "2026-07-10")
    assert await world.marks() == {f"{ZHOU}.training": [14]}
    assert [one["lapsed"] for one in (await world.told("settled"))[f"{ZHOU}.training"]] == [True]


async def test_closed_accounts_and_records_without_one_are_left_in_peace(world: DutyWorld) -> None:
    await trained(world, "2026-06-24", "xu.jing", CLOSED)
    record = TrainingRecord.record(
        OPERATOR,
        morning("2026-01-05"),
        of=account("gone"),
        training=Training(certificate="PX-9", passed_on=date(2026, 1, 5), valid_until=date(2026, 6, 24)),
        request="r",
    )
    await repository.add(world.store, record)
    await world.days("2026-05-20", "2026-07-01")
    assert await world.states() == {}


async def test_what_an_earlier_release_told_of_a_training_is_not_told_again(world: DutyWorld) -> None:
    record = await trained(world, "2026-06-24")
    await world.store.put(
        TrainingRecord.KIND, Record(record.id, {**record.as_record().body, "marked": [30, 14]}, 1, record.version)
    )
    await world.day("2026-06-16")
    assert await world.marks() == {}
    await world.day("2026-06-17")
    assert await world.marks() == {f"{ZHOU}.training": [7]}
    stored = await repository.load(world.store, TrainingRecord, "zhou.ning")
    await renewed(world, stored, "2026-06-18", "2026-09-16")
    await world.days("2026-06-19", "2026-09-02")
    assert (await world.marks())[f"{ZHOU}.training.1"] == [30, 14]


async def test_two_clocks_at_once_double_nothing(world: DutyWorld) -> None:
    for id in ("zhou.ning", "wu.gang"):
        await trained(world, "2026-06-24", id)
    others = [world.another() for _ in range(3)]
    for day in ("2026-05-25", "2026-06-10", "2026-06-24"):
        now = world.at(morning(day))
        await asyncio.gather(*(keeper.watch(now) for keeper in (world.keeper, *others)))
    assert set(map(tuple, (await world.marks()).values())) == {(30, 14, 0)}


# --- licences ---------------------------------------------------------------------------------------------------------


def licence(first: str, last: str) -> LicenceHeld:
    return LicenceHeld(
        licence_no="J-1", valid_from=date.fromisoformat(first), valid_until=date.fromisoformat(last), scope=SCOPE
    )


def licensed(until: str = "2026-06-24") -> Body:
    body = a_body(APPLIED)
    body.license(APPROVER, morning("2026-01-05"), licence("2026-01-05", until))
    return body


async def acted_upon(world: DutyWorld, body: Body, *, stored: bool = True) -> None:
    """With the fact that every act upon a body tells."""
    if stored:
        await repository.save(world.store, body)
    else:
        body.stored_as(0)
        await repository.add(world.store, body)
    fact = BodyRegistered(
        body=body.id,
        kind="station",
        path=body.path,
        name_zh="站",
        name_en="S",
        produces=False,
        email="",
        state=body.state,
    )
    job = handlers(empty_house(store=world.store, clock=world.clock))["duties"][BodyRegistered.TYPE]
    await job(told(body.id, fact))


async def test_a_licence_is_asked_for_from_ninety_days_on_until_it_is_renewed(world: DutyWorld) -> None:
    body = licensed()
    await acted_upon(world, body, stored=False)
    await world.days("2026-01-06", "2026-07-10")
    told = (await world.told())[f"{STATION}.licence"]
    assert [one["mark"] for one in told] == [90, 60, 30, 14, 7, 3, 1, 0, -7, -14]
    assert [one["above"] for one in told if one["overdue"]] == [BRANCH, BRANCH]
    body.license(APPROVER, morning("2026-07-11"), licence("2026-07-11", "2029-07-10"))
    world.at(morning("2026-07-11"))
    await acted_upon(world, body)
    await world.days("2026-07-12", "2026-12-31")
    assert await world.marks() == {f"{STATION}.licence": [one["mark"] for one in told]}
    (settled,) = (await world.told("settled"))[f"{STATION}.licence"]
    assert (settled["settled_on"], settled["late"], settled["lapsed"]) == ("2026-07-11", True, False)
    assert (await world.states())[f"{STATION}.licence.1"] == "open"


async def test_bodies_of_before_there_were_duties_are_found_once(world: DutyWorld) -> None:
    await repository.add(world.store, licensed())
    await repository.add(world.store, a_body(REGISTERED, "branch"))
    await repository.add(world.store, a_body(REGISTERED, "centre"))
    await world.day("2026-06-30")
    assert await world.marks() == {f"{STATION}.licence": [0]}, "late, and nearest only"
    await world.day("2026-07-01")
    assert await world.marks() == {f"{STATION}.licence": [0, -7]}


async def test_one_that_cannot_be_read_keeps_nobody_else_from_being_reminded(world: DutyWorld) -> None:
    await repository.add(world.store, licensed())
    await world.store.add(Body.KIND, Record("broken", {"state": LICENSED, "path": PATH, "kind": "of a later release"}))
    await world.day("2026-06-17")
    assert await world.marks() == {f"{STATION}.licence": [7]}


async def test_a_licence_is_owed_no_more_by_a_body_that_is_revoked(world: DutyWorld) -> None:
    body = licensed()
    await acted_upon(world, body, stored=False)
    await world.day("2026-06-17")
    body.revoke(SYSTEM, morning("2026-06-18"), "泄题")
    await acted_upon(world, body)
    await world.days("2026-06-19", "2026-07-10")
    assert await world.marks() == {f"{STATION}.licence": [7]}
    assert (await world.states()) == {f"{STATION}.licence": "lapsed"}


# --- annual inspections -----------------------------------------------------------------------------------------------


def failed(body: Body, day: str, until: str) -> None:
    year, last = int(day[:4]), date.fromisoformat(until)
    body.inspect(CLERK, morning(day), year=year, passed=False, findings=["量具未检定"], until=last)


async def test_what_an_annual_inspection_found_is_owed_until_it_is_cleared(world: DutyWorld) -> None:
    body, what = licensed("2028-12-31"), f"{STATION}.annual_rectification"
    failed(body, "2026-04-03", "2026-06-24")
    await acted_upon(world, body, stored=False)
    await world.days("2026-04-04", "2026-06-28")
    assert (await world.marks())[what] == [30, 14, 7, 3, 1, 0, -1]
    body.clear_rectification(CLERK, morning("2026-06-28"), "整改合格")
    world.at(morning("2026-06-28"))
    await acted_upon(world, body)
    failed(body, "2026-07-01", "2026-09-30")
    world.at(morning("2026-07-01"))
    await acted_upon(world, body)
    await world.days("2026-07-02", "2026-09-23")
    marks = await world.marks()
    assert (marks[what], marks[f"{what}.1"]) == ([30, 14, 7, 3, 1, 0, -1], [30, 14, 7])
    assert [one["late"] for one in (await world.told("settled"))[what]] == [True]


async def test_what_a_sanction_orders_is_no_matter_of_the_directory(world: DutyWorld) -> None:
    by = acting_for("s")
    body = licensed("2028-12-31")
    body.order_rectification(by, morning("2026-04-03"), "考评人员不足", date(2026, 6, 24), sanction="s")
    assert (body.state, body.ordered_by) == (RECTIFYING, "s")
    await acted_upon(world, body, stored=False)
    await world.days("2026-06-20", "2026-06-24")
    assert [id for id in await world.states() if "rectification" in id] == []


# --- cards ------------------------------------------------------------------------------------------------------------


async def card(world: DutyWorld, number: str, until: str, body: Body | None = None) -> RegisteredPerson:
    person = RegisteredPerson.register(
        CLERK,
        morning("2026-01-05"),
        office="examiner",
        name=f"考评员{number}",
        card_no=number,
        body=body or a_body(LICENSED),
        scope=SCOPE,
        appointed_from=date(2024, 1, 5),
        valid_until=date.fromisoformat(until),
    )
    await repository.add(world.store, person)
    return person


async def test_cards_of_one_day_are_one_duty_of_their_body_and_name_nobody(world: DutyWorld) -> None:
    await repository.add(world.store, a_body(LICENSED))
    people = [await card(world, f"R4926000{n}", "2026-06-24") for n in (1, 2, 3)]
    other = await card(world, "R49260009", "2026-07-29")
    await world.days("2026-05-20", "2026-06-23")
    cards = f"{STATION}-2026-06-24.examiner_card"
    told_so_far = (await world.told())[cards]
    assert [(one["mark"], one["people"], one["account"]) for one in told_so_far] == [
        (mark, 3, None) for mark in (30, 14, 7, 3, 1)
    ]
    for person in people[:2]:
        person.renew(CLERK, morning("2026-06-23"), appointed_from=date(2026, 6, 25))
        await repository.save(world.store, person)
        await world.keeper.look_after_an_act(examiner_card.key_of(STATION, date(2026, 6, 24)), EXAMINER_CARD.what)
    await world.days("2026-06-24", "2026-07-08")
    assert [(one["mark"], one["people"]) for one in (await world.told())[cards][5:]] == [
        (0, 1),
        (-1, 1),
        (-3, 1),
        (-10, 1),
    ]
    people[2].withdraw(CLERK, world.at(morning("2026-07-08")), "调离")
    await repository.save(world.store, people[2])
    await world.keeper.look_after_an_act(examiner_card.key_of(STATION, date(2026, 6, 24)), EXAMINER_CARD.what)
    await world.days("2026-07-09", "2026-07-20")
    assert len((await world.marks())[cards]) == 9
    assert [one["lapsed"] for one in (await world.told("settled"))[cards]] == [False]
    assert (await world.marks())[f"{STATION}-2026-07-29.examiner_card"] == [30, 14]
    wires = await world.wires()
    assert not any(said in wires for one in (*people, other) for said in (one.name, one.card_no, one.id))


async def test_a_revoked_body_owes_nothing_from_that_fact_on(world: DutyWorld) -> None:
    body = licensed()
    await acted_upon(world, body, stored=False)
    await card(world, "R49260001", "2026-06-24", body)
    await world.day("2026-06-17")
    body.revoke(SYSTEM, morning("2026-06-18"), "泄题")
    world.at(morning("2026-06-18"))
    await acted_upon(world, body)
    assert await world.states() == {f"{STATION}.licence": "lapsed", f"{STATION}-2026-06-24.examiner_card": "lapsed"}
    assert {one["settled_on"] for told_of in (await world.told("settled")).values() for one in told_of} == {
        "2026-06-18"
    }


async def test_cards_that_ended_long_ago_are_asked_about_no_more(world: DutyWorld) -> None:
    await repository.add(world.store, a_body(LICENSED))
    await card(world, "R49240001", "2024-12-31")
    await card(world, "R49260001", "2026-02-27")
    await world.days("2026-03-02", "2026-03-10")
    assert set(await world.marks()) == {f"{STATION}-2026-02-27.examiner_card"}
    await world.day("2027-03-10")
    assert (await world.states())[f"{STATION}-2026-02-27.examiner_card"] == "lapsed"


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("training_ladder", (30, 14, 7, 3, 1, 0)),
        ("licence_ladder", (90, 60, 30, 14, 7, 3, 1, 0)),
        ("examiner_card_ladder", (30, 14, 7, 3, 1, 0, -1, -3)),
    ],
)
def test_the_ladders_that_are_set_without_anybody_setting_them(name: str, marks: tuple[int, ...]) -> None:
    settings: Any = DirectorySettings()
    assert Ladder.read(getattr(settings, name)).marks == marks


def test_all_kinds_are_kept() -> None:
    keeper = duties(empty_house())
    assert set(keeper._each) == {one.what for one in (TRAINING, LICENCE, EXAMINER_CARD, ANNUAL_RECTIFICATION)}
