"""Until when form 1 is handed in (R1)."""

from __future__ import annotations

from datetime import date


def due_date(year: int) -> date:
    """The 28th is meant literally, in leap years too (rules §7.4)."""
    return date(year, 2, 28)
