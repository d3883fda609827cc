"""Whether a body may still read its feed, by whatever way: asked at each step, so that nobody reads on from habit."""

from __future__ import annotations

from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.errors import NotAllowed
from shared.keeping import local_copies
from shared.ports import Store


async def has_ended(store: Store, body: str) -> bool:
    """Revoked, or struck off. One that is suspended goes on reading: it still owes (rules §4.9). A body that is not known here
    yet has nothing to read either. Raises Unavailable."""
    known = await local_copies.seek(store, BodyRegistered, body) if body else None
    return known is not None and known.state in ENDED_STANDINGS


async def must_go_on(store: Store, body: str) -> None:
    """Raises NotAllowed, Unavailable."""
    if await has_ended(store, body):
        raise NotAllowed("机构资质已终止，不再提供事件流 · the standing of the body ended: its feed is closed to it")
