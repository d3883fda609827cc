"""One message of ours as AMQP properties and headers, and back: pure, so that it is tested without a broker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.ports import Delivery, Outgoing

CONTENT_TYPE = "application/cloudevents+json"
LONGEST_DETAIL = 1000  # characters of a reason's detail; headers travel with every copy
LONGEST_PROPERTY = 255  # bytes of a short string in AMQP 0-9-1
PARKED = ".parked"
# What the broker writes about a message's past belongs to the old copy; kept, it would look like the new one's.
_BROKER_HEADERS = ("x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count", "x-opt-")

Headers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Label:
    """What the properties say about the envelope inside, for people who look at the broker."""

    message_id: str
    type: str
    correlation_id: str


def label(wire: bytes) -> Label:
    """Bytes that are no envelope get their hash as id: they still must reach parking."""
    try:
        envelope = json.loads(wire)
        label = Label(*(str(envelope.get(name) or "") for name in ("id", "type", "correlationid")))
    except (ValueError, AttributeError):
        label = Label("", "", "")
    long = any(len(text.encode()) > LONGEST_PROPERTY for text in (label.message_id, label.type, label.correlation_id))
    if long or not label.message_id:
        return Label(hashlib.sha256(wire).hexdigest(), "", "")
    return label


def first_headers(message: Outgoing) -> Headers:
    """The fact was first seen when it was noted, however often it is sent."""
    return {"x-attempt": 0, "x-first-seen": message.at.isoformat(), **message.headers}


def retry_headers(headers: Mapping[str, Any], attempt: int) -> Headers:
    return {**_own(headers), "x-attempt": attempt}


def parking_headers(headers: Mapping[str, Any], reason: str, detail: str) -> Headers:
    return {**_own(headers), "x-reason": reason[:LONGEST_DETAIL], "x-detail": detail[:LONGEST_DETAIL]}


def delivery(queue: str, wire: bytes, headers: Mapping[str, Any], first_seen: datetime) -> Delivery:
    """first_seen: what counts as such if the headers do not say."""
    return Delivery(
        queue=queue,
        wire=wire,
        attempt=_count(headers.get("x-attempt")),
        replays=_count(headers.get("x-replays")),
        first_seen=_instant(headers.get("x-first-seen")) or first_seen,
        reason=_reason(headers) if queue.endswith(PARKED) else "",
        detail=_text(headers.get("x-detail")) if queue.endswith(PARKED) else "",
    )


def parked(queue: str) -> str:
    return queue if queue.endswith(PARKED) else queue + PARKED


def _own(headers: Mapping[str, Any]) -> Headers:
    return {name: value for name, value in headers.items() if not name.startswith(_BROKER_HEADERS)}


def _reason(headers: Mapping[str, Any]) -> str:
    """Ours, or the broker's when it parked the message after too many crashes."""
    deaths = headers.get("x-death") or [{}]
    return _text(headers.get("x-reason")) or _text(deaths[0].get("reason"))


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")


def _count(value: Any) -> int:
    try:
        return max(0, int(_text(value) or 0))
    except ValueError:
        return 0


def _instant(value: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return instant if instant.tzinfo else None
