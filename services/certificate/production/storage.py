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
    page = await store.find(Batch.KIND, {"roster": production.id}, sort="page", limit=max(production.batches, 1))
    return [one.certificate for record in page.records for one in Batch.from_record(record).refused]
