"""What the batches of a production tell together."""

from __future__ import annotations

from services.certificate.production.batch import PRODUCED, Batch
from services.certificate.production.production import Production
from shared.ports import Store


async def all_drawn(store: Store, production: Production) -> bool:
    produced = await store.count(Batch.KIND, {"roster": production.id, "state": PRODUCED})
    return produced >= production.batches


async def numbered(store: Store, production: Production) -> int:
    """Batches whose certificates have their numbers."""
    return await store.count(Batch.KIND, {"roster": production.id})


async def left_out_of(store: Store, production: Production) -> list[str]:
    """Ids of certificates that are in no print file, because a character of theirs is in no font."""
    return [one.certificate for batch in await _batches(store, production) for one in batch.refused]


async def without_email(store: Store, production: Production) -> int | None:
    """Holders who left no address, so that no letter tells them. None: an earlier release numbered some of them."""
    counts = [batch.without_email for batch in await _batches(store, production)]
    return None if None in counts else sum(count or 0 for count in counts)


async def _batches(store: Store, production: Production) -> list[Batch]:
    page = await store.find(Batch.KIND, {"roster": production.id}, sort="page", limit=max(production.batches, 1))
    return [Batch.from_record(record) for record in page.records]
