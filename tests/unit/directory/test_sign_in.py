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
        sign_in.rotate(before, at, LIFE)
        at += LOST_ANSWER
        assert sign_in.is_used_up(before, at)
        assert not sign_in.is_good(before, at)
        secrets.add(secret_of(sign_in))
    assert len(secrets) == 6


def test_a_lost_answer_is_asked_for_again() -> None:
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    sign_in.rotate(first, NOW, LIFE)
    lost = secret_of(sign_in)
    for seconds in (10, 20):  # even twice
        assert sign_in.is_good(first, NOW + timedelta(seconds=seconds))
        sign_in.rotate(first, NOW + timedelta(seconds=seconds), LIFE)
    assert sign_in.is_good(secret_of(sign_in), NOW + timedelta(days=1))
    assert sign_in.is_used_up(lost, NOW + timedelta(seconds=30)), (
        "whoever has the lost answer is not the one who asked again"
    )
    assert sign_in.is_used_up(first, NOW + LOST_ANSWER), "the minute runs from the first exchange"


def test_what_somebody_made_up_ends_nothing() -> None:
    """The id stands in every access token and in the audit; the stem in refresh tokens alone."""
    sign_in = a_sign_in()
    stem = secret_of(sign_in).partition(".")[0]
    for made_up in ("", "x", "x.y", ".", "a.b.c"):
        assert not sign_in.is_good(made_up, NOW)
        assert not sign_in.is_used_up(made_up, NOW)
    assert sign_in.is_used_up(f"{stem}.y", NOW)


def test_it_ends_unless_it_is_used() -> None:
    sign_in = a_sign_in()
    first = secret_of(sign_in)
    assert not sign_in.is_good(first, NOW + LIFE)
    sign_in.rotate(first, NOW + LIFE - timedelta(days=1), LIFE)
    assert sign_in.is_good(secret_of(sign_in), NOW + LIFE)
    assert not sign_in.is_good(secret_of(sign_in), NOW + LIFE * 2)
