"""Load, call the verb, save: the three steps of every use case, each one call to the store."""

from __future__ import annotations

import inspect
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

from pydantic import ValidationError

from shared.actor import Actor
from shared.errors import Stale
from shared.keeping import placed
from shared.keeping.aggregate import Aggregate
from shared.keeping.asked import Asked
from shared.ports import Page, Record, Store, Value, every_record

log = logging.getLogger(__name__)

A = TypeVar("A", bound=Aggregate)
T = TypeVar("T")

TRIES = 50  # of a write that somebody else keeps overtaking; more would be a fault

UNREADABLE: Counter[str] = Counter()
"""Kind → how often a list left out a stored document of it that cannot be read; for metrics."""


# --- one document -----------------------------------------------------------------------------------------------------


async def seek(store: Store, what: type[A], id: str) -> A | None:
    record = await store.get(what.KIND, id)
    return what.from_record(record) if record else None


async def load(store: Store, what: type[A], id: str) -> A:
    """Raises NotFound."""
    found = await seek(store, what, id)
    if found is None:
        raise what.WORDS.not_found(id)
    return found


async def reached(store: Store, what: type[A], id: str, by: Actor) -> A:
    """What lies on the caller's path; anything else looks as if it were not there. Raises NotFound."""
    found = await load(store, what, id)
    by.must_reach(str(getattr(found, "path", "/")), what.WORDS, id)
    return found


def must_be_expected(found: Aggregate, asked: Asked) -> None:
    """Raises Stale when somebody changed it since the caller read it."""
    if found.version != asked.expected_version:
        raise found.WORDS.stale(found.id)


# --- changing one -----------------------------------------------------------------------------------------------------


async def change(store: Store, what: type[A], id: str, asked: Asked, verb: Callable[[A], Awaitable[None] | None]) -> A:
    """What the caller read, unchanged since; the verb; one write. verb: may ask the store before it raises.

    Raises NotFound, Stale, and what the verb raises."""
    found = await reached(store, what, id, asked.by)
    must_be_expected(found, asked)
    await call(verb, found)
    await save(store, found)
    return found


async def call(verb: Callable[[A], Awaitable[None] | None], found: A) -> None:
    doing = verb(found)
    if inspect.isawaitable(doing):
        await doing


async def retried(store: Store, what: type[A], id: str, verb: Callable[[A], bool | None]) -> A:
    """For what is right whatever others wrote meanwhile: load, verb, save, and from the beginning where somebody was
    faster. verb: False says that there is nothing to save. Raises NotFound, Stale when it never gets its turn."""

    async def once() -> A:
        found = await load(store, what, id)
        if verb(found) is not False:
            await save(store, found)
        return found

    return await in_turn(once, TRIES)


async def in_turn(once: Callable[[], Awaitable[T]], tries: int) -> T:
    """once: loads and saves; from the beginning where somebody was faster. Raises Stale when it never gets its turn."""
    for _ in range(tries):
        try:
            return await once()
        except Stale as error:
            overtaken = error
    raise overtaken


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


async def save_if_first(store: Store, aggregate: Aggregate) -> bool:
    """First or later write of what several clocks may want to write. False: another one was faster, and its write counts."""
    if not aggregate.version:
        return await add(store, aggregate)
    try:
        await save(store, aggregate)
    except Stale:
        return False
    return True


# --- many -------------------------------------------------------------------------------------------------------------


async def every(
    store: Store,
    what: type[A],
    where: Mapping[str, Value] | None = None,
    *,
    between: tuple[str, Value, Value] | None = None,
    sort: str = "",
) -> AsyncIterator[A]:
    """All documents that match, page by page."""
    async for record in every_record(store, what.KIND, where, between=between, sort=sort):
        yield what.from_record(record)


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
    return await store.find(kind, where, between=placed.below(by.path), sort="path", after=after, limit=limit)


def readable(what: type[A], records: Iterable[Record]) -> tuple[list[A], list[str]]:
    """The documents of a list, and the ids of those that cannot be read: one of them must not hide all others."""
    found: list[A] = []
    left_out: list[str] = []
    for record in records:
        try:
            found.append(what.from_record(record))
        except ValidationError as error:
            log.error("%s %s cannot be read: %d fields", what.KIND, record.id, error.error_count())
            UNREADABLE[what.KIND] += 1
            left_out.append(record.id)
    return found, left_out
