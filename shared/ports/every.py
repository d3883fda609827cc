"""All records that match, whatever their number."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from shared.ports.store import Record, Store, Value

PAGE = 500  # records read at a time


async def every_record(
    store: Store,
    kind: str,
    where: Mapping[str, Value] | None = None,
    *,
    between: tuple[str, Value, Value] | None = None,
    sort: str = "",
) -> AsyncIterator[Record]:
    """Page by page, as `Store.find` orders them. Raises Unavailable."""
    after: tuple[Value, str] | None = None
    while True:
        page = await store.find(kind, where, between=between, sort=sort, after=after, limit=PAGE)
        for record in page.records:
            yield record
        after = page.next
        if after is None:
            return
