"""Training records: who may keep them, and until when they count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.directory.accounts.account import ACTIVE, CLOSED, Account
from services.directory.declares import KINDS
from services.directory.ids import account_reference
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
from shared.trade.deadline import CHINA
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


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    await repository.add(opened, account())
    yield opened
    await opened.close()


async def test_an_account_is_found_by_its_reference(store: SqliteStore) -> None:
    found = await store.find(Account.KIND, {"ref": account_reference("zhou.ning")})
    assert [record.id for record in found.records] == ["zhou.ning"]


def test_a_training_may_count_for_the_day_it_was_passed_on_alone() -> None:
    day = NOON.date()
    assert a_record(on=day, until=day).valid_until == day
