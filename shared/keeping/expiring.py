"""Deleting what is over by nature: of kinds that declare it (`Kind.expires`), page by page, as the clock asks."""

from __future__ import annotations

from datetime import timedelta

from shared.ports import Kind, Store, Value

KEPT_FOR = timedelta(days=1)
"""How long what is over is kept still: longer than any token lives, and than anybody sets a clock back by (2 hours)."""

PAGE = 100  # records looked at together
AT_ONCE = 20  # pages at one asking; the rest has its turn a minute later


async def delete_between(store: Store, kind: Kind, field: str, low: Value, high: Value) -> int:
    """Delete the records whose `field` lies in [low, high), at most AT_ONCE pages of them, and return how many.

    What was changed since it was read, or has something to send still, stays and is asked about again the next time.
    Safe to repeat, and for several at once. Raises Unavailable."""
    deleted = 0
    after: tuple[Value, str] | None = None
    for _ in range(AT_ONCE):
        page = await store.find(kind.name, between=(field, low, high), sort=field, after=after, limit=PAGE)
        for record in page.records:
            deleted += await store.delete(kind.name, record.id, record.version)
        after = page.next
        if after is None:
            break
    return deleted
