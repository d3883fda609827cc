"""Letters that were put off, when their time has come: found by one question, however many wait for later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from services.notification.mailings.mailing import DUE, Mailing
from services.notification.mailings.usecases.giving_way import PAGE, give_way
from shared.keeping import repository
from shared.ports import Clock, Record, Store

SINGLE: Mapping[str, str] = {"lane": ""}


async def resume(store: Store, clock: Clock) -> int:
    """How many were put back into their queue. After a long outage that may be very many: then each page of them lets single
    letters go first. Several clocks may do this at the same time: each letter is asked for by the one that wrote first.

    Raises Unavailable: also where so much waits to be sent already that there was no room for more (`giving_way`)."""
    resumed = 0
    while True:
        now = clock.now()
        due = await due_by(store, now)
        if len(due) < PAGE:
            return resumed + await _resume(store, due, now)
        done = 0
        while single := await due_by(store, now, SINGLE):
            done += (went := await _resume(store, single, now))
            if not went:
                break  # another clock has them in hand
        await give_way(store, clock)
        done += await _resume(store, due, now)
        resumed += done
        if not done:
            return resumed


async def due_by(store: Store, now: datetime, of: Mapping[str, str] | None = None) -> list[Record]:
    """Those whose time has come, the longest overdue first; of: only these. At most a page."""
    until = (now + timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    where = {"state": DUE, **(of or {})}
    return (await store.find(Mailing.KIND, where, between=("next_at", "", until), sort="next_at", limit=PAGE)).records


async def _resume(store: Store, due: list[Record], now: datetime) -> int:
    found, _ = repository.readable(Mailing, due)
    return sum([await _resumed(store, one, now) for one in found])


async def _resumed(store: Store, mailing: Mailing, now: datetime) -> bool:
    """False: another clock was faster, or an officer."""
    if mailing.next_at is None or mailing.next_at > now:
        return False
    mailing.ask_again(now)
    return await repository.save_if_first(store, mailing)
