"""The letters that a digest tells, read together."""

from __future__ import annotations

from collections.abc import Sequence

from services.notification.mailings.mailing import Mailing
from shared.keeping import repository
from shared.ports import GET_TOGETHER, Record, Store


async def letters(store: Store, ids: Sequence[str]) -> list[Mailing]:
    """In that order. What cannot be read is left out and counted. Raises Unavailable."""
    records: list[Record] = []
    for first in range(0, len(ids), GET_TOGETHER):
        records += await store.get_many(Mailing.KIND, ids[first : first + GET_TOGETHER])
    by_id = {record.id: record for record in records}
    return repository.readable(Mailing, [by_id[id] for id in ids if id in by_id])[0]
