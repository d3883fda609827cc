"""Opening a roster for an approved session, and revising what the station enters besides the lines."""

from __future__ import annotations

from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import OPEN, Roster
from services.reporting.sessions import storage as sessions
from shared.contracts.plan import SessionPlanApproved
from shared.keeping import creation, local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure import drafting
from shared.trade.roles import Role


async def open_roster(store: Store, asked: Asked, key: str, new: NewRoster) -> Roster:
    """For an approved session of one's own. Raises NotYet while the approval has not arrived here, NotFound, NotAllowed,
    AlreadyThere, Stale, and WrongState for a session that was voided."""
    by = asked.by
    by.must_be(Role.STATION_CLERK)
    session = await local_copies.copy_of(store, SessionPlanApproved, new.session)
    by.must_reach(session.path, f"session {new.session}")
    by.must_sit_at(session.body)
    await sessions.must_not_be_voided(store, new.session, "open a roster")
    left = await repository.seek(store, Roster, new.session)
    if left is not None and left.body != session.body and left.state in OPEN:
        # Opened by the body that held the session before, in the moment in which the session was moved.
        left.transfer(by, asked.at, "随鉴定批次移交 · with its session", session.body, session.path)
        left.request = await creation.once(store, by, key, new)
        await repository.save(store, left)
        return left
    roster = Roster(
        id=new.session,
        body=session.body,
        path=session.path,
        prepared_by=by.id,
        session=new.session,
        held_on=session.held_on,
        items=session.items,
        attendance=new.attendance,
    )
    roster.move("draft", roster.state, by, asked.at)
    request = await creation.once(store, by, key, new)
    return await drafting.draft(store, asked, roster, request, f"/reporting/rosters/{roster.id}")


async def revise(store: Store, id: str, asked: Asked, entry: RosterEntry) -> Roster:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed."""

    def verb(roster: Roster) -> None:
        roster.revise(asked.by, asked.at, attendance=entry.attendance)

    return await repository.change(store, Roster, id, asked, verb)
