"""Approval forms of technicians (R4.2) that a roster still lacks: pages say so before somebody wants to approve it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.console.documents.addresses import below
from services.console.refusal import Refusal
from services.console.visitor import Visitor
from shared.errors import Unavailable

ROSTERS: Final = "/reporting/rosters"
MISSING: Final = "missing-technician-reviews"
RECORDING: Final = f"POST {ROSTERS}/{{id}}/technician-reviews"
REVIEWED_LEVELS: Final = frozenset({"2", "1"})
"""Technicians and senior technicians."""


async def missing_of(visitor: Visitor, roster: Mapping[str, Any]) -> int | None:
    """How many still lack one; none where nobody needs one, this visitor may not know, or nobody can tell. Raises
    NotSignedIn."""
    if not REVIEWED_LEVELS & roster["lines"].keys() or not visitor.may(f"GET {ROSTERS}/{{id}}/{MISSING}"):
        return None
    try:
        found = await visitor.get(below(ROSTERS, roster["id"], MISSING))
    except (Refusal, Unavailable):  # a roster is looked at also where nobody set the key that tells people apart
        return None
    return int(found["missing"])
