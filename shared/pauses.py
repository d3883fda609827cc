"""How long somebody waits before trying again what the world refused just now."""

from __future__ import annotations

SHORTEST, LONGEST = 1.0, 30.0  # seconds: short, for most faults are a restart; bounded, so that its end is noticed


def pause_for(attempt: int, shortest: float = SHORTEST, longest: float = LONGEST) -> float:
    """Seconds after the failed `attempt`, counted from 0: doubled each time, up to `longest`."""
    return min(shortest * 2.0 ** min(attempt, 60), longest)  # beyond that a float would overflow one day
