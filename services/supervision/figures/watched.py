"""What inspections, violations and sanctions add to the figures. They are read as stored: only what is counted is looked
at, so that their own nouns may grow without a word here.

Only what was decided counts: the paper is public, and an open accusation is nobody's record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.supervision.figures.figures import Figures
from shared.trade.deadline import local_day

INSPECTION, VIOLATION, SANCTION = "inspection", "violation", "sanction"
KINDS = (INSPECTION, VIOLATION, SANCTION)


def day_of(kind: str, document: Mapping[str, Any]) -> date | None:
    """The day that counts: an inspection was performed, a violation or a sanction was confirmed. None: not yet, or never.

    Not the day a violation was raised: one that is confirmed after its bulletin was published would stand in none."""
    if kind == INSPECTION:
        performed = document.get("performed_on")
        return date.fromisoformat(performed) if performed else None
    if kind == VIOLATION and document.get("state") != "confirmed":
        return None
    if kind == SANCTION and document.get("state") == "without_effect":
        return None
    confirmed = document.get("confirmed_at")
    if confirmed is None and kind == VIOLATION:
        history = document.get("history", ())
        confirmed = next((entry["at"] for entry in history if entry["verb"] == "confirm"), None)
    if confirmed is None:
        return None
    return local_day(datetime.fromisoformat(confirmed))


def figures_of(kind: str, document: Mapping[str, Any]) -> Figures:
    match kind:
        case "inspection":
            findings = len(document.get("findings", ()))
            return Figures(
                inspections=1, findings=findings, rectified=findings if document.get("outcome") == "rectified" else 0
            )
        case "violation":
            return Figures(violations={str(document["trigger"]): 1})
    return Figures(sanctions={str(document["measure"]): 1})
