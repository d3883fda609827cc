"""The roster that follows an approved session plan, so that its page shows the way there."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from services.console.documents.addresses import below
from services.console.refusal import Refusal
from services.console.visitor import Visitor
from shared.errors import Unavailable

READ, OPENED = "GET /reporting/rosters/{id}", "POST /reporting/rosters"
Next = Literal["", "there", "to_open", "later"]
"""there: it was opened. to_open: this visitor opens it now. later: the day of the exam has not come."""


async def next_of(visitor: Visitor, plan: dict[str, Any], today: date) -> Next:
    """A plan is read also while the rosters' service is away. Raises NotSignedIn."""
    if plan["state"] != "approved" or not visitor.may(READ):
        return ""
    try:
        await visitor.get(below("/reporting/rosters", plan["id"]))
    except Unavailable:
        return ""
    except Refusal as refusal:
        own = visitor.holder is not None and visitor.holder.body == plan["body"]
        if refusal.status != 404 or not own or not visitor.may(OPENED):
            return ""
        return "to_open" if date.fromisoformat(plan["held_on"]) <= today else "later"
    return "there"
