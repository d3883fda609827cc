"""Training records: who may keep them, until when they count, and a ladder of reminders that ends with the renewal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.directory.accounts.account import ACTIVE, CLOSED, Account
from services.directory.declares import KINDS
from services.directory.ids import account_reference
from services.directory.trainings import usecases as trainings
from services.directory.trainings.training_record import (
    STATES,
    VALID,
    WITHDRAWN,
    Training,
    TrainingRecord,
    counts_until,
)
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Invalid, NotAllowed, WrongState
from shared.keeping import repository
from shared.trade.deadline import CHINA, MARKS
from shared.trade.roles import Role

PATH = "/49000001/49050001/49053012/"
NOON = datetime(2026, 4, 3, 12, 0, tzinfo=CHINA)
TODAY = date(2026, 4, 3)
OPERATOR = Actor("operator", "operator", "", "/", frozenset({Role.OPERATOR}))
CENTRE = Actor("qian.wen", "钱文", "49000001", "/49000001/", frozenset({Role.CENTRE_CLERK}))


def account(id: str = "zhou.ning", state: str = ACTIVE, role: Role = Role.STATION_CLERK) -> Account:
    return Account(id=id, state=state, name="周宁", body="49053012", path=PATH, roles=[role], password_hash="")


def passed(on: date = TODAY, until: date | None = None, certificate: str = "PX-1") -> Training:
    return Training(certificate=certificate, passed_on=on, valid_until=until or counts_until(on))


def a_record(state: str = VALID, by: Actor = OPERATOR, **training: Any) -> TrainingRecord:
    record = TrainingRecord.record(by, NOON, of=account(), training=passed(**training), request="r1")
    record.state = state
    return record


# --- the record -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 4, 3), date(2028, 4, 3)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 2, 28), date(2028, 2, 28)),
    ],
)
def test_two_years_unless_the_certificate_says_otherwise(day: date, until: date) -> None:
    assert counts_until(day) == until


ALLOWED = {(VALID, "renew"), (WITHDRAWN, "renew"), (VALID, "withdraw")}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["renew", "withdraw"])
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    record = a_record(state)

    def act() -> None:
        if verb == "renew":
            record.renew(CENTRE, NOON, of=account(), training=passed(certificate="PX-2"), request="r2")
        else:
            record.withdraw(CENTRE, NOON, "证书系误登")

    if (state, verb) not in ALLOWED:
        with pytest.raises(WrongState, match=state):
            act()
        return
    act()
    assert record.state == (VALID if verb == "renew" else WITHDRAWN)
    assert [entry.verb for entry in record.history] == ["record", verb]


@pytest.mark.parametrize("state", STATES)
def test_only_a_valid_one_reminds(state: str) -> None:
    record = a_record(state, until=TODAY + timedelta(days=7))
    assert record.remind(account(), NOON) is (state == VALID)


def test_the_history_keeps_every_training() -> None:
    record = a_record()
    record.marked = [30, 14]
    later = passed(until=date(2029, 4, 3), certificate="PX-2")
    record.renew(CENTRE, NOON, of=account(), training=later, request="r2")
    assert (record.certificate, record.valid_until, record.marked) == ("PX-2", date(2029, 4, 3), [])
    assert (record.requests, record.recorded_by) == (["r1", "r2"], "qian.wen")
    assert [entry.reason for entry in record.history] == [
        "PX-1, 2026-04-03 – 2028-04-03",
        "PX-2, 2026-04-03 – 2029-04-03",
    ]


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2026, 4, 2), False), (TODAY, True), (date(2028, 4, 3), True), (date(2028, 4, 4), False)],
)
def test_both_ends_are_included(day: date, counts: bool) -> None:
    assert a_record().counts_on(day) is counts
    assert not a_record(WITHDRAWN).counts_on(day)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        a_record(on=date(2026, 4, 4), until=date(2026, 4, 1))
    assert [problem.where for problem in refused.value.problems] == ["/passed_on", "/valid_until"]


def test_the_day_of_the_clerk_is_the_day_in_china() -> None:
    """23:30 UTC on the 2nd is the 3rd there: a training passed this morning lies in no future."""
    early = datetime(2026, 4, 2, 23, 30, tzinfo=UTC)
    TrainingRecord.record(OPERATOR, early, of=account(), training=passed(), request="r1")


def test_an_older_training_takes_no_place() -> None:
    with pytest.raises(Invalid, match="older"):
        a_record().renew(CENTRE, NOON, of=account(), training=passed(date(2026, 4, 2)), request="r2")
    a_record(WITHDRAWN).renew(CENTRE, NOON, of=account(), training=passed(date(2026, 4, 2)), request="r2")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.CENTRE_CLERK}))
def test_who_keeps_records(role: Role) -> None:
    other = Actor("x", "x", "49000001", "/49000001/", frozenset({role}))
    with pytest.raises(NotAllowed):
        a_record(by=other)
    with pytest.raises(NotAllowed):
        a_record().withdraw(other, NOON, "x")


def test_nobody_keeps_their_own() -> None:
    self = account(CENTRE.id, role=Role.CENTRE_CLERK)
    with pytest.raises(NotAllowed, match="own"):
        TrainingRecord.record(CENTRE, NOON, of=self, training=passed(), request="r1")
    record = TrainingRecord.record(OPERATOR, NOON, of=self, training=passed(), request="r1")
    with pytest.raises(NotAllowed, match="own"):
        record.renew(CENTRE, NOON, of=self, training=passed(), request="r2")
    with pytest.raises(NotAllowed, match="own"):
        record.withdraw(CENTRE, NOON, "x")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SERVICE, Role.BRANCH_SYSTEM])
def test_machines_are_not_trained(role: Role) -> None:
    with pytest.raises(Invalid, match="no role that needs"):
        TrainingRecord.record(OPERATOR, NOON, of=account(role=role), training=passed(), request="r1")


def test_a_closed_account_is_not_trained() -> None:
    with pytest.raises(WrongState, match=CLOSED):
        TrainingRecord.record(OPERATOR, NOON, of=account(state=CLOSED), training=passed(), request="r1")


def test_the_reminder_carries_no_account_id() -> None:
    record = a_record(until=TODAY + timedelta(days=30))
    assert record.remind(account(), NOON)
    (row,) = record.outbox
    noted = json.loads(row.wire)
    reference = account_reference("zhou.ning")
    assert "zhou.ning" not in row.wire
    assert "周宁" not in row.wire
    assert (noted["subject"], noted["data"]["account"], noted["data"]["days_left"]) == (reference, reference, 30)


# --- the watch --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    for id in ("zhou.ning", "wu.gang"):
        await repository.add(opened, account(id))
    yield opened
    await opened.close()


async def keep(store: SqliteStore, id: str, until: date) -> None:
    """Recorded while the account was open."""
    record = TrainingRecord.record(OPERATOR, NOON, of=account(id), training=passed(until=until), request=id)
    await repository.add(store, record)


async def walk(store: SqliteStore, first: date, last: date) -> None:
    """Ask every seven hours."""
    now, end = (datetime(day.year, day.month, day.day, tzinfo=CHINA) for day in (first, last))
    while now < end:
        await trainings.watch(store, now)
        now += timedelta(hours=7)


async def marks(store: SqliteStore, id: str = "zhou.ning") -> list[int]:
    return (await repository.load(store, TrainingRecord, id)).marked


async def reminders(store: SqliteStore) -> list[tuple[str, int]]:
    """(last day, days left) of every fact in the outbox, oldest first."""
    noted = [
        json.loads(row.wire) for outbox in await store.pending() for row in outbox.rows if row.exchange == "events"
    ]
    return [(fact["data"]["due_on"], fact["data"]["days_left"]) for fact in noted]


async def test_two_years_are_walked_and_every_mark_is_made_once(store: SqliteStore) -> None:
    await keep(store, "zhou.ning", date(2028, 4, 3))
    await walk(store, TODAY, date(2028, 6, 1))
    assert await marks(store) == list(MARKS)
    assert await reminders(store) == [("2028-04-03", mark) for mark in MARKS]


async def test_after_the_renewal_nothing_until_the_next_end_comes_near(store: SqliteStore) -> None:
    await keep(store, "zhou.ning", date(2028, 4, 3))
    await walk(store, TODAY, date(2028, 3, 25))
    assert await marks(store) == [30, 14]
    record = await repository.load(store, TrainingRecord, "zhou.ning")
    at = datetime(2028, 3, 25, 9, tzinfo=CHINA)
    record.renew(CENTRE, at, of=account(), training=passed(date(2028, 3, 24)), request="r2")
    await repository.save(store, record)
    await walk(store, date(2028, 3, 25), date(2030, 2, 20))
    assert await marks(store) == []
    await walk(store, date(2030, 2, 20), date(2030, 5, 1))
    assert await reminders(store) == [
        *(("2028-04-03", mark) for mark in (30, 14)),
        *(("2030-03-24", mark) for mark in MARKS),
    ]


async def test_closed_accounts_and_withdrawn_records_are_left_in_peace(store: SqliteStore) -> None:
    await repository.add(store, account("xu.jing", CLOSED))
    for id in ("xu.jing", "wu.gang", "nobody.any.more"):
        await keep(store, id, date(2026, 4, 10))
    record = await repository.load(store, TrainingRecord, "wu.gang")
    record.withdraw(CENTRE, NOON, "证书系误登")
    await repository.save(store, record)
    await walk(store, TODAY, date(2026, 5, 1))
    assert await reminders(store) == []


async def test_two_clocks_at_once(store: SqliteStore) -> None:
    for id in ("zhou.ning", "wu.gang"):
        await keep(store, id, date(2028, 4, 3))
    for days in MARKS:
        at = datetime(2028, 4, 3, 9, tzinfo=CHINA) - timedelta(days=days)
        await asyncio.gather(*(trainings.watch(store, at) for _ in range(4)))
    assert await marks(store) == await marks(store, "wu.gang") == list(MARKS)
    assert len(await reminders(store)) == 2 * len(MARKS), "a reminder was doubled or lost"


async def test_an_account_is_found_by_its_reference(store: SqliteStore) -> None:
    found = await store.find(Account.KIND, {"ref": account_reference("zhou.ning")})
    assert [record.id for record in found.records] == ["zhou.ning"]


def test_a_training_may_count_for_the_day_it_was_passed_on_alone() -> None:
    day = NOON.date()
    assert a_record(on=day, until=day).valid_until == day
