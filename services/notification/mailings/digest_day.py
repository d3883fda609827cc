"""On which day a letter is gathered: the first working day whose hour has not come yet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from shared.trade.deadline import CHINA
from shared.trade.workdays.working_days import WorkingDays


def of(now: datetime, digest_at: str, calendar: WorkingDays) -> date:
    """digest_at: time in China, like 08:30. A day in China."""
    here = now.astimezone(CHINA)
    day = here.date() + timedelta(days=here.time() >= time.fromisoformat(digest_at))
    return calendar.at_or_after(day)


def has_come(now: datetime, digest_at: str, calendar: WorkingDays) -> bool:
    """Whether letters are gathered now: on a working day, from its hour on, so that a clock that was away makes up for it."""
    here = now.astimezone(CHINA)
    return calendar.is_worked_on(here.date()) and here.time() >= time.fromisoformat(digest_at)
