"""Use cases of the certificate service that people start: redraw, mail; and the clock's question."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.certificate.production.batch import NUMBERED, PRODUCED, Batch
from services.certificate.production.production import READY, VOIDED, Production
from shared.actor import Actor
from shared.errors import NotAllowed, NotFound, WrongState
from shared.keeping import repository
from shared.ports import Clock, Files, Store

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)


async def redraw(store: Store, clock: Clock, id: str, seen: int, by: Actor, lanes: frozenset[str]) -> Batch:
    """Raises NotFound, Stale, WrongState, NotAllowed."""
    batch = await repository.seen(store, Batch, id, by, seen)
    await _must_be_wanted(store, batch.roster, "redraw")
    batch.redraw(by, clock.now(), lanes)
    await repository.save(store, batch)
    return batch


async def _must_be_wanted(store: Store, roster: str, verb: str) -> None:
    """Raises WrongState when the production was voided."""
    production = await repository.load(store, Production, roster)
    if production.state == VOIDED:
        raise WrongState(f"production {roster}", VOIDED, verb)


async def mail(store: Store, clock: Clock, roster: str, seen: int, by: Actor, carrier: str, parcel: str) -> Production:
    """Raises NotFound, Stale, WrongState (not ready, or mailed before), NotAllowed."""
    production = await repository.seen(store, Production, roster, by, seen)
    if production.state == READY and not await all_drawn(store, production):
        raise WrongState(f"production {roster}", "being redrawn", "mail")
    production.mail(by, clock.now(), carrier, parcel)
    await repository.save(store, production)
    return production


async def print_file(store: Store, files: Files, id: str, n: int, by: Actor) -> bytes:
    """The n-th PDF of a batch (1 is the first; later ones hold what was redrawn), for its producer and the Centre.

    Raises NotFound before it is drawn, NotAllowed, WrongState when its certificates were voided."""
    batch = await repository.reached(store, Batch, id, by)
    centre = batch.path.strip("/").split("/")[0]
    if by.body not in (batch.producer, centre):
        raise NotAllowed(f"由 {batch.producer} 制作 · {batch.producer} makes these certificates, not {by.body}")
    await _must_be_wanted(store, batch.roster, "print")
    if n > len(batch.print_files):
        raise NotFound(f"查无打印文件 · batch {id} has no print file {n} (yet)")
    return await files.get(batch.print_files[n - 1])


async def all_drawn(store: Store, production: Production) -> bool:
    produced = await store.count(Batch.KIND, {"roster": production.id, "state": PRODUCED})
    return produced >= production.batches


async def left_out_of(store: Store, production: Production) -> list[str]:
    """Ids of certificates that are in no print file, because a character of theirs is in no font."""
    page = await store.find(Batch.KIND, {"roster": production.id}, sort="page", limit=max(production.batches, 1))
    return [one.certificate for record in page.records for one in Batch.from_record(record).refused]


async def sweep(store: Store, now: datetime) -> None:
    """The clock's question: does a batch wait to be drawn for more than an hour? Finding one is a fault report: its
    message is parked, or nobody draws. Nothing is repeated here, because the message itself is never lost."""
    page = await store.find(Batch.KIND, {"state": NUMBERED}, sort="numbered_at", limit=20)
    for record in page.records:
        batch = Batch.from_record(record)
        if now - batch.numbered_at > LATE:
            log.warning("batch %s waits to be drawn since %s", batch.id, batch.numbered_at.isoformat())
