"""Letters that were put off, when their time has come: found by one question, however many wait for later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.notification.mailings.mailing import DUE, Mailing
from shared.keeping import repository
from shared.ports import Store

AT_ONCE = 500


async def resume(store: Store, now: datetime) -> int:
    """How many were put back into their queue. Several clocks may do this at the same time: each letter is asked for by the
    one that wrote first. Raises Unavailable."""
    resumed = 0
    until = (now + timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    while True:
        due = await store.find(
            Mailing.KIND, {"state": DUE}, between=("next_at", "", until), sort="next_at", limit=AT_ONCE
        )
        found, _ = repository.readable(Mailing, due.records)
        done = [one for one in found if await _resumed(store, one, now)]
        resumed += len(done)
        if not done or len(due.records) < AT_ONCE:
            return resumed


async def _resumed(store: Store, mailing: Mailing, now: datetime) -> bool:
    """False: another clock was faster, or an officer."""
    if mailing.next_at is None or mailing.next_at > now:
        return False
    mailing.ask_again(now)
    return await repository.save_if_first(store, mailing)
