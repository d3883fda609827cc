"""The steps of a roster on its way up."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.rosters.roster import Roster, producer_of
from services.reporting.rosters.usecases import approving, following
from services.reporting.sessions import storage as sessions
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure.exceptions import Needed

UP = ("submit", "endorse", "approve")


async def step(
    store: Store, id: str, asked: Asked, verb: str, reason: str = "", reasons: Mapping[str, str] | None = None
) -> Roster:
    """One step of the approval. Raises NotFound, Stale (also where its session changed), WrongState, NotAllowed, Invalid,
    NotYet."""

    async def take_step(roster: Roster) -> None:
        needed: list[Needed] = []
        roster.may_take(verb, asked.by)
        if verb in UP:
            session = await sessions.known(store, roster.session)
            # It may have been opened in the very moment in which its session was voided or moved to another body.
            session.must_be_held_by(roster.body, verb)
            await sessions.must_have_been_allowed(store, session)
            session.must_be_drawn()
            await approving.check(store, roster)
        if verb == "approve":  # the production right counts as it stands on the day of the approval
            bodies = await local_copies.all_copies(store, BodyRegistered)
            roster.producer = producer_of(roster.path, frozenset(body.body for body in bodies if body.produces))
            needed = await approving.needed(store, roster)
        roster.step(verb, asked.by, asked.at, reason, needed, reasons)

    await repository.reached(store, Roster, id, asked.by)
    await following.follow(store, id, asked.at)
    return await repository.change(store, Roster, id, asked, take_step)
