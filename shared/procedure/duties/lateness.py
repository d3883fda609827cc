"""How late the telling of duties itself is: one question by an index."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.ports import Store
from shared.procedure.duties.duty import OPEN, as_text


async def oldest_due(store: Store, kind: str, now: datetime) -> float:
    """Seconds since the duty that waits longest should have been told, or ended. 0: none waits. kind: that of the service.
    Raises Unavailable."""
    page = await store.find(kind, {"state": OPEN}, between=("next_at", "", as_text(now)), sort="next_at", limit=1)
    if not page.records:
        return 0.0
    since = datetime.strptime(str(page.records[0].body["next_at"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (now - since).total_seconds()
