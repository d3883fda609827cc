"""Sessions as reporting knows them: approved ones are local copies of planning's fact, voided ones (rules §4.9) are noted."""

from __future__ import annotations

from shared.contracts.plan import SessionPlanApproved, SessionPlanVoided
from shared.errors import WrongState
from shared.keeping import local_copies
from shared.ports import Record, Store

VOIDED_SESSIONS = "voided_session"  # the collection


async def note_voided(store: Store, fact: SessionPlanVoided) -> None:
    """Voided is for good, so the first write is enough."""
    await store.add(VOIDED_SESSIONS, Record(fact.session, {"sanction": fact.sanction}))


async def must_not_be_voided(store: Store, session: str, verb: str) -> None:
    """A session that is not held gets no roster. Raises WrongState."""
    if await store.get(VOIDED_SESSIONS, session) is not None:
        raise WrongState(f"session {session}", "voided", verb)


async def must_be_held_by(store: Store, body: str, session: str, verb: str) -> None:
    """Neither voided nor moved to another body. Raises WrongState, NotYet while its approval has not arrived here."""
    await must_not_be_voided(store, session, verb)
    approved = await local_copies.copy_of(store, SessionPlanApproved, session)
    if approved.body != body:
        raise WrongState(f"session {session}", f"held by {approved.body} now", verb)
