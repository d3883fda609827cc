"""Reading a roster: its pages, and what they add up to once it is sealed."""

from __future__ import annotations

from services.reporting.rosters import storage
from services.reporting.rosters.roster import Roster
from shared.actor import Actor
from shared.contracts.reporting import RosterPage, SealedRoster
from shared.errors import NotFound
from shared.keeping import repository
from shared.ports import Store


async def read_page(store: Store, id: str, page: int, by: Actor) -> RosterPage:
    """Raises NotFound."""
    roster = await repository.reached(store, Roster, id, by)
    if not 0 <= page < len(roster.pages):
        raise NotFound(f"查无此页 · roster {id} has no page {page}")
    return RosterPage(roster=id, page=page, lines=await storage.read_page(store, roster.import_id, page))


async def read_sealed(store: Store, id: str, by: Actor) -> SealedRoster:
    """What the pages add up to. Raises WrongState before the approval."""
    roster = await repository.reached(store, Roster, id, by)
    if roster.approved_on is None:
        raise roster.wrong_state("fetch", "批准后才封存 · it is sealed once it is approved")
    return SealedRoster(
        roster=id,
        session=roster.session,
        body=roster.body,
        held_on=roster.held_on,
        approved_on=roster.approved_on,
        pages=roster.pages,
        path=roster.path,
        producer=roster.producer,
    )
