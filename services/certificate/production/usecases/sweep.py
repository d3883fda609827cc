"""The clock's question to production."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.certificate.production.batch import NUMBERED, Batch
from shared.keeping import repository
from shared.ports import Store

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)
MOST_NAMED = 20  # those that wait longest; the others are counted


async def sweep(store: Store, now: datetime) -> None:
    """Does a batch wait to be drawn for more than an hour? Finding one is a fault report: its message is parked, or nobody
    draws. Nothing is repeated here, because the message itself is never lost."""
    late = 0
    async for batch in repository.every(store, Batch, {"state": NUMBERED}, sort="numbered_at"):
        if now - batch.numbered_at <= LATE:
            break  # and so are all after it
        late += 1
        if late <= MOST_NAMED:
            log.warning("batch %s waits to be drawn since %s", batch.id, batch.numbered_at.isoformat())
    if late > MOST_NAMED:
        log.warning("%d more batches wait to be drawn for as long", late - MOST_NAMED)
