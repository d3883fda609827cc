"""Sign-ins: every verb in every state, and what becomes of refresh tokens."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from services.directory.signing_in.sign_in import ENDED, LOST_ANSWER, OPEN, STATES, SignIn
from shared.actor import Actor
from shared.errors import WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
LIFE = timedelta(days=14)
HOLDER = Actor("zhou.ning", "周宁", "49053012", "/49000001/49053012/", frozenset({Role.STATION_CLERK}))


def a_sign_in(state: str = OPEN) -> SignIn:
    opened = SignIn.open(HOLDER, NOW, id="5161", practising=False, epoch=0, life=LIFE)
    opened.state = state
    return opened


def secret_of(sign_in: SignIn) -> str:
    id, _, secret = sign_in.refresh_token.partition(".")
    assert id == sign_in.id
    return secret


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["rotate", "end"])
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    sign_in = a_sign_in(state)
    secret = secret_of(sign_in)
    if state != OPEN:
        with pytest.raises(WrongState):
            sign_in.rotate(secret, NOW, LIFE) if verb == "rotate" else sign_in.end(HOLDER, NOW)
        assert sign_in.state == state
        return
    sign_in.rotate(secret, NOW, LIFE) if verb == "rotate" else sign_in.end(HOLDER, NOW)
    assert sign_in.state == (OPEN if verb == "rotate" else ENDED)
    assert [entry.verb for entry in sign_in.history] == (["open"] if verb == "rotate" else ["open", "end"])
    assert sign_in.ended_at == (NOW if verb == "end" else None)


@pytest.mark.parametrize("practising", [True, False])
def test_the_audit_says_who_practises(practising: bool) -> None:
    opened = SignIn.open(HOLDER, NOW, id="5161", practising=practising, epoch=0, life=LIFE)
    assert [act.reason for act in opened.history] == ["practising" if practising else ""]


@pytest.mark.parametrize("before", [timedelta(), timedelta(hours=3)])
def test_however_often_it_is_prolonged_nobody_proved_anew_who_they_are(before: timedelta) -> None:
    sign_in = SignIn.open(HOLDER, NOW, id="5161", practising=False, epoch=0, life=LIFE, proved_at=NOW - before)
    sign_in.rotate(secret_of(sign_in), NOW + timedelta(hours=1), LIFE)
    assert SignIn.from_record(sign_in.as_record()).proved_at == NOW - before


def test_a_sign_in_of_an_earlier_release_was_proved_when_it_was_opened() -> None:
    stored = a_sign_in().as_record()
    del stored.body["auth_time"]
    assert SignIn.from_record(stored).proved_at == NOW


def test_only_hashes_are_stored() -> None:
    sign_in = a_sign_in()
    stored = str(sign_in.as_record().body)
    assert all(part not in stored for part in secret_of(sign_in).split("."))
    assert all(part not in str([row.wire for row in sign_in.outgoing]) for part in secret_of(sign_in).split("."))
    assert SignIn.from_record(sign_in.as_record()).refresh_token == ""


def test_each_token_is_good_once() -> None:
    sign_in = a_sign_in()
    secrets = {secret_of(sign_in)}
    at = NOW
    for _ in range(5):
        before = secret_of(sign_in)
        assert sign_in.is_good(before, at)
        assert not sign_in.is_used_up(before, at)
        sign_in.rotate(before, at, LIFE)
        at += LOST_ANSWER
        assert sign_in.is_used_up(before, at)
        assert not sign_in.is_good(before, at)
        secrets.add(secret_of(sign_in))
    assert len(secrets) == 6


def test_whoever_shows_the_same_token_again_within_a_minute_gets_the_same_successor() -> None:
    """The answer was lost, or another window asked at the same moment."""
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    assert sign_in.rotate(first, NOW, LIFE)
    successor, until = secret_of(sign_in), sign_in.until
    for seconds in (0, 10, 59):
        again = SignIn.from_record(sign_in.as_record())
        at = NOW + timedelta(seconds=seconds)
        assert again.is_good(first, at)
        assert not again.rotate(first, at, LIFE), "nothing to write"
        assert (secret_of(again), again.until, again.rotated_at) == (successor, until, NOW)
    assert sign_in.is_good(successor, NOW + timedelta(days=1))
    assert sign_in.is_used_up(first, NOW + LOST_ANSWER), "the minute runs from the first exchange"
    second = successor
    assert sign_in.rotate(second, NOW + timedelta(seconds=5), LIFE)
    assert sign_in.is_used_up(first, NOW + timedelta(seconds=6)), "two exchanges ago"
    assert sign_in.is_good(second, NOW + timedelta(seconds=6))


def test_nobody_computes_a_successor_from_the_token_alone() -> None:
    """Nor from the store: it has hashes, and a key that goes with the token before only."""
    successors = set()
    for _ in range(2):
        sign_in = a_sign_in()
        sign_in.fresh_hash = hashlib.sha256(b"fresh").hexdigest()
        stem = secret_of(sign_in).partition(".")[0]
        sign_in.rotate(f"{stem}.fresh", NOW, LIFE)
        successors.add(secret_of(sign_in).partition(".")[2])
        key = sign_in.successor_key
        sign_in.rotate(secret_of(sign_in), NOW, LIFE)
        assert sign_in.successor_key != key
    assert len(successors) == 2
    assert all(len(successor) == 43 for successor in successors)


def test_a_sign_in_of_an_earlier_release_goes_on() -> None:
    """It was stored without a key; the one exchanged last there has a successor that nobody can compute again."""
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    stem = first.partition(".")[0]
    record = sign_in.as_record()
    del record.body["successor_key"]
    untouched = SignIn.from_record(record)
    assert untouched.is_good(first, NOW)
    untouched.rotate(first, NOW, LIFE)
    assert untouched.is_good(secret_of(untouched), NOW)

    record.body.update(before_hash=record.body["fresh_hash"], rotated_at=NOW.isoformat())
    record.body["fresh_hash"] = hashlib.sha256(b"drawn").hexdigest()
    exchanged = SignIn.from_record(record)
    assert exchanged.is_good(f"{stem}.drawn", NOW)
    assert exchanged.rotate(first, NOW, LIFE), "as it was there: the one in the lost answer is void"
    again = SignIn.from_record(exchanged.as_record())
    assert not again.rotate(first, NOW, LIFE)
    assert secret_of(again) == secret_of(exchanged)
    assert again.is_used_up(f"{stem}.drawn", NOW)
    assert len(again.successor_key) == 43, "with an empty one anybody could compute it"


@pytest.mark.parametrize("back", [3600, 61])
def test_a_clock_set_back_gives_no_token_a_longer_minute(back: int) -> None:
    """Nobody can tell how long ago it was exchanged: it opens nothing, and ends nothing."""
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    sign_in.rotate(first, NOW, LIFE)
    earlier = NOW - timedelta(seconds=back)
    assert not sign_in.is_good(first, earlier)
    assert not sign_in.is_used_up(first, earlier)
    assert sign_in.is_good(secret_of(sign_in), earlier), "the present one goes on"
    stem = first.partition(".")[0]
    assert sign_in.is_used_up(f"{stem}.another", earlier), "an older one was copied, whatever the clock says"


def test_a_small_step_back_is_nothing() -> None:
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    sign_in.rotate(first, NOW, LIFE)
    assert sign_in.is_good(first, NOW - timedelta(seconds=59))


def test_an_ended_sign_in_has_no_good_and_no_used_up_token() -> None:
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    sign_in.rotate(first, NOW, LIFE)
    sign_in.end(HOLDER, NOW)
    for secret in (first, secret_of(sign_in)):
        assert not sign_in.is_good(secret, NOW)
        assert not sign_in.is_used_up(secret, NOW + LOST_ANSWER)


def test_what_somebody_made_up_ends_nothing() -> None:
    """The id stands in every access token and in the audit; the stem in refresh tokens alone."""
    sign_in = a_sign_in()
    stem = secret_of(sign_in).partition(".")[0]
    for made_up in ("", "x", "x.y", ".", "a.b.c"):
        assert not sign_in.is_good(made_up, NOW)
        assert not sign_in.is_good(f"{made_up}.{secret_of(sign_in).partition('.')[2]}", NOW), "without the stem"
        assert not sign_in.is_used_up(made_up, NOW)
    assert sign_in.is_used_up(f"{stem}.y", NOW)


def test_it_ends_unless_it_is_used() -> None:
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    assert not sign_in.is_good(first, NOW + LIFE)
    sign_in.rotate(first, NOW + LIFE - timedelta(days=1), LIFE)
    assert sign_in.is_good(secret_of(sign_in), NOW + LIFE)
    assert not sign_in.is_good(secret_of(sign_in), NOW + LIFE * 2)
