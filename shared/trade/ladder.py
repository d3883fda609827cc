"""When somebody is reminded of what is due: marks by days before and after it, told on working days."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise

from shared.trade.workdays.working_days import WorkingDays

WEEKLY = 7


@dataclass(frozen=True, slots=True)
class Ladder:
    """marks: days before the last day, falling; 0 is that day, negative is after it. After the last of them one follows each
    week, until it is settled."""

    marks: tuple[int, ...]

    @classmethod
    def read(cls, text: str) -> Ladder:
        """`30,14,7,3,1,0,-1,-3`. Raises ValueError with a sentence."""
        try:
            marks = tuple(int(part) for part in text.split(","))
        except ValueError:
            raise ValueError(
                f"{text} 不是以逗号分隔的整数 · these are no whole numbers with commas between them, like 7,3,0,-1"
            ) from None
        if any(later >= earlier for earlier, later in pairwise(marks)):
            raise ValueError(f"{text} 须由大到小，不得重复 · each mark has to be smaller than the one before it")
        if not -WEEKLY * 4 <= marks[-1] <= marks[0] <= 366:
            raise ValueError(f"{text} 超出 366 天前至 28 天后 · marks lie between 366 days before and 28 days after")
        return cls(marks)

    def _all(self) -> Iterator[int]:
        yield from self.marks
        yield from count(min(self.marks[-1], 0) - WEEKLY, -WEEKLY)

    def opens(self, due_on: date, calendar: WorkingDays) -> date:
        """The day on which the first mark is told."""
        return _told_on(self.marks[0], due_on, calendar)

    def reached(self, today: date, due_on: date, told: Collection[int], calendar: WorkingDays) -> int | None:
        """The nearest mark whose day has come, unless it, or a nearer one, was told. Those before it are never made up for,
        and of two that fall on one day the nearer one is told alone."""
        nearest: int | None = None
        for mark in self._all():
            if _told_on(mark, due_on, calendar) > today:
                break
            nearest = mark
        if nearest is None or any(mark <= nearest for mark in told):
            return None
        return nearest

    def before(self, since: date, due_on: date, calendar: WorkingDays) -> list[int]:
        """The mark that had been reached when it became owed: it is not told any more."""
        reached = self.reached(since - timedelta(days=1), due_on, (), calendar)
        return [] if reached is None else [reached]

    def next_day(self, today: date, due_on: date, calendar: WorkingDays) -> date:
        """The first day after today on which a mark is told."""
        return next(day for day in (_told_on(mark, due_on, calendar) for mark in self._all()) if day > today)


def _told_on(mark: int, due_on: date, calendar: WorkingDays) -> date:
    """Up to the last day somebody has to be there who can still act on it; after it, somebody who reads it."""
    day = due_on - timedelta(days=mark)
    return calendar.at_or_before(day) if mark >= 0 else calendar.at_or_after(day)
