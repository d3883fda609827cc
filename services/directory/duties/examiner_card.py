"""Whose cards end (rules §4.3, §4.4): asked of the body where the people are, once for all cards that end there on one day.
Nothing of them goes on the bus but how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.directory.bodies.body import Body
from services.directory.duties.duty import EXAMINER_CARD
from services.directory.persons.person import ACTIVE, TERM, RegisteredPerson
from shared.contracts.words import ENDED_STANDINGS
from shared.keeping import repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.register.duties import DutyRow
from shared.trade.deadline import local_day, months_later
from shared.trade.ladder import Ladder

_LOOKED_AHEAD = 60
_LONG_AGO = 365
"""Days after the end after which nobody is asked any more: registers of years are not asked about at a first start."""


def key_of(body: str, last_day: date) -> Key:
    return Key(f"{body}-{last_day}", body)


def _last_day(key: Key) -> date:
    return date.fromisoformat(key.about.partition("-")[2])


@dataclass(frozen=True, slots=True)
class ExaminerCardOwing:
    store: Store
    ladder: Ladder
    row: DutyRow = EXAMINER_CARD

    def round(self, now: datetime) -> str:
        return local_day(now).isoformat()  # no fact tells of registered persons

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        today = local_day(now)
        last = today + timedelta(days=self.ladder.marks[0] + _LOOKED_AHEAD)
        ended = await self._ending(today - timedelta(days=_LONG_AGO), last)
        yield [key_of(body, day) for body, day in ended]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        days = [_last_day(key) for key in keys]
        people = await self._ending(min(days), max(days) + timedelta(days=1)) if days else Counter()
        records = await self.store.get_many(Body.KIND, sorted({key.body for key in keys}))
        bodies = {body.id: body for body in repository.readable(Body, records)[0]}
        return [self._one(key, bodies.get(key.body), people[key.body, _last_day(key)], now) for key in keys]

    def _one(self, key: Key, body: Body | None, people: int, now: datetime) -> Found:
        last = _last_day(key)
        if body is None or body.state in ENDED_STANDINGS or (local_day(now) - last).days > _LONG_AGO:
            return None
        if not people:
            return Done(now)
        since = months_later(last, -TERM)  # as terms usually are
        return Owed(body.id, body.path, body.id, since, last, people=people)

    async def _ending(self, first: date, before: date) -> Counter[tuple[str, date]]:
        """(body, last day) → how many cards end there then; first <= last day < before."""
        found: Counter[tuple[str, date]] = Counter()
        ending = ("valid_until", first.isoformat(), before.isoformat())
        async for records in every_page(
            self.store, RegisteredPerson.KIND, {"state": ACTIVE}, between=ending, sort="valid_until"
        ):
            found.update(
                (person.body, person.valid_until) for person in repository.readable(RegisteredPerson, records)[0]
            )
        return found
