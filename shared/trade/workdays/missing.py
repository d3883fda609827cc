"""Whether the working days of a year are known by when they are needed."""

from __future__ import annotations

from datetime import date

from shared.trade.workdays.working_days import WorkingDays

_FROM = 12
"""Month from which the next year is looked for: the State Council's notice comes out in November, and reminders of the annual
plans begin in January."""


def missing_year(calendar: WorkingDays, today: date) -> int | None:
    """The year whose working days ought to be known and are not: this one, and from 1 December on the next. None: none is
    missing."""
    years = (today.year, today.year + 1) if today.month >= _FROM else (today.year,)
    return next((year for year in years if calendar.is_provisional(year)), None)


def missing_sentence(year: int) -> str:
    return (
        f"缺少 {year} 年的节假日安排，工作日暂按推定：请将国务院办公厅的通知录入 CSV 文件，由 JIANDING_WORKDAYS 指明 · "
        f"the working days of {year} are not known, those in use are provisional: put the State Council's notice into a CSV "
        "file and name it in JIANDING_WORKDAYS"
    )
