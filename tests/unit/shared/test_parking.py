"""Parked messages: replay, discard, park again."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Invalid, NotAllowed, Refused, WrongState
from shared.keeping import ids, repository
from shared.messaging import parking
from shared.messaging.parking import DISCARDED, LARGEST_KEPT, PARKED, REPLAYED, ParkedMessage, keep_parked
from shared.ports import Delivery, Record
from shared.trade.roles import Role
from shared.web.paging import shown
from shared.web.routers.parked import ParkedAnswer, ParkedRow
from tests.world.clock import HandClock

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


# --- whatever bytes came ----------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite", (parking.KIND,))
    yield store
    await store.close()


async def kept(store: SqliteStore, wire: bytes, replays: int = 0, at: datetime = NOW) -> ParkedMessage:
    given = Delivery("certificate.intake.parked", wire, 4, replays, NOW, "Refused", "no")
    await keep_parked(store, HandClock(at), "certificate.intake", given)
    records = await all_of(store)
    return next(one for one in records if one.sha256 == hashlib.sha256(wire).hexdigest())


async def all_of(store: SqliteStore) -> list[ParkedMessage]:
    return [message async for message in repository.every(store, ParkedMessage)]


EVENT = (
    b'{"specversion":"1.0","id":"/reporting/roster/x#0000000003","source":"/reporting",'
    b'"type":"cn.jianding.roster.approved.v1","subject":"x","time":"2026-04-03T01:00:00Z","sequence":"0000000003",'
    b'"data":{}}'
)


@pytest.mark.parametrize(
    "wire",
    [
        EVENT,
        b"",
        b"\0",
        b'{"id": "\\ud800"}',
        b"[" * 100_000,
        b"x" * LARGEST_KEPT,
        "错".encode() * (LARGEST_KEPT // 3),
        rb"\xff",
    ],
    ids=lambda wire: f"{wire[:10]!r} {len(wire)}",
)
async def test_text_that_fits_is_kept_as_it_came_and_replayed_as_it_came(store: SqliteStore, wire: bytes) -> None:
    message = await kept(store, wire)
    assert (message.wire.encode(), message.whole, message.size) == (wire, True, len(wire))
    message.replay(OPERATOR, NOW)
    assert message.outbox[0].wire.encode() == wire


@pytest.mark.parametrize(
    ("wire", "begins"),
    [
        (b"\xff\x00", "\\xff\x00"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        (b"\xff" * 5_000_000, "\\xff\\xff"),
        (b"x" * (LARGEST_KEPT + 1), "xxx"),
        (b"[" * 1_000_000, "[[["),
        ("错".encode() * LARGEST_KEPT, "错错"),
    ],
    ids=lambda part: f"{part[:10]!r} {len(part)}",
)
async def test_what_is_too_long_or_no_text_is_kept_as_far_as_it_fits(
    store: SqliteStore, wire: bytes, begins: str
) -> None:
    message = await kept(store, wire)
    assert message.wire.startswith(begins)
    assert len(message.wire.encode()) <= LARGEST_KEPT
    assert (message.whole, message.size) == (False, len(wire))
    with pytest.raises(Refused, match=f"{len(wire)} bytes are not kept as they came"):
        message.replay(OPERATOR, NOW)
    assert (message.state, message.replays, message.outbox) == (PARKED, 0, ())
    message.discard(OPERATOR, NOW, "不能使用")
    assert message.state == DISCARDED


async def test_a_character_at_the_edge_is_kept_whole_or_not_at_all(store: SqliteStore) -> None:
    message = await kept(store, b"x" * (LARGEST_KEPT - 1) + "错".encode())
    assert message.wire == "x" * (LARGEST_KEPT - 1)


async def test_all_are_listed_and_can_be_looked_at(store: SqliteStore) -> None:
    wires = [EVENT, b"[" * 100_000, b"\xff" * 300_000, b'{"type": {"a": []}}', b'{"type": "\\ud800"}', b"1" * 50_000]
    for wire in wires:
        await kept(store, wire)
    page = await store.find("parked", {"state": PARKED}, sort="last_parked_at")
    listing = shown(page, ParkedMessage, ParkedRow.of)
    assert (len(listing.items), listing.left_out) == (len(wires), [])
    assert sorted(row.type for row in listing.items) == [""] * 5 + ["cn.jianding.roster.approved.v1"]
    assert {row.size for row in listing.items} == {len(wire) for wire in wires}
    listing.model_dump_json()
    for message in await all_of(store):
        ParkedAnswer.of(message).model_dump_json()


async def test_a_document_of_an_earlier_release_still_opens(store: SqliteStore) -> None:
    """Without size and hash. It counts as whole, and a repeat of its message finds it."""
    body = message().model_dump(mode="json", exclude={"id", "size", "sha256", "whole"})
    body |= {"wire": EVENT.decode(), "message": "/reporting/roster/x#0000000003"}
    id = ids.parked_id("certificate.intake", body["message"])
    await store.add("parked", Record(id, body))
    known = await repository.load(store, ParkedMessage, id)
    assert (known.size, known.sha256, known.whole) == (None, "", True)
    assert ParkedRow.of(known).type == "cn.jianding.roster.approved.v1"
    given = Delivery("certificate.intake.parked", EVENT, 4, 0, NOW, "Refused", "no")
    await keep_parked(store, HandClock(), "certificate.intake", given)
    assert len(await all_of(store)) == 1
    known.replay(OPERATOR, NOW)
    assert known.outbox[0].wire == EVENT.decode()


async def test_other_bytes_than_those_an_earlier_release_kept_are_not_taken_for_them(store: SqliteStore) -> None:
    body = message().model_dump(mode="json", exclude={"id", "size", "sha256", "whole"})
    body |= {"wire": EVENT.decode(), "message": "/reporting/roster/x#0000000003"}
    await store.add("parked", Record(ids.parked_id("certificate.intake", body["message"]), body))
    other = EVENT.replace(b'"data":{}', b'"data":{"body":"49053012"}')
    await kept(store, other)
    assert {message.wire.encode() for message in await all_of(store)} == {EVENT, other}


@pytest.mark.parametrize("reason", ["", "delivery_limit"])
async def test_a_message_that_nobody_parked_says_that_its_consumers_crashed(store: SqliteStore, reason: str) -> None:
    """The broker gave up; it has a word of its own for that, or none."""
    given = Delivery("certificate.intake.parked", EVENT, 2, 0, NOW, reason, "")
    await keep_parked(store, HandClock(), "certificate.intake", given)
    (crashed,) = await all_of(store)
    assert crashed.reason == "Crashed"
    assert "too many crashes" in crashed.detail


async def test_why_it_was_parked_is_kept_as_the_worker_said_it(store: SqliteStore) -> None:
    given = Delivery("certificate.intake.parked", EVENT, 2, 0, NOW, "NotFound", "there is none")
    await keep_parked(store, HandClock(), "certificate.intake", given)
    (refused,) = await all_of(store)
    assert (refused.reason, refused.detail, refused.attempts) == ("NotFound", "there is none", 2)


async def test_bytes_that_an_earlier_release_kept_by_their_hash_are_known_too(store: SqliteStore) -> None:
    wire = b"\xff" * 300_000
    digest = hashlib.sha256(wire).hexdigest()
    body = message().model_dump(mode="json", exclude={"id", "size", "sha256", "whole"})
    body |= {"wire": wire.decode(errors="backslashreplace"), "message": digest}
    await store.add("parked", Record(ids.parked_id("certificate.intake", digest), body))
    given = Delivery("certificate.intake.parked", wire, 4, 0, NOW, "Refused", "no")
    await keep_parked(store, HandClock(), "certificate.intake", given)
    assert len(await all_of(store)) == 1


@pytest.mark.parametrize(("wire", "whole"), [(b"\xff\xfe broken", False), (b"\\xff", True), (b"not json at all", True)])
async def test_what_an_earlier_release_kept_escaped_is_not_replayed(
    store: SqliteStore, wire: bytes, whole: bool
) -> None:
    """It would be another message: the letters of the escape in place of the bytes."""
    digest = hashlib.sha256(wire).hexdigest()
    body = message().model_dump(mode="json", exclude={"id", "size", "sha256", "whole"})
    body |= {"wire": wire.decode(errors="backslashreplace"), "message": digest}
    id = ids.parked_id("certificate.intake", digest)
    await store.add("parked", Record(id, body))
    known = await repository.load(store, ParkedMessage, id)
    assert (known.whole, ParkedRow.of(known).whole) == (whole, whole)
    if whole:
        known.replay(OPERATOR, NOW)
        assert known.outbox[0].wire.encode() == wire
        return
    with pytest.raises(Refused, match=r"^原文未能原样保留，.* · its bytes are not kept"):
        known.replay(OPERATOR, NOW)
    known.discard(OPERATOR, NOW, "试验")


# --- one message, once ------------------------------------------------------------------------------------------------


async def test_a_repeat_is_one_document_and_a_failed_replay_parks_it_again(store: SqliteStore) -> None:
    first = await kept(store, EVENT)
    assert (await kept(store, EVENT)).version == first.version
    first.replay(OPERATOR, NOW)
    await repository.save(store, first)
    assert (await kept(store, EVENT)).state == REPLAYED, "a copy from before the replay says nothing new"
    later = NOW.replace(hour=12)
    again = await kept(store, EVENT, replays=1, at=later)
    assert (again.state, again.replays, again.last_parked_at) == (PARKED, 1, later)
    assert [entry.verb for entry in again.history] == ["replay", "park"]
    assert len(await all_of(store)) == 1


async def test_other_bytes_under_the_same_id_are_a_message_of_their_own(store: SqliteStore) -> None:
    """Somebody parked a forgery of what had yet to come: the real one is not taken for it, and is not lost."""
    forged = EVENT.replace(b'"data":{}', b'"data":{"body":"49053012"}')
    for wire in (forged, EVENT, EVENT, forged):
        await kept(store, wire)
    assert {message.wire.encode() for message in await all_of(store)} == {forged, EVENT}
    real = await kept(store, EVENT)
    real.replay(OPERATOR, NOW)
    await repository.save(store, real)
    assert (await kept(store, EVENT, replays=1)).state == PARKED
