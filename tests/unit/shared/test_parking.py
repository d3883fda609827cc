"""Parked messages: replay, discard, park again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.actor import Actor
from shared.errors import Invalid, NotAllowed, WrongState
from shared.messaging.parking import DISCARDED, PARKED, REPLAYED, ParkedMessage
from shared.ports import Delivery
from shared.trade.roles import Role
from shared.web.routers.parked import ParkedRow

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
OPERATOR = Actor("operator", "operator", "", "/", frozenset({Role.OPERATOR}))
STATES = (PARKED, REPLAYED, DISCARDED)


def message(state: str = PARKED, replays: int = 0) -> ParkedMessage:
    return ParkedMessage(
        id="p",
        state=state,
        queue="certificate.intake",
        message="/reporting/roster/x#0000000003",
        wire='{"type": "cn.jianding.roster.approved.v1", "name": "张三"}',
        reason="Refused",
        detail="no",
        attempts=4,
        replays=replays,
        first_seen=NOW,
        last_parked_at=NOW,
    )


def delivery(replays: int) -> Delivery:
    return Delivery("certificate.intake", b"{}", 2, replays, NOW, "NotFound", "there is none")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    parked = message(state)

    def take() -> None:
        if verb == "replay":
            parked.replay(OPERATOR, NOW)
        else:
            parked.discard(OPERATOR, NOW, "试验")

    if state != PARKED:
        with pytest.raises(WrongState):
            take()
        assert parked.outbox == ()
        return
    take()
    assert parked.state == (REPLAYED if verb == "replay" else DISCARDED)
    assert parked.history[-1].by == "operator"


def test_a_replay_goes_to_its_one_queue_with_the_same_bytes_and_fresh_attempts() -> None:
    parked = message(replays=2)
    parked.replay(OPERATOR, NOW)
    (sent,) = parked.outbox
    assert (sent.exchange, sent.key, sent.wire) == ("redeliver", "certificate.intake", parked.wire)
    assert sent.headers == {"x-replays": "3", "x-first-seen": NOW.isoformat()}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("replays", "delivered"), [(0, 0), (1, 0), (1, 1), (2, 1)])
def test_only_the_latest_replay_parks_it_again(state: str, replays: int, delivered: int) -> None:
    parked = message(state, replays)
    again = state == REPLAYED and delivered >= replays
    assert parked.park_again(delivery(delivered), NOW) is again
    assert (parked.state, parked.reason) == ((PARKED, "NotFound") if again else (state, "Refused"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_only_operators(role: Role) -> None:
    somebody = Actor("x", "x", "49000001", "/", frozenset({role}))
    with pytest.raises(NotAllowed):
        message().replay(somebody, NOW)
    with pytest.raises(NotAllowed):
        message().discard(somebody, NOW, "x")


@pytest.mark.parametrize("reason", ["", "  ", "\u3000"])
def test_discarding_needs_a_reason(reason: str) -> None:
    with pytest.raises(Invalid):
        message().discard(OPERATOR, NOW, reason)


@pytest.mark.parametrize(("wire", "type_"), [("{}", ""), ("[1]", ""), ("x", ""), ('{"type": "a"}', "a")])
def test_a_row_of_the_list_shows_no_content(wire: str, type_: str) -> None:
    parked = message()
    assert "张三" not in ParkedRow.of(parked).model_dump_json()
    parked.wire = wire
    assert ParkedRow.of(parked).type == type_
