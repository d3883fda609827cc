"""The steps of a roster on its way up."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.certified.person_key import PersonKey
from services.reporting.rosters.roster import Roster, producer_of
from services.reporting.rosters.usecases import approving, certifying, following, reviewing
from services.reporting.rosters.usecases.certifying import Hashed
from services.reporting.sessions import storage as sessions
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure.exceptions import Needed

UP = ("submit", "endorse", "approve")


async def step(
    store: Store,
    key: PersonKey,
    id: str,
    asked: Asked,
    verb: str,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
) -> Roster:
    """One step of the approval. Raises NotFound, Stale (also where its session changed), WrongState, NotAllowed, Invalid,
    NotYet; of an approval also Overtaken when somebody of the roster is certified elsewhere in this moment, and Unavailable
    for the key."""

    async def take_step(roster: Roster) -> None:
        needed: list[Needed] = []
        lines: list[Hashed] = []
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
            await certifying.must_be_possible(store, key)
            await reviewing.must_be_reviewed(store, key, roster, asked.by)
            lines = await certifying.all_hashed(store, key, roster)
            roster.certified_before = await certifying.found_anew(store, roster, lines)
            needed = roster.needs
        roster.step(verb, asked.by, asked.at, reason, needed, reasons)
        if verb == "approve":  # last of all: what is refused has left no trace
            await certifying.claim(store, roster, lines, {one.n for one in roster.certified_before})

    await repository.reached(store, Roster, id, asked.by)
    await following.follow(store, id, asked.at)
    return await repository.change(store, Roster, id, asked, take_step)
