"""Entries for which the house keeps no data any more. Their numbers stay for good, so that no reader sees a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.notification.feeds import storage
from shared.ports import Store

A_TICK = 2_000
"""Entries thinned out in one minute; what is left waits for the next."""
TOGETHER = 200


async def thin_out(store: Store, days: int, now: datetime) -> None:
    """days: 0 for ever. Raises Unavailable."""
    if not days:
        return
    before = f"{(now - timedelta(days=days)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for _ in range(A_TICK // TOGETHER):
        if await storage.thin_out(store, before, TOGETHER) < TOGETHER:
            return
