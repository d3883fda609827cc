"""Sign-ins: every verb in every state, and what becomes of refresh tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.directory.signing_in.sign_in import ENDED, LOST_ANSWER, OPEN, STATES, SignIn
from shared.actor import Actor
from shared.errors import WrongState
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
LIFE = timedelta(days=14)
HOLDER = Actor("zhou.ning", "周宁", "49053012", "/49000001/49053012/", frozenset({Role.STATION_CLERK}))


def sign_in(state: str = OPEN) -> SignIn:
    opened = SignIn.open(HOLDER, NOW, id="5161", practising=False, epoch=0, life=LIFE)
    opened.state = state
    return opened


def secret_of(one: SignIn) -> str:
    id, _, secret = one.refresh_token.partition(".")
    assert id == one.id
    return secret


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["rotate", "end"])
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    one = sign_in(state)
    secret = secret_of(one)
    if state != OPEN:
        with pytest.raises(WrongState):
            one.rotate(secret, NOW, LIFE) if verb == "rotate" else one.end(HOLDER, NOW)
        assert one.state == state
        return
    one.rotate(secret, NOW, LIFE) if verb == "rotate" else one.end(HOLDER, NOW)
    assert one.state == (OPEN if verb == "rotate" else ENDED)
    assert [entry.verb for entry in one.history] == (["open"] if verb == "rotate" else ["open", "end"])
    assert one.ended_at == (NOW if verb == "end" else None)


def test_only_hashes_are_stored() -> None:
    one = sign_in()
    stored = str(one.as_record().body)
    assert all(part not in stored for part in secret_of(one).split("."))
    assert all(part not in str([row.wire for row in one.outgoing]) for part in secret_of(one).split("."))
    assert SignIn.from_record(one.as_record()).refresh_token == ""


def test_each_token_is_good_once() -> None:
    one = sign_in()
    seen = {secret_of(one)}
    at = NOW
    for _ in range(5):
        before = secret_of(one)
        assert one.is_good(before, at)
        one.rotate(before, at, LIFE)
        at += LOST_ANSWER
        assert one.is_used_up(before, at)
        assert not one.is_good(before, at)
        seen.add(secret_of(one))
    assert len(seen) == 6


def test_a_lost_answer_is_asked_for_again() -> None:
    one = sign_in()
    first = secret_of(one)
    one.rotate(first, NOW, LIFE)
    lost = secret_of(one)
    for seconds in (10, 20):  # even twice
        assert one.is_good(first, NOW + timedelta(seconds=seconds))
        one.rotate(first, NOW + timedelta(seconds=seconds), LIFE)
    assert one.is_good(secret_of(one), NOW + timedelta(days=1))
    assert one.is_used_up(lost, NOW + timedelta(seconds=30)), (
        "whoever has the lost answer is not the one who asked again"
    )
    assert one.is_used_up(first, NOW + LOST_ANSWER), "the minute runs from the first exchange"


def test_what_somebody_made_up_ends_nothing() -> None:
    """The id stands in every access token and in the audit; the stem in refresh tokens alone."""
    one = sign_in()
    stem = secret_of(one).partition(".")[0]
    for made_up in ("", "x", "x.y", ".", "a.b.c"):
        assert not one.is_good(made_up, NOW)
        assert not one.is_used_up(made_up, NOW)
    assert one.is_used_up(f"{stem}.y", NOW)


def test_it_ends_unless_it_is_used() -> None:
    one = sign_in()
    first = secret_of(one)
    assert not one.is_good(first, NOW + LIFE)
    one.rotate(first, NOW + LIFE - timedelta(days=1), LIFE)
    assert one.is_good(secret_of(one), NOW + LIFE)
    assert not one.is_good(secret_of(one), NOW + LIFE * 2)
