"""Use case of licences: look at what planning knows of one."""

from __future__ import annotations

from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Store
from shared.trade.body_words import BODY


async def read(store: Store, by: Actor, code: str) -> BodyRegistered:
    """What planning knows of a body's licence; everybody also sees those above. Raises NotFound, NotYet."""
    body = await local_copies.copy_of(store, BodyRegistered, code)
    if not by.path.startswith(body.path):
        by.must_reach(body.path, BODY, code)
    return body
