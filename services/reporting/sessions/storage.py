"""Sessions that are not held (rules §4.9): no roster is opened for them, and one that was is voided with them."""

from __future__ import annotations

from services.reporting.rosters.roster import OPEN, Roster
from shared.contracts.plan import SessionPlanVoided
from shared.errors import WrongState
from shared.keeping import repository
from shared.ports import Clock, Kind, Record, Store
from shared.procedure.windup import acting_for

KIND = Kind("voided_session")


async def must_not_be_voided(store: Store, session: str, verb: str) -> None:
    """Raises WrongState."""
    if await store.get(KIND.name, session) is not None:
        raise WrongState(f"session {session}", "voided", verb)


async def keep(store: Store, clock: Clock, fact: SessionPlanVoided) -> None:
    """Voided is for good, so the first write is enough. A roster that was opened between preview and revocation follows
    its session; one with an order of its own is voided by whichever comes first, with the same entry."""
    await store.add(KIND.name, Record(fact.session, {"sanction": fact.sanction}))
    roster = await repository.seek(store, Roster, fact.session)
    if roster is not None and roster.state in OPEN:
        roster.void(acting_for(fact.sanction), clock.now(), f"session {fact.session} is not held")
        await repository.save(store, roster)
