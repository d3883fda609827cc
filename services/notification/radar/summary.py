"""The radar in short: what falls due when, who is late, and what exactly is missing. Pure: rows in, figures out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.notification.radar.row import RadarRow
from shared.register.duties import DutyRow

AHEAD = 30
"""Days from today that are looked at, today among them."""
SUNDAY = 7


@dataclass
class Week:
    """first, last: within the time looked at. by_duty: what → how many."""

    first: date
    last: date
    by_duty: Counter[str] = field(default_factory=Counter)

    @property
    def duties(self) -> int:
        return self.by_duty.total()


@dataclass
class Late:
    """Of one body: how many, and the last day of the oldest."""

    body: str
    duties: int = 0
    oldest: date = date.max

    def add(self, row: RadarRow) -> None:
        self.duties += 1
        self.oldest = min(self.oldest, row.due_on)


@dataclass
class Summary:
    """missing: (what, period) → those who have not done it. `add` takes what is still to be done and due before `end`."""

    today: date
    weeks: list[Week] = field(default_factory=list)
    late: int = 0
    _late_bodies: dict[str, Late] = field(default_factory=dict)
    _missing: dict[tuple[str, str], dict[str, Late]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        first = self.today
        while first < self.end:
            last = min(first + timedelta(days=SUNDAY - first.isoweekday()), self.end - timedelta(days=1))
            self.weeks.append(Week(first, last))
            first = last + timedelta(days=1)

    @property
    def end(self) -> date:
        """The first day that is not looked at."""
        return self.today + timedelta(days=AHEAD)

    def add(self, row: RadarRow) -> None:
        if row.is_late(self.today):
            self.late += 1
            self._late_bodies.setdefault(row.body, Late(row.body)).add(row)
            self._missing[row.what, row.period].setdefault(row.body, Late(row.body)).add(row)
            return
        for week in self.weeks:
            if week.first <= row.due_on <= week.last:
                week.by_duty[row.what] += 1

    @property
    def late_bodies(self) -> list[Late]:
        return _longest_first(self._late_bodies.values())

    @property
    def missing(self) -> list[tuple[str, str, list[Late]]]:
        """What, period, who; that which is missing longest stands first."""
        found = [(what, period, _longest_first(who.values())) for (what, period), who in self._missing.items()]
        return sorted(found, key=lambda one: (one[2][0].oldest, one[0], one[1]))

    @property
    def bodies(self) -> set[str]:
        return set(self._late_bodies)


def _longest_first(late: Iterable[Late]) -> list[Late]:
    return sorted(late, key=lambda one: (one.oldest, one.body))


def named(duties: Mapping[str, DutyRow], what: str) -> DutyRow:
    """One of a later release has no other name here than its own."""
    return duties.get(what) or DutyRow(what, what, what, "")


def sentence(duty: DutyRow, period: str, late: Sequence[Late], names: Mapping[str, tuple[str, str]]) -> str:
    """`报送年度计划（附表一）（2026）：示例鉴定站（49053012） · …: Example Station (49053012)`.

    names: code → Chinese, English."""

    def who(one: Late, n: int) -> str:
        times = f" × {one.duties}" if one.duties > 1 else ""
        name = names.get(one.body, ("", ""))[n]
        brackets = ("（{}）", " ({})")[n]
        return (name + brackets.format(one.body) if name else one.body) + times

    zh = f"{duty.zh}（{period}）" if period else duty.zh
    en = f"{duty.en}, {period}" if period else duty.en
    return f"{zh}：{'、'.join(who(one, 0) for one in late)} · {en}: {', '.join(who(one, 1) for one in late)}"
