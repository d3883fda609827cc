"""What stands in or around a message, read without trust: something usable comes out, and nothing is ever raised.

Whoever can write into a queue can write anything there: no text, nested tables, numbers of any size, no instant at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic_core import from_json

from shared.contracts.envelope import LARGEST_READ

LONGEST_TEXT = 1000  # characters of a reason or its detail; they travel with every copy
LONGEST_LABEL = 255  # bytes; that of a short string in AMQP 0-9-1
MOST = 1_000_000  # attempts or replays; nobody counts that far, and every store keeps it
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_COUNT = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Label:
    """What the bytes say about themselves. Each empty where they do not say it in a way that could be shown."""

    id: str = ""
    type: str = ""
    correlation: str = ""


def label(wire: bytes | str) -> Label:
    """Of an envelope, and of anything else that has such fields; believed by nobody."""
    if len(wire) > LARGEST_READ:
        return Label()
    try:
        content = from_json(wire)  # unlike json.loads it has a limit of depth, and refuses halves of characters
    except (ValueError, TypeError):
        return Label()
    if not isinstance(content, dict):
        return Label()
    return Label(*(_short(content.get(name)) for name in ("id", "type", "correlationid")))


def _short(value: object) -> str:
    return value if isinstance(value, str) and len(value.encode()) <= LONGEST_LABEL else ""


def text(value: object) -> str:
    """As every store and the broker can keep it. Empty for what is neither text nor a number."""
    match value:
        case bytes() | bytearray():
            value = bytes(value[: 4 * LONGEST_TEXT]).decode(errors="replace")
        case bool() | None:
            return ""
        case int() | float():
            value = repr(value) if abs(value) < 2**64 else ""
    if not isinstance(value, str):
        return ""
    return value[:LONGEST_TEXT].encode(errors="backslashreplace").decode()[:LONGEST_TEXT]


def count(value: object) -> int:
    """0 for what is no number, or a negative one; at most MOST."""
    found = text(value)
    return min(int(found), MOST) if _COUNT.fullmatch(found) else 0


def instant(value: object) -> datetime | None:
    """In UTC. None for what is no instant of ours."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(text(value))
        if found.tzinfo is None:
            return None
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST <= found < LATEST else None
