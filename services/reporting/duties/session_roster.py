"""Who owes the roster of a session: the body that holds it, some working days after it was held (R4.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.reporting.duties.duty import SESSION_ROSTER
from services.reporting.rosters.roster import VOIDED, Roster
from services.reporting.sessions import storage as sessions
from services.reporting.sessions.session import Session
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanApproved
from shared.keeping import local_copies, repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.procedure.duties.handing_in import came_back, handed_in_at, times_handed_in
from shared.register.duties import DutyRow
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder
from shared.trade.workdays.working_days import WorkingDays

_MOST_TURNS = 1000  # times that one roster may be handed in before two duties would have one id


def key_of(session: str, body: str) -> Key:
    return Key(session, body, session)


@dataclass(frozen=True, slots=True)
class SessionRosterOwing:
    """days: working days after that of the exam, which itself does not count.

    It is owed from the approval of the session on, so that everybody sees the day; its first mark comes after the exam. Also by
    a body that was revoked: what its winding-up did not void or move, which planning tells, it has to finish (rules §4.9)."""

    ladder: Ladder
    store: Store
    calendar: WorkingDays
    days: int

    @property
    def row(self) -> DutyRow:
        return SESSION_ROSTER

    def round(self, now: datetime) -> str:
        return "once"  # later ones are looked at when planning tells of them

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        async for records in every_page(self.store, local_copies.kind_of(SessionPlanApproved)):
            yield [key_of(record.id, str(record.body["copy"]["body"])) for record in records]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        ids = [key.about for key in keys]
        known = await sessions.seek_many(self.store, ids)
        rosters, _ = repository.readable(Roster, await self.store.get_many(Roster.KIND, ids))
        by_id = {roster.id: roster for roster in rosters}
        holders = {session.told.body for session in known.values()}
        bodies = await local_copies.copies_of(self.store, BodyRegistered, holders)
        return [self._one(known.get(id), by_id.get(id), bodies) for id in ids]

    def _one(self, session: Session | None, roster: Roster | None, bodies: dict[str, BodyRegistered]) -> Found:
        if session is None or session.ended or (roster is not None and roster.state == VOIDED):
            return None
        if roster is not None and roster.on_hand:
            return Done(handed_in_at(roster) or roster.history[-1].at)
        told = session.told
        # Who took it over later answers from then on; who took it back of their own accord gets no new term.
        since = told.held_on
        if session.on_the_day != told.body:
            since = max(since, session.held_since or since)
        back = came_back(roster) if roster is not None else None
        if back is not None and back.verb != "withdraw":
            since = max(since, local_day(back.at))
        path = bodies[told.body].path if told.body in bodies else told.path
        times = times_handed_in(roster) if roster is not None else 0
        return Owed(
            told.body,
            path,
            told.body,
            since,
            self.calendar.later(since, self.days),
            # Told anew when it is put off or moved, and when it was held though it had been cancelled.
            session.told_by * _MOST_TURNS + times,
            instead=not times or (roster is not None and roster.history[-1].verb in ("postpone", "transfer")),
        )
