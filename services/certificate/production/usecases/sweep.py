"""The clock's question to production."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.certificate.production.batch import NUMBERED, Batch
from shared.ports import Store

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)


async def sweep(store: Store, now: datetime) -> None:
    """Does a batch wait to be drawn for more than an hour? Finding one is a fault report: its message is parked, or nobody
    draws. Nothing is repeated here, because the message itself is never lost."""
    page = await store.find(Batch.KIND, {"state": NUMBERED}, sort="numbered_at", limit=20)
    for record in page.records:
        batch = Batch.from_record(record)
        if now - batch.numbered_at > LATE:
            log.warning("batch %s waits to be drawn since %s", batch.id, batch.numbered_at.isoformat())
