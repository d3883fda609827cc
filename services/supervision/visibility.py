"""Who sees what of supervision: what concerns one's own body is seen once the body was told; the rest by path.

Knows no noun, only what all of them keep to themselves at first (`disclosure`), and neither HTTP nor paging (`reading`).
"""

from __future__ import annotations

from typing import TypeVar

from services.supervision.disclosure import Untold
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.errors import NotFound, Stale
from shared.keeping import local_copies, repository
from shared.ports import Store
from shared.trade.practice import is_practice

A = TypeVar("A", bound=Untold)


def may_see(by: Actor, one: Untold) -> bool:
    return one.path.startswith(by.path) and (one.told or by.body != one.body)


async def read(store: Store, what: type[A], id: str, by: Actor) -> A:
    """Raises NotFound, also for what the asker may not know of."""
    found = await repository.load(store, what, id)
    if not may_see(by, found):
        raise NotFound(f"查无 {what.KIND} {id} · there is no {what.KIND} {id}")
    return found


async def seen(store: Store, what: type[A], id: str, by: Actor, version: int) -> A:
    """What the caller has read, unchanged since. Raises NotFound, Stale."""
    found = await read(store, what, id, by)
    if found.version != version:
        raise Stale(what.KIND, id, version)
    return found


async def body_below(store: Store, by: Actor, code: str) -> BodyRegistered:
    """Raises NotFound for one that is unknown here, out of reach, or a twin of the training tree."""
    known = await store.get(local_copies.kind_of(BodyRegistered), code)
    body = BodyRegistered.from_data(known.body["copy"]) if known else None
    if body is None or not body.path.startswith(by.path) or is_practice(code):
        raise NotFound(f"查无机构 {code} · there is no body {code}")
    return body
