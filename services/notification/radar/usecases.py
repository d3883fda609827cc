"""Asking the radar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.notification.radar import storage
from services.notification.radar.row import OPEN, SETTLED
from services.notification.radar.summary import Summary
from shared.actor import Actor
from shared.ports import Page, Store, Value

MOST = 10_000
"""Rows that one summary goes through."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to: body, kind of duty; empty: all. late: of what is open only what is past its last day, of
    what is done only what was done after it. since: only what is due on that day or later."""

    state: str
    body: str = ""
    what: str = ""
    late: bool = False
    since: date | None = None


async def listed(
    store: Store, by: Actor, wanted: Wanted, today: date, after: tuple[Value, str] | None, limit: int
) -> Page:
    """Of one's own body and of those below it, the earliest day first."""
    where: dict[str, Value] = storage.at_or_below(by.path) | {"state": wanted.state}
    where |= {"body": wanted.body} if wanted.body else {}
    where |= {"what": wanted.what} if wanted.what else {}
    before = storage.EVER
    if wanted.late and wanted.state == OPEN:
        before = today
    elif wanted.late:
        where["late"] = True
    return await storage.page(store, where, storage.by_day(before, wanted.since), after, limit)


@dataclass(frozen=True, slots=True)
class Found:
    """whole: whether everything was counted."""

    summary: Summary
    open: int
    settled: int
    whole: bool
    names: dict[str, tuple[str, str]]


async def summed_up(store: Store, by: Actor, today: date) -> Found:
    where, summary = storage.at_or_below(by.path), Summary(today)
    seen = 0
    async for row in storage.open_until(store, where, summary.end):
        seen += 1
        if seen > MOST:
            break
        summary.add(row)
    return Found(
        summary,
        await store.count(storage.RADAR.name, where | {"state": OPEN}),
        await store.count(storage.RADAR.name, where | {"state": SETTLED}),
        seen <= MOST,
        await storage.names_of(store, summary.bodies),
    )
