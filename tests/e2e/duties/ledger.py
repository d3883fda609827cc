"""What has to be told when, reckoned a second time and in another way: from a list of working days, mark by mark."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import holidays

from shared.trade.workdays.reading import NamedDay

DAY = timedelta(days=1)


class Days:
    """Every working day of some years in a row."""

    def __init__(self, named: Iterable[NamedDay]) -> None:
        works = {one.day: one.works for one in named}
        known = {day.year for day in works}
        off = holidays.country_holidays("CN", years=range(2025, 2031))
        every = [date(2025, 1, 1) + n * DAY for n in range(365 * 5)]
        usual = {day for day in every if day.weekday() < 5 and (day.year in known or day not in off)}
        self.worked = [day for day in every if works.get(day, day in usual)]

    def until(self, day: date) -> date:
        return self.worked[bisect_right(self.worked, day) - 1]

    def since(self, day: date) -> date:
        return self.worked[bisect_left(self.worked, day)]

    def later(self, day: date, number: int) -> date:
        return self.worked[bisect_right(self.worked, day) + number - 1]


def never(_: date) -> bool:
    return False


@dataclass
class Debt:
    """over: on which days it is asked for no more, though nobody did it."""

    body: str
    ladder: str
    since: date
    due: Callable[[Days], date]
    over: Callable[[date], bool] = never
    floor: int | None = None
    told: list[int] = field(default_factory=list)
    ended: bool = False
    next: date = date.min

    def days_of(self, days: Days) -> Iterator[tuple[int, date]]:
        marks = [int(mark) for mark in self.ladder.split(",")]
        marks += [min(marks[-1], 0) - 7 * n for n in range(1, 120)]
        due = self.due(days)
        for mark in marks:
            day = due - mark * DAY
            yield mark, days.until(day) if mark >= 0 else days.since(day)

    def nearest(self, today: date, days: Days) -> int | None:
        """And keep in mind when there is another one."""
        found = None
        for mark, day in self.days_of(days):
            if day > today:
                self.next = day
                break
            found = mark
        return found


class Ledger:
    def __init__(self, named: Iterable[NamedDay]) -> None:
        self.days = Days(named)
        self.debts: dict[str, Debt] = {}
        self._open: set[str] = set()

    def owe(self, id: str, debt: Debt) -> None:
        assert id not in self.debts, id
        debt.floor = debt.nearest(debt.since - DAY, self.days)
        debt.next = date.min
        self.debts[id] = debt
        self._open.add(id)

    def end(self, id: str) -> None:
        assert id in self._open, id
        self.debts[id].ended = True
        self._open.discard(id)

    def is_open(self, id: str) -> bool:
        return id in self._open

    def end_all_of(self, body: str, but: tuple[str, ...]) -> None:
        for id in [id for id in self._open if self.debts[id].body == body]:
            if not any(f".{what}" in id for what in but):
                self.end(id)

    def learn(self, named: Iterable[NamedDay]) -> None:
        """The notice of a year arrived."""
        self.days = Days(named)
        for debt in self.debts.values():
            debt.next = date.min

    def look(self, today: date, told_day: date) -> set[str]:
        """A clock looks at everything: what is the nearest mark of each, and was it told? told_day: before eight it is that
        of yesterday. Returns the ends of the ids of whatever there was to be looked at."""
        looked_at = set()
        for id in self._open:
            debt = self.debts[id]
            if told_day < debt.next or debt.over(today):
                continue
            looked_at.add(id.split(".")[1])
            mark = debt.nearest(told_day, self.days)
            if mark is not None and mark < min([*debt.told, 999 if debt.floor is None else debt.floor]):
                debt.told.append(mark)
        return looked_at

    def marks(self) -> dict[str, list[int]]:
        return {id: debt.told for id, debt in self.debts.items() if debt.told}
