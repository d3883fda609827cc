"""The steps of a roster on its way up, and its end where the session is not held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.reporting.rosters.roster import OPEN, Roster, producer_of
from services.reporting.rosters.usecases import approving
from services.reporting.sessions import storage as sessions
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanVoided
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure.exceptions import Needed
from shared.procedure.windup import acting_for


async def step(
    store: Store, id: str, asked: Asked, verb: str, reason: str = "", reasons: Mapping[str, str] | None = None
) -> Roster:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid, NotYet."""

    async def take_step(roster: Roster) -> None:
        if verb in ("submit", "endorse", "approve"):
            # It may have been opened in the very moment in which its session was voided or moved to another body.
            await sessions.must_be_held_by(store, roster.body, roster.session, verb)
        needed: list[Needed] = []
        if verb == "approve":  # the production right counts as it stands on the day of the approval
            bodies = await local_copies.all_copies(store, BodyRegistered)
            roster.producer = producer_of(roster.path, frozenset(body.body for body in bodies if body.produces))
            needed = await approving.needed(store, roster)
        roster.step(verb, asked.by, asked.at, reason, needed, reasons)

    return await repository.change(store, Roster, id, asked, take_step)


async def void_with_session(store: Store, at: datetime, fact: SessionPlanVoided) -> None:
    """The session is noted first: from then on no roster is opened for it. One that was opened between preview and
    revocation follows its session; one with an order of its own is voided by whichever comes first, with the same
    entry. One that is opened in this very moment stops at its next step. Raises Stale."""
    await sessions.note_voided(store, fact)
    roster = await repository.seek(store, Roster, fact.session)
    if roster is not None and roster.state in OPEN:
        roster.void(acting_for(fact.sanction), at, f"session {fact.session} is not held")
        await repository.save(store, roster)
