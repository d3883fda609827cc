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
    """Read page by page, as `Store.find` orders them. Raises Unavailable."""
    async for page in every_page(store, kind, where, between=between, sort=sort):
        for record in page:
            yield record


async def every_page(
    store: Store,
    kind: str,
    where: Mapping[str, Value] | None = None,
    *,
    between: tuple[str, Value, Value] | None = None,
    sort: str = "",
) -> AsyncIterator[list[Record]]:
    """The same, for who goes on only when he is through with a page; none is empty. Raises Unavailable."""
    after: tuple[Value, str] | None = None
    while True:
        page = await store.find(kind, where, between=between, sort=sort, after=after, limit=PAGE)
        if page.records:
            yield page.records
        after = page.next
        if after is None:
            return
