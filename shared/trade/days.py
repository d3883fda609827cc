"""Days as people write them. Where a day is typed into a field it stays as it is typed, 2026-04-03."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_zh(day: date) -> str:
    """2026年4月3日"""
    return f"{day.year}年{day.month}月{day.day}日"


def day_en(day: date) -> str:
    """3 April 2026. Not by the locale: a server may have any."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
