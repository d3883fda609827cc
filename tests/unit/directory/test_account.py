"""Accounts: every verb in every state, who may do what to whom, and what wrong passwords do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.directory.accounts.account import (
    ACTIVE,
    CLOSED,
    FAILURES,
    LOCKED_FOR,
    NOTED_AGAIN_AFTER,
    RESET_AGAIN_AFTER,
    RESET_COUNTS_FOR,
    RESETS_A_DAY,
    STATES,
    Account,
)
from services.directory.accounts.answers import AccountAnswer
from services.directory.accounts.roles import must_exist_at
from services.directory.ids import account_reference
from shared.actor import Actor
from shared.errors import Invalid, NotAllowed, WrongState
from shared.ports import Record
from shared.procedure.windup import acting_for
from shared.trade.roles import NAMES, Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
PATH = "/49000001/49050001/49053012/"
OPERATOR = Actor("operator", "operator", "", "/", frozenset({Role.OPERATOR}))
CLERK = Actor("qian.wen", "钱文", "49000001", "/49000001/", frozenset({Role.CENTRE_CLERK}))
HEAD = Actor("wu.gang", "吴刚", "49053012", PATH, frozenset({Role.STATION_HEAD}))
WIND_UP = Actor("directory", "directory", "", "/", frozenset({Role.SERVICE}))


def an_account(state: str = ACTIVE, **more: Any) -> Account:
    content: dict[str, Any] = {
        "id": "zhou.ning",
        "state": state,
        "name": "周宁",
        "email": "zhou@example.org",
        "body": "49053012",
        "path": PATH,
        "roles": [Role.STATION_CLERK],
        "password_hash": "old",
    }
    return Account(**{**content, **more})


def a_machine(state: str = ACTIVE) -> Account:
    return an_account(state, id="system", email="", roles=[Role.BRANCH_SYSTEM], machine=True)


VERBS: dict[str, tuple[Callable[..., Account], Callable[[Account], object], str, int]] = {
    "change": (an_account, lambda account: account.change(CLERK, NOW, **entry()), ACTIVE, 0),
    "close": (an_account, lambda account: account.close(CLERK, NOW, "left"), CLOSED, 1),
    "transfer": (
        an_account,
        lambda account: account.transfer(CLERK, NOW, "49053013", "/49000001/49053013/", "moved"),
        ACTIVE,
        1,
    ),
    "finish": (an_account, lambda account: account.finish(WIND_UP, NOW, "revoked"), ACTIVE, 0),
    "unlock": (an_account, lambda account: account.unlock(CLERK, NOW), ACTIVE, 0),
    "set_initial_password": (an_account, lambda account: account.set_initial_password(CLERK, NOW, "new"), ACTIVE, 1),
    "change_password": (an_account, lambda account: account.change_password(NOW, "new"), ACTIVE, 1),
    "reset_password": (an_account, lambda account: account.change_password(NOW, "new", "reset_password"), ACTIVE, 1),
    "end_access": (an_account, lambda account: account.end_access(NOW), ACTIVE, 1),
    "renew_secret": (a_machine, lambda account: account.renew_secret(CLERK, NOW, "new"), ACTIVE, 1),
}


def entry(**more: Any) -> dict[str, Any]:
    content = {"name": "周宁", "email": "z@example.org", "roles": [Role.STATION_CLERK], "body_kind": "station"}
    return {**content, **more}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    make, act, after, voided = VERBS[verb]
    account = make(state)
    if state != ACTIVE:
        with pytest.raises(WrongState):
            act(account)
        assert (account.state, account.epoch, account.outgoing) == (state, 0, ())
        return
    act(account)
    assert (account.state, account.epoch, account.ended_at) == (after, voided, NOW if voided else None)
    assert [row.verb for row in account.history] == [verb]
    assert [row.exchange for row in account.outgoing] == ["audit"], "an act of an officer, and nothing on the bus"


def test_a_closed_account_is_not_written_to_and_is_locked_like_an_open_one() -> None:
    """With the right password one hears that it is closed: guessing must be no quicker there."""
    account = an_account(CLOSED)
    assert not account.request_reset(NOW)
    for _ in range(FAILURES):
        assert account.count_failure(NOW)
    assert (account.is_locked(NOW), account.outbox) == (True, ()), "nobody is written to"
    assert [(entry.verb, entry.to_state) for entry in account.history] == [("lock", CLOSED)]


@pytest.mark.parametrize(
    ("by", "sanction"), [(CLERK, ""), (OPERATOR, ""), (acting_for("s1"), "s1"), (acting_for("s:2"), "s:2")]
)
def test_an_account_knows_what_closed_it(by: Actor, sanction: str) -> None:
    account = an_account()
    account.finish(acting_for("another"), NOW, "取消资质")
    assert (account.closing, account.closed_for) == (None, "")
    account.close(by, NOW, "x")
    for _ in range(FAILURES):
        account.count_failure(NOW)
    assert account.closed_for == sanction
    assert account.closing is not None and account.closing.verb == "close"


KEEPING = [
    verb for verb in VERBS if verb in ("close", "transfer", "finish", "unlock", "set_initial_password", "change")
]


def kept_by(verb: str, account: Account, by: Actor) -> None:
    match verb:
        case "close":
            account.close(by, NOW, "left")
        case "transfer":
            account.transfer(by, NOW, "49053013", "/49000001/49053013/", "moved")
        case "finish":
            account.finish(by, NOW, "revoked")
        case "unlock":
            account.unlock(by, NOW)
        case "set_initial_password":
            account.set_initial_password(by, NOW, "new")
        case "change":
            account.change(
                by, NOW, **entry(roles=account.roles, body_kind="centre" if account.body == "49000001" else "station")
            )


@pytest.mark.parametrize("verb", KEEPING)
def test_operator_clerk_and_our_own_services_keep_accounts_and_nobody_else(verb: str) -> None:
    for by in (OPERATOR, CLERK, WIND_UP):
        kept_by(verb, an_account(), by)
    with pytest.raises(NotAllowed):
        kept_by(verb, an_account(), HEAD)


@pytest.mark.parametrize("verb", KEEPING)
def test_a_clerk_cannot_become_the_approver_of_their_own_work(verb: str) -> None:
    """Not by opening one, and not through the password or the mailbox of one that is there (rules §8)."""
    approver = {"id": "sun.min", "body": "49000001", "path": "/49000001/", "roles": [Role.CENTRE_APPROVER]}
    with pytest.raises(NotAllowed):
        kept_by(verb, an_account(**approver), CLERK)
    kept_by(verb, an_account(**approver), OPERATOR)


def opened(by: Actor, *roles: Role, kind: str = "station") -> Account:
    content = {"id": "new.one", "name": "新", "email": "n@example.org", "body": "49053012", "path": PATH}
    return Account.open(by, NOW, **content, body_kind=kind, roles=roles, password_hash="x")


def machine_opened(by: Actor) -> Account:
    content = {"id": "system", "name": "业务系统", "body": "49050001", "path": "/49000001/49050001/"}
    return Account.open_machine(by, NOW, **content, body_kind="branch", secret_hash="x")


def test_operator_clerk_and_our_own_services_open_accounts_and_nobody_else() -> None:
    for by in (OPERATOR, CLERK, WIND_UP):
        opened(by, Role.STATION_CLERK)
        machine_opened(by)
    with pytest.raises(NotAllowed):
        opened(HEAD, Role.STATION_CLERK)
    with pytest.raises(NotAllowed):
        machine_opened(HEAD)


def test_a_clerk_neither_makes_nor_unmakes_an_approver() -> None:
    """Whoever can take the approver's role away from one person decides who approves (rules §8)."""
    with pytest.raises(NotAllowed):
        opened(CLERK, Role.CENTRE_APPROVER, kind="centre")
    opened(OPERATOR, Role.CENTRE_APPROVER, kind="centre")
    at = {"body": "49000001", "path": "/49000001/"}
    for held, wanted in (
        ([Role.CENTRE_APPROVER], [Role.AUDITOR]),
        ([Role.CENTRE_APPROVER, Role.AUDITOR], [Role.AUDITOR]),
        ([Role.AUDITOR], [Role.AUDITOR, Role.CENTRE_APPROVER]),
    ):
        account = an_account(id="sun.min", roles=held, **at)
        with pytest.raises(NotAllowed):
            account.change(CLERK, NOW, **entry(roles=wanted, body_kind="centre"))
        assert (account.roles, account.epoch, account.outgoing) == (held, 0, ())
        account.change(OPERATOR, NOW, **entry(roles=wanted, body_kind="centre"))
        assert account.roles == wanted


@pytest.mark.parametrize("verb", [verb for verb in KEEPING if verb != "change"])
def test_nobody_keeps_their_own_account(verb: str) -> None:
    own = an_account(id=CLERK.id, body="49000001", path="/49000001/", roles=[Role.CENTRE_CLERK])
    with pytest.raises(NotAllowed):
        kept_by(verb, own, CLERK)


def test_keepers_renew_the_secret_of_a_machine_and_nobody_else() -> None:
    for by in (OPERATOR, CLERK, WIND_UP):
        a_machine().renew_secret(by, NOW, "new")
    for by in (HEAD, Actor("system", "system", "49050001", PATH, frozenset({Role.OPERATOR}))):
        with pytest.raises(NotAllowed):
            a_machine().renew_secret(by, NOW, "new")


def test_a_changed_account_has_roles_of_its_kind_of_body() -> None:
    account = an_account()
    with pytest.raises(Invalid):
        account.change(CLERK, NOW, **entry(roles=[Role.CENTRE_CLERK]))
    assert account.roles == [Role.STATION_CLERK]


def test_our_services_are_machines_and_the_operator_is_none() -> None:
    assert Account.provisioned("plan", Role.SERVICE, "x").machine
    assert not Account.provisioned("operator", Role.OPERATOR, "x").machine


def test_an_account_keeps_the_reference_it_was_given() -> None:
    account = an_account(reference="given")
    assert account.reference == "given"
    record = account.as_record()
    assert (record.body["ref"], Account.from_record(record).reference) == ("given", "given")


def test_nobody_changes_their_own_roles() -> None:
    own = an_account(id=CLERK.id, body="49000001", path="/49000001/", roles=[Role.CENTRE_CLERK])
    own.change(CLERK, NOW, name="钱 文", email="q@example.org", roles=[Role.CENTRE_CLERK], body_kind="centre")
    assert own.name == "钱 文"
    with pytest.raises(NotAllowed, match="own roles"):
        own.change(CLERK, NOW, **entry(roles=[Role.CENTRE_CLERK, Role.AUDITOR], body_kind="centre"))


@pytest.mark.parametrize("verb", [*KEEPING, "change_password"])
def test_what_provisioning_keeps_is_changed_there(verb: str) -> None:
    operator = Account.provisioned("operator", Role.OPERATOR, "hash")
    other = Actor("other", "other", "", "/", frozenset({Role.OPERATOR}))
    with pytest.raises(NotAllowed, match="provisioning"):
        operator.change_password(NOW, "new") if verb == "change_password" else kept_by(verb, operator, other)


def test_a_role_taken_away_ends_access_and_one_given_does_not() -> None:
    account = an_account(roles=[Role.STATION_CLERK])
    account.change(CLERK, NOW, **entry(roles=[Role.STATION_CLERK, Role.STATION_HEAD, Role.STATION_HEAD]))
    assert (account.epoch, account.roles) == (0, [Role.STATION_CLERK, Role.STATION_HEAD])
    account.change(CLERK, NOW, **entry(roles=[Role.STATION_HEAD]))
    assert (account.epoch, account.ended_at) == (1, NOW)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("station", Role.CENTRE_CLERK),
        ("station", Role.AUDITOR),
        ("branch", Role.STATION_CLERK),
        ("branch", Role.BRANCH_SYSTEM),
        ("centre", Role.OPERATOR),
        ("centre", Role.SERVICE),
    ],
)
def test_a_role_that_the_kind_of_body_lacks(kind: str, role: Role) -> None:
    content = {"id": "new.one", "name": "新", "email": "n@example.org", "body": "49053012", "path": PATH}
    with pytest.raises(Invalid) as refusal:
        Account.open(OPERATOR, NOW, **content, body_kind=kind, roles=[role], password_hash="x")
    assert [(problem.where, NAMES[role][0] in problem.what) for problem in refusal.value.problems] == [("/roles", True)]
    assert refusal.value.problems[0].fix


def test_a_new_account_opens_nothing_before_its_password_was_changed() -> None:
    content = {"id": "new.one", "name": "新", "email": "n@example.org", "body": "49053012", "path": PATH}
    account = Account.open(CLERK, NOW, **content, body_kind="station", roles=[Role.STATION_CLERK], password_hash="x")
    assert account.must_change_password
    account.change_password(NOW, "y")
    assert not account.must_change_password
    account.set_initial_password(CLERK, NOW, "z")
    assert account.must_change_password


def test_machines_are_for_branch_centres() -> None:
    content = {"id": "system", "name": "业务系统", "body": "49050001", "path": "/49000001/49050001/"}
    account = Account.open_machine(CLERK, NOW, **content, body_kind="branch", secret_hash="x")
    assert (account.machine, account.roles, account.must_change_password) == (True, [Role.BRANCH_SYSTEM], False)
    for kind in ("centre", "station"):
        with pytest.raises(Invalid):
            Account.open_machine(CLERK, NOW, **content, body_kind=kind, secret_hash="x")


def test_people_have_passwords_and_machines_secrets() -> None:
    for refused in (
        lambda: an_account().renew_secret(CLERK, NOW, "x"),
        lambda: a_machine().change_password(NOW, "x"),
        lambda: a_machine().set_initial_password(CLERK, NOW, "x"),
        lambda: a_machine().change(CLERK, NOW, **entry()),
    ):
        with pytest.raises(NotAllowed):
            refused()


# --- wrong passwords ------------------------------------------------------------------------------------------------------


def fail(account: Account, times: int, at: datetime = NOW) -> None:
    for _ in range(times):
        account.count_failure(at)


def test_ten_wrong_passwords_in_a_row_lock_for_a_while() -> None:
    account = an_account()
    fail(account, FAILURES - 1)
    assert not account.is_locked(NOW)
    fail(account, 1)
    assert account.is_locked(NOW)
    assert account.is_locked(NOW + LOCKED_FOR - timedelta(seconds=1))
    assert not account.is_locked(NOW + LOCKED_FOR)
    assert (account.state, account.epoch) == (ACTIVE, 0), "who is signed in goes on"
    assert not account.count_failure(NOW), "while it is locked nothing is counted"


def test_the_right_password_in_between_begins_anew() -> None:
    account = an_account()
    assert not account.forget_failures(), "nothing to forget, nothing to write"
    for _ in range(3):
        fail(account, FAILURES - 1)
        assert account.forget_failures()
    assert not account.is_locked(NOW)


def test_machines_are_never_locked() -> None:
    account = a_machine()
    fail(account, 100)
    assert (account.failures, account.locked_until) == (0, None)


def test_nobody_locks_the_operator_out() -> None:
    operator = Account.provisioned("operator", Role.OPERATOR, "x")
    assert not any(operator.count_failure(NOW) for _ in range(FAILURES))
    assert not operator.is_locked(NOW)


def test_a_keeper_ends_a_lock() -> None:
    account = an_account()
    fail(account, FAILURES)
    account.unlock(CLERK, NOW, "asked on the phone")
    assert (account.is_locked(NOW), account.locked_until) == (False, None)


def test_who_has_something_to_practise() -> None:
    assert an_account().practises
    for nobody in (
        a_machine(),
        an_account(body=""),
        an_account(roles=[Role.OPERATOR]),
        Account.provisioned("operator", Role.OPERATOR, "x"),
    ):
        assert not nobody.practises


def test_the_letter_about_a_lock_comes_once_a_day_and_names_no_account() -> None:
    account = an_account()
    for hours in range(0, 24, 2):
        fail(account, FAILURES, NOW + timedelta(hours=hours))
    assert [row.key for row in account.outbox] == ["account.locked.v1"]
    assert "zhou" not in account.outbox[0].wire
    assert account.reference in account.outbox[0].wire
    assert [row.verb for row in account.history] == ["lock"], "the history does not grow with every guess"
    fail(account, FAILURES, NOW + NOTED_AGAIN_AFTER)
    assert len(account.outbox) == 2


def test_a_reset_is_asked_for_every_five_minutes_at_most() -> None:
    account = an_account()
    assert account.request_reset(NOW)
    assert not account.request_reset(NOW + RESET_AGAIN_AFTER - timedelta(seconds=1))
    assert account.request_reset(NOW + RESET_AGAIN_AFTER)
    assert [row.key for row in account.outbox] == ["account.reset_requested.v1"] * 2
    assert all("zhou" not in row.wire for row in account.outbox)


def test_a_mailbox_gets_five_links_a_day_at_most() -> None:
    account = an_account()
    asked = [account.request_reset(NOW + n * RESET_AGAIN_AFTER) for n in range(RESETS_A_DAY + 1)]
    assert asked == [True] * RESETS_A_DAY + [False]
    assert account.request_reset(NOW + RESET_COUNTS_FOR)
    account.change_password(NOW + RESET_COUNTS_FOR, "new")
    assert not account.wants_link(NOW + RESET_COUNTS_FOR)


def test_a_closed_account_gets_no_link_though_it_asked_for_one() -> None:
    account = an_account()
    assert not account.wants_link(NOW)
    account.request_reset(NOW)
    assert account.wants_link(NOW + RESET_COUNTS_FOR - timedelta(seconds=1))
    assert not account.wants_link(NOW + RESET_COUNTS_FOR)
    account.close(CLERK, NOW, "left")
    assert not account.wants_link(NOW)


def test_nobody_is_clerk_and_approver_of_the_centre() -> None:
    with pytest.raises(Invalid) as refusal:
        must_exist_at("centre", [Role.CENTRE_CLERK, Role.CENTRE_APPROVER])
    assert [problem.where for problem in refusal.value.problems] == ["/roles"]
    must_exist_at("centre", [Role.CENTRE_CLERK, Role.AUDITOR])


def test_there_is_nobody_to_write_to() -> None:
    for account in (
        an_account(email=""),
        a_machine(),
        an_account(machine=True),
        an_account(body=""),
        Account.provisioned("operator", Role.OPERATOR, "x"),
    ):
        assert not account.request_reset(NOW)
        fail(account, FAILURES)
        assert account.outbox == ()


# --- a clock that somebody sets ---


HOUR = timedelta(hours=1)


def test_a_clock_set_back_makes_no_lock_last_longer() -> None:
    account = an_account()
    fail(account, FAILURES)
    assert not account.is_locked(NOW - HOUR)
    assert account.count_failure(NOW - HOUR), "and wrong ones count again"
    assert account.locked_until is None, "so the old lock does not come back"
    fail(account, FAILURES - 2, NOW - HOUR)
    assert not account.is_locked(NOW - HOUR)
    fail(account, 1, NOW - HOUR)
    assert account.is_locked(NOW - HOUR)


def test_a_clock_set_forward_leaves_no_lock_behind() -> None:
    account = an_account()
    fail(account, FAILURES)
    assert not account.is_locked(NOW + HOUR)


def test_a_clock_set_back_keeps_no_letter_from_anybody() -> None:
    account = an_account()
    fail(account, FAILURES)
    fail(account, FAILURES, NOW - HOUR)
    assert [row.key for row in account.outbox] == ["account.locked.v1"] * 2
    account = an_account()
    assert account.request_reset(NOW)
    assert account.wants_link(NOW - HOUR), "it was asked for"
    assert account.request_reset(NOW - HOUR)
    assert not account.request_reset(NOW - HOUR + RESET_AGAIN_AFTER - timedelta(seconds=1))
    assert account.resets_asked == [NOW - HOUR]


# --- documents and passwords ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "is_machine"), [(["service"], True), (["operator"], False), (["station_head"], False)]
)
def test_a_document_of_the_first_release_loads(roles: list[str], is_machine: bool) -> None:
    body = {
        "state": "active",
        "name": "x",
        "body": "",
        "path": "/",
        "roles": roles,
        "password_hash": "h",
        "history": [],
    }
    account = Account.from_record(Record("plan", body, 3, 1))
    assert (account.machine, account.must_change_password, account.epoch) == (is_machine, False, 0)
    assert account.reference == account_reference("plan")
    assert Account.from_record(account.as_record()) == account


def test_an_answer_shows_nothing_of_the_password() -> None:
    shown = AccountAnswer.of(an_account()).model_dump()
    assert not {"password_hash", "failures", "lock_told_at", "resets_asked", "ended_at", "request"} & set(shown)
