"""Who owes the next step of a production: its producer the print files, then the parcel, and the body that appraised the word
that it arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.certificate.duties.duty import POSTING, PRODUCTION, RECEIPT
from services.certificate.production.production import MAILED, MAKING, READY, RECEIVED, VOIDED, Production
from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.keeping import local_copies, repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.register.duties import DutyRow
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder

LONG_AGO = timedelta(days=30)
"""A parcel that was posted so long before there were receipts is not asked for any more."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One row. state: in which it is owed. begins: from when the term counts; done: when it was done; both may be unknown of
    what an earlier release did. by_producer: by whom."""

    row: DutyRow
    state: str
    begins: Callable[[Production], datetime | date | None]
    done: Callable[[Production], datetime | None]
    by_producer: bool


STAGES = (
    Stage(PRODUCTION, MAKING, lambda one: one.approved_on, lambda one: one.ready_at, True),
    Stage(POSTING, READY, lambda one: one.ready_at, lambda one: one.mailed_at, True),
    Stage(RECEIPT, MAILED, lambda one: one.mailed_at, lambda one: one.received_at, False),
)
_WAY = (MAKING, READY, MAILED, RECEIVED)


def key_of(stage: Stage, roster: str, body: str) -> Key:
    """A letter to the body that appraised names the session; one to the producer names whose certificates they are."""
    return Key(roster, body, "" if stage.by_producer else roster)


@dataclass(frozen=True, slots=True)
class StageOwing:
    """term: the last day, of the day on which it began."""

    stage: Stage
    ladder: Ladder
    store: Store
    term: Callable[[date], date]

    @property
    def row(self) -> DutyRow:
        return self.stage.row

    def round(self, now: datetime) -> str:
        return "once"  # later ones are looked at when something happens to them

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        async for records in every_page(self.store, Production.KIND):
            productions, _ = repository.readable(Production, records)
            yield [key_of(self.stage, one.id, one.body) for one in productions if self._is_asked_for(one, now)]

    def _is_asked_for(self, production: Production, now: datetime) -> bool:
        if production.state != self.stage.state:
            return False
        return production.state != MAILED or now - (production.mailed_at or now) <= LONG_AGO

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        records = await self.store.get_many(Production.KIND, [key.about for key in keys])
        productions, _ = repository.readable(Production, records)
        who = {one.producer if self.stage.by_producer else one.body for one in productions}
        bodies = await local_copies.copies_of(self.store, BodyRegistered, who)
        by_id = {one.id: one for one in productions}
        return [self._one(by_id.get(key.about), bodies) for key in keys]

    def _one(self, production: Production | None, bodies: Mapping[str, BodyRegistered]) -> Found:
        if production is None or production.state == VOIDED:
            return None
        if production.state != self.stage.state:
            is_later = _WAY.index(production.state) > _WAY.index(self.stage.state)
            at = self.stage.done(production)
            return Done(at) if is_later and at is not None else None
        began = self.stage.begins(production) or production.approved_on
        since = local_day(began) if isinstance(began, datetime) else began
        body = production.producer if self.stage.by_producer else production.body
        if body in bodies and bodies[body].state in ENDED_STANDINGS and not production.has_to_be_finished:
            return None
        return Owed(body, _path(production, body, bodies), production.body, since, self.term(since))


def _path(production: Production, body: str, bodies: Mapping[str, BodyRegistered]) -> str:
    """A body that was moved since stands elsewhere now; the production still says where it stood when nothing is known here."""
    if body in bodies:
        return bodies[body].path
    place = BodyPath.read(production.path)
    return str(place.upto(body)) if body in place.codes else production.path
