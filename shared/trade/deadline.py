"""Deadlines: a local date in China that becomes an instant in one place.

China keeps UTC+8 all year since 1992, so a fixed offset is exact for deadlines and needs no zone files.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


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


def local_day(instant: datetime) -> date:
    """The calendar day in China of an aware instant."""
    return instant.astimezone(CHINA).date()


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 30 November and three months is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
