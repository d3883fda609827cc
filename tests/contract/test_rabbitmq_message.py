"""Headers and properties of a message, without a broker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pamqp import decode

from shared.adapters.rabbitmq import unreadable_headers
from shared.adapters.rabbitmq.message import delivery, first_headers, label, parking_headers, retry_headers
from shared.messaging.topology import parked_of
from shared.ports import Outgoing

NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 4, 4, 0, tzinfo=UTC)


def test_a_fact_is_first_seen_when_it_was_noted_and_a_replay_when_its_first_copy_was() -> None:
    fresh = Outgoing(1, NOON, "events", "roster.approved.v1", "{}", {"traceparent": "00-1-2-01"})
    assert first_headers(fresh) == {"x-attempt": 0, "x-first-seen": NOON.isoformat(), "traceparent": "00-1-2-01"}
    replay = Outgoing(1, LATER, "redeliver", "q.q", "{}", {"x-first-seen": NOON.isoformat(), "x-replays": "1"})
    assert first_headers(replay) == {"x-attempt": 0, "x-first-seen": NOON.isoformat(), "x-replays": "1"}


def test_a_copy_leaves_the_brokers_account_of_the_old_one_behind() -> None:
    headers = {
        "x-attempt": 1,
        "x-first-seen": NOON.isoformat(),
        "traceparent": "00-1-2-01",
        "x-death": [{"reason": "expired"}],
        "x-first-death-queue": "wait.10s",
        "x-last-death-reason": "expired",
        "x-delivery-count": 3,
        "x-acquired-count": 3,
    }
    own = {"x-first-seen": NOON.isoformat(), "traceparent": "00-1-2-01"}
    assert retry_headers(headers, 2) == {**own, "x-attempt": 2}
    parked = parking_headers(headers, "Refused", "x" * 5000)
    assert parked == {**own, "x-attempt": 1, "x-reason": "Refused", "x-detail": "x" * 1000}


def test_headers_that_follow_no_rule_are_read_as_none() -> None:
    odd = {"x-attempt": "many", "x-replays": b"2", "x-first-seen": "yesterday", "x-reason": None, "x-death": None}
    read = delivery("certificate.intake.parked", b"{}", odd, LATER)
    assert (read.attempt, read.replays, read.first_seen, read.reason, read.detail) == (0, 2, LATER, "", "")
    naive = delivery("certificate.intake", b"{}", {"x-first-seen": "2026-04-03T04:00:00"}, LATER)
    assert naive.first_seen == LATER


def test_the_reason_is_ours_or_the_brokers_and_only_on_a_parked_queue() -> None:
    by_broker = {"x-death": [{"reason": "delivery_limit"}, {"reason": "expired"}]}
    assert delivery("certificate.intake.parked", b"{}", by_broker, LATER).reason == "delivery_limit"
    assert delivery("certificate.intake", b"{}", {"x-death": [{"reason": "expired"}]}, LATER).reason == ""
    ours = {"x-reason": "Refused", "x-death": [{"reason": "expired"}]}
    assert delivery("certificate.intake.parked", b"{}", ours, LATER).reason == "Refused"


def test_properties_tell_what_the_envelope_says() -> None:
    properties = label(
        b'{"id": "/reporting/roster/r1#1", "type": "cn.jianding.roster.approved.v1", "correlationid": "c1"}'
    )
    assert (properties.id, properties.type, properties.correlation) == (
        "/reporting/roster/r1#1",
        "cn.jianding.roster.approved.v1",
        "c1",
    )


@pytest.mark.parametrize("wire", [b"", b"\xff\xfe", b"[1]", b'"text"', b"{}", b'{"id": "' + b"x" * 300 + b'"}'])
def test_bytes_that_are_no_envelope_are_named_by_their_hash(wire: bytes) -> None:
    assert label(wire).id == hashlib.sha256(wire).hexdigest()


def test_a_parked_message_that_waits_keeps_why_it_was_parked() -> None:
    headers = {
        "x-attempt": 2,
        "x-replays": 1,
        "x-reason": "Refused",
        "x-detail": "no",
        "x-first-seen": NOON.isoformat(),
    }
    assert retry_headers(headers, 3) == {**headers, "x-attempt": 3}
    read = delivery("certificate.intake.parked", b"{}", headers, LATER)
    assert (read.attempt, read.replays, read.first_seen, read.reason, read.detail) == (2, 1, NOON, "Refused", "no")
    outside = delivery("certificate.intake", b"{}", headers, LATER)
    assert (outside.reason, outside.detail) == ("", ""), "only where it is parked"


@pytest.mark.parametrize("deaths", [[], [{}], ["no table"], "x", {"reason": "x"}, 7])
def test_a_death_that_says_nothing_is_no_reason(deaths: object) -> None:
    assert delivery("certificate.intake.parked", b"{}", {"x-death": deaths}, LATER).reason == ""


def test_what_is_parked_is_parked_where_it_lies() -> None:
    assert parked_of("certificate.intake") == parked_of("certificate.intake.parked") == "certificate.intake.parked"


# --- what the driver cannot read --------------------------------------------------------------------------------------


@pytest.fixture
def lenient() -> Iterator[None]:
    known = dict(decode.METHODS)
    unreadable_headers.leave_them_out()
    yield
    decode.METHODS.clear()
    decode.METHODS.update(known)


def a_table(depth: int) -> bytes:
    table = (0).to_bytes(4)
    for _ in range(depth):
        inside = b"\x01tF" + table
        table = len(inside).to_bytes(4) + inside
    return table


UNREADABLE = {
    "table": (a_table(3000), {}),
    "shortstr": (b"\x02\xff\xfe", ""),
    "timestamp": ((2**64 - 1).to_bytes(8), None),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_the_driver_cannot_read_is_left_out_and_what_follows_is_read(
    lenient: None, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    wire, empty = UNREADABLE[kind]
    assert decode.by_type(wire + b"and what follows", kind) == (len(wire), empty)
    assert f"a {kind} of a message is left out" in caplog.text
    assert decode.by_type(wire, kind) == (len(wire), empty), "also at the very end of a frame"


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_frame_that_is_cut_off_is_still_a_fault(lenient: None, kind: str) -> None:
    wire, _ = UNREADABLE[kind]
    with pytest.raises(Exception, match=r".") as fault:
        decode.by_type(wire[:-1], kind)
    assert not isinstance(fault.value, AssertionError)


@pytest.mark.parametrize(
    ("kind", "wire", "read"),
    [
        ("table", a_table(1), {"t": {}}),
        ("shortstr", b"\x02ok", "ok"),
        ("timestamp", int(NOON.timestamp()).to_bytes(8), NOON),
    ],
)
def test_what_can_be_read_is_read(lenient: None, kind: str, wire: bytes, read: object) -> None:
    assert decode.by_type(wire, kind) == (len(wire), read)


def test_leaving_them_out_twice_is_harmless(lenient: None) -> None:
    known = dict(decode.METHODS)
    unreadable_headers.leave_them_out()
    assert known == decode.METHODS
