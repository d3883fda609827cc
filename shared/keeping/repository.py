"""Load, call the verb, save: the three steps of every use case, each one call to the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from shared.actor import Actor
from shared.errors import NotFound, Stale
from shared.keeping.aggregate import Aggregate
from shared.ports import Page, Store, Value

A = TypeVar("A", bound=Aggregate)


async def seek(store: Store, what: type[A], id: str) -> A | None:
    record = await store.get(what.KIND, id)
    return what.from_record(record) if record else None


async def load(store: Store, what: type[A], id: str) -> A:
    """Raises NotFound."""
    found = await seek(store, what, id)
    if found is None:
        raise NotFound(f"查无 {what.KIND} {id} · there is no {what.KIND} {id}")
    return found


async def load_at(store: Store, what: type[A], id: str, version: int) -> A:
    """Load what the caller has seen. Raises NotFound, or Stale when somebody changed it since."""
    found = await load(store, what, id)
    if found.version != version:
        raise Stale(what.KIND, id, version)
    return found


async def reached(store: Store, what: type[A], id: str, by: Actor) -> A:
    """What lies on the caller's path; anything else looks as if it were not there. Raises NotFound."""
    found = await load(store, what, id)
    by.must_reach(str(getattr(found, "path", "/")), f"{what.KIND} {id}")
    return found


async def seen(store: Store, what: type[A], id: str, by: Actor, version: int) -> A:
    """What the caller has read, unchanged since. Raises NotFound, Stale."""
    found = await reached(store, what, id, by)
    if found.version != version:
        raise Stale(what.KIND, id, version)
    return found


async def below(
    store: Store,
    kind: str,
    by: Actor,
    where: Mapping[str, Value] | None = None,
    *,
    after: tuple[Value, str] | None = None,
    limit: int = 100,
) -> Page:
    """The records of one's own body and of everything below it, by path: every document carries the path of its body."""
    reach = ("path", by.path, by.path + "\uffff")
    return await store.find(kind, where, between=reach, sort="path", after=after, limit=limit)


async def add(store: Store, aggregate: Aggregate) -> bool:
    """First write. False: already there, and nothing was written."""
    record = aggregate.as_record()
    added = await store.add(aggregate.KIND, type(record)(record.id, record.body, 1, record.facts), aggregate.outgoing)
    if added:
        aggregate.stored_as(1)
    return added


async def save(store: Store, aggregate: Aggregate) -> None:
    """Every later write: state and facts together. Raises Stale, and Unavailable when the
    document holds too many unsent facts: the bus has been away too long."""
    record = aggregate.as_record()
    await store.put(aggregate.KIND, record, aggregate.outgoing)
    aggregate.stored_as(record.version + 1)
