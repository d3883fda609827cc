"""A quarter of a year, counted by days in China: 31 March 23:59 in Beijing is the first quarter wherever the container
stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.errors import Invalid
from shared.trade.deadline import Due, local_day

_NUMERALS = "一二三四"


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def at(cls, instant: datetime) -> Quarter:
        return cls.of(local_day(instant))

    @classmethod
    def named(cls, name: str) -> Quarter:
        """`2026-Q1`. Raises Invalid."""
        found = re.fullmatch(r"(20\d{2})-Q([1-4])", name)
        if found is None:
            raise Invalid(f"{name} 不是季度，应如 2026-Q1 · is no quarter: write it like 2026-Q1")
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def name_zh(self) -> str:
        return f"{self.year}年第{_NUMERALS[self.number - 1]}季度"

    @property
    def first(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return (self.first + timedelta(days=93)).replace(day=1)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def before(self) -> Quarter:
        return Quarter.of(self.first - timedelta(days=1))

    def must_have_begun(self, now: datetime) -> None:
        """Raises Invalid: of what lies ahead there are plans, and no figures."""
        if local_day(now) < self.first:
            raise Invalid(
                f"{self.name} 尚未开始，{self.first} 起 · the quarter has not begun: its first day is {self.first}"
            )

    def report_due(self, days: int) -> Due:
        """The last day for the work report of this quarter; `days` after its end, that day included."""
        return Due(self.last + timedelta(days=days))
