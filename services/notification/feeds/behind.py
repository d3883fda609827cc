"""How far those that are pushed to are behind their feeds, for the metrics: kept as instants, so that it goes on growing while
nobody gets to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """at: number of the last entry that was pushed; last: of the newest one of the feed. failing_since: since when nothing goes
    well; none while it does."""

    feed: str
    at: int
    last: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Behind:
    """missing: entries. waits_since: when what the first of them tells of happened; none where nothing is missing, or it was
    written this moment."""

    missing: int
    waits_since: datetime | None
    failing_since: datetime | None

    def seconds(self, now: datetime) -> float:
        return seconds_since(self.waits_since, now)

    def failing_seconds(self, now: datetime) -> float:
        """0 while all goes well."""
        return seconds_since(self.failing_since, now)


def seconds_since(then: datetime | None, now: datetime) -> float:
    """0 where there is no such instant, or somebody set the clock back."""
    return max(0.0, (now - then).total_seconds()) if then is not None else 0.0
