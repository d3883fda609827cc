"""Which days are worked on, and counting by them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from hashlib import sha256

import holidays

from shared.trade.workdays.reading import NamedDay, stated_years

_DAY = timedelta(days=1)
_SATURDAY = 5


class WorkingDays:
    """named: every day that is off or worked on against the week, of the years whose notice is known.

    A year whose National Day is not named is *provisional*: its statutory days and weekends are off, and nobody knows yet which
    weekends will be worked on instead."""

    def __init__(self, named: Iterable[NamedDay]) -> None:
        self._works = {one.day: one.works for one in named}
        self._known = stated_years(self._works)
        spelled = ";".join(f"{day}{works:d}" for day, works in sorted(self._works.items()))
        self.version = sha256(spelled.encode()).hexdigest()[:16]
        """Another one for other days: what was reckoned by them has to be reckoned anew."""

    def is_provisional(self, year: int) -> bool:
        return year not in self._known

    def is_worked_on(self, day: date) -> bool:
        named = self._works.get(day)
        if named is not None:
            return named
        return day.weekday() < _SATURDAY and not (self.is_provisional(day.year) and day in _statutory(day.year))

    def at_or_before(self, day: date) -> date:
        while not self.is_worked_on(day):
            day -= _DAY
        return day

    def at_or_after(self, day: date) -> date:
        while not self.is_worked_on(day):
            day += _DAY
        return day

    def later(self, day: date, number: int) -> date:
        """The working day that many after `day`, which itself does not count. number: 0 or more; 0 is `day` itself."""
        for _ in range(number):
            day = self.at_or_after(day + _DAY)
        return day


@cache
def _statutory(year: int) -> frozenset[date]:
    """With the days that stand for those on a weekend. The library knows every year ahead, and never the exchanged weekends."""
    return frozenset(holidays.country_holidays("CN", years=year))
