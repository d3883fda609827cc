"""Ages that outlive the process, with a clock that somebody sets back: nobody is held to what lies ahead of now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.directory.accounts.account import FAILURES, LOCKED_FOR, RESETS_A_DAY, Account
from services.directory.oidc.begun import LIFE, Begun, Seal
from services.directory.resets import reset
from shared.access_token import LEEWAY
from shared.errors import NotSignedIn
from tests.unit.directory.test_account import an_account
from tests.unit.directory.test_reset import KEY, signed
from tests.world.clock import MORNING as NOW

SET_BACK = NOW - timedelta(hours=1)
SEAL = Seal("the client's secret")


def a_locked_account() -> Account:
    account = an_account()
    for _ in range(FAILURES):
        account.count_failure(NOW)
    return account


def test_a_lock_lasts_no_longer_than_its_quarter_of_an_hour() -> None:
    account = a_locked_account()
    assert account.is_locked(NOW)
    assert not account.is_locked(SET_BACK)
    assert account.is_locked(NOW + LOCKED_FOR - timedelta(seconds=1))


def test_a_lock_after_the_clock_was_set_back_is_told() -> None:
    account = a_locked_account()
    for _ in range(FAILURES):
        account.count_failure(SET_BACK)
    assert account.is_locked(SET_BACK)
    assert [row.key for row in account.outbox] == ["account.locked.v1"] * 2


def test_a_reset_may_be_asked_for_after_the_clock_was_set_back() -> None:
    account = an_account()
    assert all(account.request_reset(NOW + n * timedelta(minutes=5)) for n in range(RESETS_A_DAY))
    assert account.wants_link(SET_BACK), "the letter that is under way keeps its link"
    assert account.request_reset(SET_BACK)
    assert not account.request_reset(SET_BACK), "and from then on it counts as always"


def test_a_sign_in_begun_before_the_clock_was_set_back_begins_again() -> None:
    begun = Begun.now(NOW)
    cookie = SEAL.cookie(begun)
    assert SEAL.open(cookie, begun.state, NOW + LIFE - timedelta(seconds=1)) == begun
    assert SEAL.open(cookie, begun.state, NOW - timedelta(seconds=LEEWAY)) == begun, "clocks of two machines differ"
    for at in (SET_BACK, NOW + LIFE):
        with pytest.raises(NotSignedIn):
            SEAL.open(cookie, begun.state, at)


def test_a_link_lives_half_an_hour_whoever_signed_it() -> None:
    token = reset.reset_token(an_account(), NOW, KEY)
    reset.account_in(token, NOW - timedelta(seconds=LEEWAY), [KEY])
    with pytest.raises(NotSignedIn):
        reset.account_in(token, SET_BACK, [KEY])
    with pytest.raises(NotSignedIn):
        reset.account_in(signed(exp=int(NOW.timestamp()) + 3 * 365 * 24 * 3600), NOW, [KEY])
