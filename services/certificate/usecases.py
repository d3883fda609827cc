"""Use cases of the certificate service that people start: redraw, mail; and the clock's question."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.certificate.batch import NUMBERED, Batch
from services.certificate.production import Production
from shared import keeping
from shared.actor import Actor
from shared.errors import NotFound, Stale
from shared.ports import Clock, Files, Store

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)


async def redraw(store: Store, clock: Clock, id: str, seen: int, by: Actor, lanes: frozenset[str]) -> Batch:
    """Raises NotFound, Stale, WrongState, NotAllowed."""
    batch = await read_batch(store, id, by)
    if batch.version != seen:
        raise Stale(Batch.KIND, id, seen)
    batch.redraw(by, clock.now(), lanes)
    await keeping.save(store, batch)
    return batch


async def mail(store: Store, clock: Clock, roster: str, seen: int, by: Actor, carrier: str, parcel: str) -> Production:
    """Raises NotFound, Stale, WrongState (not ready, or mailed before), NotAllowed."""
    production = await read_production(store, roster, by)
    if production.version != seen:
        raise Stale(Production.KIND, roster, seen)
    production.mail(by, clock.now(), carrier, parcel)
    await keeping.save(store, production)
    return production


async def read_batch(store: Store, id: str, by: Actor) -> Batch:
    batch = await keeping.load(store, Batch, id)
    by.must_reach(batch.path, f"batch {id}")
    return batch


async def print_file(store: Store, files: Files, id: str, by: Actor) -> bytes:
    """The PDF of a batch, for whoever produces it. Raises NotFound before it is drawn."""
    batch = await read_batch(store, id, by)
    if not batch.print_file:
        raise NotFound(f"batch {id} has no print file (yet)")
    return await files.get(batch.print_file)


async def refused_in(store: Store, roster: str) -> frozenset[str]:
    """Certificates of a roster that are in no print file, because a character of theirs is in no font."""
    production = await keeping.load(store, Production, roster)
    page = await store.find(Batch.KIND, {"roster": roster}, sort="page", limit=max(production.batches, 1))
    return frozenset(one.certificate for record in page.records for one in Batch.from_record(record).refused)


async def read_production(store: Store, roster: str, by: Actor) -> Production:
    production = await keeping.load(store, Production, roster)
    by.must_reach(production.path, f"production {roster}")
    return production


async def sweep(store: Store, now: datetime) -> None:
    """The clock's question: does a batch wait to be drawn for more than an hour? Finding one is a fault report: its
    message is parked, or nobody draws. Nothing is repeated here, because the message itself is never lost."""
    page = await store.find(Batch.KIND, {"state": NUMBERED}, sort="numbered_at", limit=20)
    for record in page.records:
        batch = Batch.from_record(record)
        if now - batch.numbered_at > LATE:
            log.warning("batch %s waits to be drawn since %s", batch.id, batch.numbered_at.isoformat())
