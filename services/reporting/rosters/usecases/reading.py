"""Reading a roster: its pages, and what they add up to once it is sealed."""

from __future__ import annotations

from services.reporting.rosters import storage
from services.reporting.rosters.roster import Roster
from shared.actor import Actor
from shared.contracts.reporting import RosterPage, SealedRoster
from shared.errors import NotFound
from shared.keeping import repository
from shared.ports import Store
from shared.trade.roles import Role


async def read_page(store: Store, id: str, page: int, by: Actor) -> RosterPage:
    """People count from 1. Services count from 0, as releases before did for everybody: where two releases run beside each
    other, a page by the other count would not match its seal, and the intake of the certificates would be parked.

    Raises NotFound."""
    roster = await repository.reached(store, Roster, id, by)
    first, pages = (0 if Role.SERVICE in by.roles else 1), len(roster.pages)
    if not first <= page < first + pages:
        raise NotFound(
            f"查无此页：名册共 {pages} 页，页号从 {first} 起 · "
            f"roster {id} has no page {page}; it has {pages}, counted from {first}"
        )
    return RosterPage(roster=id, page=page, lines=await storage.read_page(store, roster.import_id, page - first))


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
