"""Two years of everything that is owed, of three hundred bodies, from the day on which the house is first started: beside a
ledger that reckons marks a second time and in another way (`ledger.py`). With a New Year into a year whose working days nobody
knows, the notice of the next one arriving while reminders are under way, a 29 February, a house that was away for three days and
for three weeks, two clocks, and a wall clock that is set forward and back, in a container in UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest

from services.runtime.catalogue import REGISTER
from services.supervision.figures.quarter import Quarter
from shared.procedure.duties.duty import LAPSED, OPEN, SETTLED
from shared.trade.deadline import CHINA
from shared.trade.workdays.reading import NamedDay, ours
from tests.e2e.duties.ledger import DAY, Ledger
from tests.e2e.duties.lives import REVOKED, Lives
from tests.e2e.duties.offices import KEEPERS, Offices

BODIES = 300
FIRST, LAST = date(2026, 7, 10), date(2028, 7, 9)
"""It is first started when reports of a quarter are under way."""
AWAY = (date(2027, 2, 24), date(2027, 2, 26)), (date(2027, 10, 11), date(2027, 10, 31))
NOTICE = date(2027, 11, 22)
"""The day on which the working days of 2028 become known; those of 2027 never do."""
JUMPS = {
    date(2026, 12, 31): DAY,
    date(2027, 2, 17): -DAY,
    date(2027, 4, 14): timedelta(hours=15),
    date(2027, 8, 17): -timedelta(hours=2),
    date(2028, 2, 28): DAY,
    date(2028, 4, 14): -3 * DAY,
}
SERVICE_OF = {row.what: name for name in KEEPERS for row in REGISTER.declared[name].duties}
NINE, TEN = time_of_day(9), time_of_day(10)


def known_in(year: int) -> tuple[NamedDay, ...]:
    """A notice like others: a week off in winter, with the weekends around it worked on."""
    off = [date(year, 1, 24) + n * DAY for n in range(7)] + [date(year, 2, 28), date(year, 4, 3), date(year, 10, 1)]
    worked = [date(year, 1, 22), date(year, 2, 5), date(year, 2, 26)]
    return (*(NamedDay(day, False, "试") for day in off), *(NamedDay(day, True, "试") for day in worked))


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def every_day() -> Iterator[date]:
    for n in range((LAST - FIRST).days + 1):
        yield FIRST + n * DAY


class Trial:
    def __init__(self, folder: Path, size: int) -> None:
        self.offices = Offices(folder, ours(), datetime.combine(FIRST, NINE, CHINA))
        self.ledger = Ledger(ours())
        self.lives = Lives(self.offices, self.ledger, size, FIRST, LAST)
        self._years: set[int] = {2026}  # nobody owes the plan of the year in which all of them were registered too late
        self._quarters: set[Quarter] = set()

    async def look(self, now: datetime, clocks: int) -> None:
        """The ledger first: what a new year or quarter brings, then the marks. A service is asked when the ledger knows of
        something, and on Mondays: to ask each of them each day costs a minute, and says no more."""
        today = now.astimezone(CHINA).date()
        if today.year not in self._years:
            self._years.add(today.year)
            self.lives.plans_of(today.year)
        quarter = Quarter.of(today).before
        if quarter not in self._quarters:
            self._quarters.add(quarter)
            self.lives.reports_of(quarter.name, quarter.after, Quarter.of(today).after, quarter.number)
        whats = self.ledger.look(today, (now - timedelta(hours=8)).astimezone(CHINA).date())
        every = today.isoweekday() == 1 or today.day == 1
        await self.offices.look(now, clocks, KEEPERS if every else {SERVICE_OF[what] for what in whats})

    async def day(self, day: date) -> None:
        if day == NOTICE:
            named = (*ours(), *known_in(2028))
            self.ledger.learn(named)
            self.offices.know(named)
        now = datetime.combine(day, NINE, CHINA)
        if JUMPS.get(day, -DAY) > timedelta(0):
            await self.look(now + JUMPS[day], 1)
        await self.look(now, 1 + (day.toordinal() % 5 == 0))
        if day in JUMPS:
            await self.look(now + JUMPS[day], 2)
        at = self.offices.be(datetime.combine(day, TEN, CHINA))
        for act in self.lives.acts.pop(day, ()):
            await act(at)
        await self.offices.pump()

    async def run(self) -> None:
        await self.lives.settle_in(datetime.combine(FIRST, TEN, CHINA) - DAY)
        waiting = []
        for day in every_day():
            if any(first <= day <= last for first, last in AWAY):
                waiting += self.lives.acts.pop(day, [])  # who finds the house away comes back
                continue
            self.lives.acts[day], waiting = [*waiting, *self.lives.acts.pop(day, [])], []
            await self.day(day)
            if day.day == 1 and day.month in (1, 5, 9):
                await self.radar_is_right()
        self.ledger.look(LAST, LAST)
        await self.offices.look(self.offices.clock.now(), 2, KEEPERS)

    async def radar_is_right(self) -> None:
        """Every duty has its row, and no row is without one."""
        duties, radar, marks = await self.offices.duties(), await self.offices.radar(), self.offices.marks()
        assert set(radar) == set(duties)
        for id, duty in duties.items():
            row = radar[id]
            shown = (row.state, row.body, row.path, row.due_on, row.since, sorted(row.marked, reverse=True))
            assert shown == (duty.state, duty.body, duty.path, duty.due_on, duty.since, marks.get(id, [])), id


async def test_two_years_of_everything_that_is_owed(tmp_path: Path, in_utc: None) -> None:
    trial = Trial(tmp_path, BODIES)
    await trial.run()
    offices, ledger, marks = trial.offices, trial.ledger, trial.offices.marks()
    wrong = {id: (marks.get(id, []), debt.told) for id, debt in ledger.debts.items() if marks.get(id, []) != debt.told}
    assert wrong == {}, "told, and what had to be told"
    assert set(marks) <= set(ledger.debts), "nothing was told of what nobody owed"
    duties = await offices.duties()
    assert set(duties) == set(ledger.debts)
    for id, facts in offices.published.items():
        verbs = [one.fact_type.split(".")[1] for one in facts]
        assert verbs.count("opened") == 1 and verbs[0] == "opened", id
        assert verbs.count("settled") == (duties[id].state in (SETTLED, LAPSED)), id
        assert "settled" not in verbs[:-1], f"nothing after the end: {id}"
        assert len(set(marks.get(id, []))) == len(marks.get(id, [])), id
    assert {duties[id].state for id, debt in ledger.debts.items() if not debt.ended} <= {OPEN, LAPSED}
    found_done = [id for id, debt in ledger.debts.items() if debt.ended and FIRST <= debt.next <= LAST]
    assert OPEN not in {duties[id].state for id in found_done}, "at the next mark at the latest"
    await trial.radar_is_right()
    must_not_be_empty(trial)
    await offices.close()


def must_not_be_empty(trial: Trial) -> None:
    """What the trial is for really came up in it."""
    ledger, marks = trial.ledger, trial.offices.marks()
    assert {id.split(".")[1] for id in marks} == set(REGISTER.duties), "every kind of duty was told of"
    assert len(trial.lives.gone) == len(REVOKED)
    verbs = {one.fact_type.split(".")[1] for facts in trial.offices.published.values() for one in facts}
    assert verbs == {"opened", "reckoned", "marked", "settled"}
    assert any(len(debt.told) > 30 for debt in ledger.debts.values()), "somebody never did anything"
    twice = [debt for debt in ledger.debts.values() if debt.ladder.startswith("30,14,7,3,1,0") and 0 in debt.told]
    assert any(1 not in debt.told for debt in twice), "two marks fell on one day"
