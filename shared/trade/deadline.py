"""Deadlines: a local date in China that becomes an instant in one place, and the marks of the reminder ladder.

China keeps UTC+8 all year since 1992, so a fixed offset is exact for deadlines and needs no zone files.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

MARKS = (30, 14, 7, 3, 1, 0, -1, -3)
"""Days before the deadline at which a reminder is due; 0 is the last day, negative is overdue."""


@dataclass(frozen=True, slots=True)
class Due:
    """`day_included`: "10日前" counts the 10th itself, until 24:00 Beijing time (rules §0.2); switchable."""

    on: date
    day_included: bool = True

    @property
    def instant(self) -> datetime:
        """The first moment that is too late."""
        last = self.on + timedelta(days=1) if self.day_included else self.on
        return datetime.combine(last, time.min, CHINA)

    def days_left(self, now: datetime) -> int:
        """Whole local days until the last day that counts: 0 on that day, -1 on the day after it."""
        last = self.on if self.day_included else self.on - timedelta(days=1)
        return (last - local_day(now)).days

    def on_ladder(self, now: datetime) -> bool:
        """Whether today lies between the first mark and the last."""
        return min(MARKS) <= self.days_left(now) <= max(MARKS)

    def mark_reached(self, now: datetime, marked: Collection[int]) -> int | None:
        """The nearest mark reached and not yet marked. Older missed ones are skipped, never sent late in a row."""
        left = self.days_left(now)
        reached = [mark for mark in MARKS if mark >= left]
        if not reached:
            return None
        nearest = min(reached)
        return None if nearest in marked or any(mark < nearest for mark in marked) else nearest


def local_day(instant: datetime) -> date:
    """The calendar day in China of an aware instant."""
    return instant.astimezone(CHINA).date()


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 30 November and three months is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
