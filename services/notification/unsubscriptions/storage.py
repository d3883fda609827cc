"""What other rooms ask about unsubscriptions, and the address that letters carry."""

from __future__ import annotations

from datetime import datetime

from services.notification import ids
from services.notification.unsubscriptions.secret import token_of
from services.notification.unsubscriptions.unsubscription import SUBSCRIBED, UNSUBSCRIBED, Unsubscription
from shared.errors import Stale
from shared.keeping import repository
from shared.ports import Store


async def is_unsubscribed(store: Store, address: str, letter: str) -> bool:
    """Raises Unavailable."""
    found = await repository.seek(store, Unsubscription, ids.unsubscription_id(address, letter))
    return found is not None and found.state == UNSUBSCRIBED


async def turn(store: Store, address: str, letter: str, is_wanted: bool, at: datetime) -> None:
    """is_wanted: whether letters of this name shall come there. Once or ten times, the outcome is the same. Raises
    Unavailable."""
    id = ids.unsubscription_id(address, letter)

    async def once() -> None:
        found = await repository.seek(store, Unsubscription, id)
        if found is None:
            if is_wanted:
                return
            found = Unsubscription(id=id, letter=letter, changed_at=at)
        if found.turn(SUBSCRIBED if is_wanted else UNSUBSCRIBED, at) and not await repository.save_if_first(
            store, found
        ):
            raise Stale

    await repository.in_turn(once, repository.TRIES)


def address(site: str, mailing: str, secret: str) -> str:
    """Empty for letters from which nobody unsubscribes."""
    return f"{site.rstrip('/')}/notification/unsubscribing/{token_of(mailing, secret)}" if secret else ""
