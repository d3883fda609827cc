"""Which sessions wait for a roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.console.documents import listing
from services.console.visitor import Visitor

OPEN: Final = ("draft", "submitted", "endorsed", "returned")


@dataclass(frozen=True, slots=True)
class Waiting:
    """ready: approved sessions whose day has come. later: those whose day is still to come."""

    ready: list[dict[str, Any]]
    later: list[dict[str, Any]]


async def waiting(visitor: Visitor, today: date) -> Waiting:
    """Of the visitor's own body, the oldest first. Raises Refusal, NotSignedIn, Unavailable."""
    body = visitor.holder.body if visitor.holder else ""
    begun = {
        one["id"] for state in OPEN async for one in listing.every(visitor, "/reporting/rosters", {"state": state})
    }
    found = [
        plan
        async for plan in listing.every(visitor, "/plan/session-plans", {"state": "approved"})
        if plan["body"] == body and not plan["reported"] and plan["id"] not in begun
    ]
    found.sort(key=lambda plan: (plan["held_on"], plan["id"]))
    has_come = [date.fromisoformat(plan["held_on"]) <= today for plan in found]
    return Waiting(
        [plan for plan, come in zip(found, has_come, strict=True) if come],
        [plan for plan, come in zip(found, has_come, strict=True) if not come],
    )
