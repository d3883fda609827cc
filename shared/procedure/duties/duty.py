"""A duty: what a body has to do by a day, with the marks that were told. A mark is written together with its fact, so that no
clock can double or forget one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Self

from pydantic import Field

from shared.actor import Actor
from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.keeping.aggregate import Aggregate
from shared.trade.body_path import BodyPath
from shared.trade.deadline import CHINA, Due, local_day
from shared.trade.ladder import Ladder
from shared.trade.workdays.working_days import WorkingDays
from shared.words import Words

OPEN, SETTLED, LAPSED, VOIDED = "open", "settled", "lapsed", "voided"
TOLD_FROM = timedelta(hours=8)
"""After midnight in Beijing: a letter that asks for something comes when offices open."""

OFFICE_ABOVE, CENTRE_TOO = -3, -10
"""Marks from which on the office above is told too, and the Centre: a day late is the body's own matter."""


def duty_words(kind: str, zh: str, en: str) -> Words:
    return Words(
        kind,
        (zh, en),
        states={
            OPEN: ("待办", "open"),
            SETTLED: ("已办", "done"),
            LAPSED: ("已终止", "no longer owed"),
            VOIDED: ("已作废", "void"),
        },
        verbs={"void": ("作废", "made void")},
    )


@dataclass(frozen=True, slots=True)
class Key:
    """Which document, of which body and period, something is owed about."""

    about: str
    body: str
    period: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a service finds owed about a document as it stands now.

    body, path: of who has to act. since: the day from which the term counts. turn: another number each time it becomes owed
    anew (a form that was returned and handed in again). told: marks that an earlier release told. account: the reference of a
    person who is written to instead of the body. people: how many it is about, where it is about some.
    instead: nobody did what was owed under the turn before; this takes its place."""

    body: str
    path: str
    concerns: str
    since: date
    due_on: date
    turn: int = 0
    told: tuple[int, ...] = ()
    account: str = ""
    people: int = 0
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """It was done, at that time."""

    at: datetime


Found = Owed | Done | None
"""None: not owed, and not done: nothing comes of it any more."""


def duty_id(about: str, what: str, turn: int) -> str:
    """The format must never change: by it a duty is known to be there."""
    return f"{about}.{what}.{turn}" if turn else f"{about}.{what}"


@dataclass(frozen=True, slots=True)
class Facts:
    opened: type[DutyOpened]
    reckoned: type[DutyReckoned]
    marked: type[DutyMarked]
    settled: type[DutySettled]

    @property
    def all(self) -> tuple[type[DutyOpened], type[DutyMarked], type[DutySettled]]:
        return self.opened, self.marked, self.settled


class Duty(Aggregate):
    """Each service has its own kind: with SOURCE, KIND, WORDS and the FACTS that it tells."""

    FACTS: ClassVar[Facts]

    what: str
    about: str
    body: str
    path: str
    concerns: str
    period: str = ""
    since: date
    due_on: date
    turn: int = 0
    account: str = ""
    people: int = 0
    state: str = OPEN
    marked: list[int] = Field(default_factory=list)
    next_at: str = ""
    """When the next mark is told: an instant in UTC, written so that text sorts as time does. Empty once it is over."""
    settled_at: datetime | None = None

    @classmethod
    def opening(cls, what: str, key: Key, owed: Owed, ladder: Ladder, calendar: WorkingDays, now: datetime) -> Self:
        duty = cls(
            id=duty_id(key.about, what, owed.turn),
            what=what,
            about=key.about,
            body=owed.body,
            path=owed.path,
            concerns=owed.concerns,
            period=key.period,
            since=owed.since,
            due_on=owed.due_on,
            turn=owed.turn,
            account=owed.account,
            people=owed.people,
            marked=list(owed.told) or ladder.before(owed.since, owed.due_on, calendar),
        )
        duty.next_at = _at(ladder.opens(duty.due_on, calendar))
        duty.note(duty.FACTS.opened(**duty._says(), since=duty.since), now)
        return duty

    @property
    def key(self) -> Key:
        return Key(self.about, self.concerns, self.period)

    def is_that(self, owed: Owed) -> bool:
        return self.turn == owed.turn

    def reckon(self, owed: Owed, ladder: Ladder, calendar: WorkingDays, now: datetime) -> bool:
        """By other working days, another term, or after its body was moved. What was told stays told. False: nothing changed."""
        before, said = self.model_dump(), self._says()
        self.body, self.path, self.due_on, self.people = owed.body, owed.path, owed.due_on, owed.people
        self.next_at = _at(self._next(ladder, calendar, now))
        if self._says() != said:
            self.note(self.FACTS.reckoned(**self._says()), now)
        return self.model_dump() != before

    def mark(self, ladder: Ladder, calendar: WorkingDays, now: datetime) -> bool:
        """Tell the nearest mark that was reached and not told. False: there is none."""
        if self.state != OPEN:
            return False
        mark = ladder.reached(told_day(now), self.due_on, self.marked, calendar)
        self.next_at = _at(ladder.next_day(told_day(now), self.due_on, calendar))
        if mark is None:
            return False
        self.marked.append(mark)
        left = Due(self.due_on).days_left(now)
        place = BodyPath.read(self.path)
        fact = self.FACTS.marked(
            **self._says(),
            mark=mark,
            days_left=left,
            ahead=left >= 0,
            overdue=left < 0,
            provisional=calendar.is_provisional(self.due_on.year),
            above=place.right_above or None if mark <= OFFICE_ABOVE else None,
            centre=place.centre if mark <= CENTRE_TOO and place.branch else None,
            account=self.account or None,
            people=self.people or None,
            since=self.since,
        )
        self.note(fact, now)
        return True

    def settle(self, at: datetime, now: datetime) -> None:
        """It was done. Raises WrongState."""
        self._end(SETTLED, at, now)

    def lapse(self, now: datetime) -> None:
        """Nothing comes of it any more. Raises WrongState."""
        self._end(LAPSED, now, now)

    def void(self, by: Actor, at: datetime, reason: str) -> None:
        """The body lost its licence: nobody is reminded of what it cannot do (rules §4.9). The news of that may have come first,
        and have ended it: the act is entered all the same, as it was ordered. Raises WrongState."""
        self.only_when("void", OPEN, LAPSED)
        ended, self.state = self.state == LAPSED, OPEN
        self.move("void", VOIDED, by, at, reason)
        if not ended:
            self._note_the_end(at, at, lapsed=True)

    def _end(self, state: str, at: datetime, now: datetime) -> None:
        self.only_when("void", OPEN)
        self.state = state
        self._note_the_end(at, now, lapsed=state != SETTLED)

    def _note_the_end(self, at: datetime, now: datetime, *, lapsed: bool) -> None:
        self.next_at, self.settled_at = "", at
        fact = self.FACTS.settled(
            **self._says(), settled_on=local_day(at), late=not lapsed and at >= Due(self.due_on).instant, lapsed=lapsed
        )
        self.note(fact, now)

    def _next(self, ladder: Ladder, calendar: WorkingDays, now: datetime) -> date:
        reached = ladder.reached(told_day(now), self.due_on, self.marked, calendar)
        return told_day(now) if reached is not None else ladder.next_day(told_day(now), self.due_on, calendar)

    def _says(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("what", "about", "body", "path", "concerns", "period", "due_on")}


def told_day(now: datetime) -> date:
    """The day whose marks are told: before offices open it is still that of yesterday."""
    return local_day(now - TOLD_FROM)


def _at(day: date) -> str:
    return as_text(datetime.combine(day, time.min, CHINA) + TOLD_FROM)


def as_text(instant: datetime) -> str:
    """In UTC, to the second: text that sorts as time does."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
