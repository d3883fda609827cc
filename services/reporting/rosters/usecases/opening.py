"""Opening a roster for an approved session, and revising what the station enters besides the lines."""

from __future__ import annotations

from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import OPEN, Roster
from services.reporting.rosters.usecases import following
from services.reporting.sessions import storage as sessions
from services.reporting.sessions.session import SESSION
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure import drafting
from shared.trade.roles import Role


async def open_roster(store: Store, asked: Asked, key: str, new: NewRoster) -> Roster:
    """For an approved session of one's own, once its day has come; also in the place of one that was discarded.

    Raises NotYet while the approval has not arrived here, NotFound, NotAllowed, AlreadyThere, Stale, WrongState for a session
    that was voided or cancelled, and Invalid before its day and for one that was not allowed to be held."""
    by = asked.by
    by.must_be(Role.STATION_CLERK)
    session = await sessions.known(store, new.session)
    told = session.told
    by.must_reach(told.path, SESSION, new.session)
    by.must_sit_at(told.body)
    session.must_count("open_roster")
    roster = Roster(
        id=new.session,
        body=told.body,
        path=told.path,
        prepared_by=by.id,
        session=new.session,
        held_on=told.held_on,
        items=told.items,
        attendance=new.attendance,
    )
    roster.must_not_be_early(asked.at)
    await sessions.must_have_been_allowed(store, session)
    left = await repository.seek(store, Roster, new.session)
    if left is not None and left.body != told.body and left.state in OPEN:
        # Opened by the body that held the session before, in the moment in which the session was moved.
        left.transfer(by, asked.at, "随鉴定批次移交 · with its session", told.body, told.path)
        left.request = await creation.once(store, by, key, new)
        await repository.save(store, left)
        return left
    roster.move("draft", roster.state, by, asked.at)
    request = await creation.once(store, by, key, new)
    return await drafting.draft(store, asked, roster, request, f"/reporting/rosters/{roster.id}")


async def revise(store: Store, id: str, asked: Asked, entry: RosterEntry) -> Roster:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale (also where its session changed), WrongState,
    NotAllowed."""

    def verb(roster: Roster) -> None:
        roster.revise(asked.by, asked.at, attendance=entry.attendance)

    await repository.reached(store, Roster, id, asked.by)
    await following.follow(store, id, asked.at)
    return await repository.change(store, Roster, id, asked, verb)
