"""One message of ours as AMQP properties and headers, and back: pure, so that it is tested without a broker."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.messaging import reading
from shared.messaging.reading import Label, count, instant, text
from shared.messaging.topology import is_parked
from shared.ports import Delivery, Outgoing

CONTENT_TYPE = "application/cloudevents+json"
# What travels with every copy. Whatever else came with a message stays with that one: what the broker wrote about its past
# would look like the new one's, and what strangers wrote may be of a kind that cannot even be sent again.
_OWN_TEXTS = ("x-first-seen", "x-reason", "x-detail", "traceparent")
_OWN_COUNTS = ("x-attempt", "x-replays")

Headers = dict[str, Any]


def label(wire: bytes) -> Label:
    """What the properties say about the envelope inside, for people who look at the broker. Bytes that are no envelope
    get their hash as id: they still must reach parking."""
    found = reading.label(wire)
    return found if found.id else Label(hashlib.sha256(wire).hexdigest())


def first_headers(message: Outgoing) -> Headers:
    """The fact was first seen when it was noted, however often it is sent."""
    return {"x-attempt": 0, "x-first-seen": message.at.isoformat(), **message.headers}


def retry_headers(headers: Mapping[str, Any], attempt: int) -> Headers:
    return {**_own(headers), "x-attempt": attempt}


def parking_headers(headers: Mapping[str, Any], reason: str, detail: str) -> Headers:
    return {**_own(headers), "x-reason": text(reason), "x-detail": text(detail)}


def delivery(queue: str, wire: bytes, headers: Mapping[str, Any], first_seen: datetime) -> Delivery:
    """first_seen: what counts as such if the headers do not say."""
    parked_here = is_parked(queue)
    return Delivery(
        queue=queue,
        wire=wire,
        attempt=count(headers.get("x-attempt")),
        replays=count(headers.get("x-replays")),
        first_seen=instant(headers.get("x-first-seen")) or first_seen,
        reason=(text(headers.get("x-reason")) or _why_dead(headers.get("x-death"))) if parked_here else "",
        detail=text(headers.get("x-detail")) if parked_here else "",
    )


def _own(headers: Mapping[str, Any]) -> Headers:
    counts = {name: count(headers[name]) for name in _OWN_COUNTS if name in headers}
    return counts | {name: text(headers[name]) for name in _OWN_TEXTS if name in headers}


def _why_dead(deaths: Any) -> str:
    """The broker's reason, when it parked the message after too many crashes."""
    match deaths:
        case [{"reason": reason}, *_]:
            return text(reason)
    return ""
