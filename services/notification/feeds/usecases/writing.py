"""Facts in → entries, each fact once in each feed, however often it comes and whoever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import count

from services.notification.feeds import storage
from services.notification.feeds.feed import Feed
from services.notification.feeds.readers import below, feeds_named_by, is_for_all_below
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope, Fact
from shared.errors import Unavailable
from shared.keeping import local_copies, repository
from shared.keeping.gathering import Gathering
from shared.pauses import pause_for
from shared.ports import Clock, Store

TOGETHER = 50
"""Facts of one write to a feed. Each has some 1 kB and at most 64 kB, so the head stays far below a document's limit."""

PATIENCE = 600.0
"""Seconds; a handler has 900."""


class FeedWriter:
    """That of one process. What comes for a feed while a write to it is under way shares the next one.

    grown: is told of each feed that was written to."""

    def __init__(self, store: Store, clock: Clock, grown: Callable[[str], None] = lambda feed: None) -> None:
        self._store, self._clock, self._grown = store, clock, grown
        self._feeds: dict[str, Gathering[Envelope]] = {}
        self._whole: dict[str, int] = {}
        """Feed → the version of its head whose entries are known to be in their places. Thrift, not correctness."""
        self._in_hand: Counter[datetime] = Counter()
        """When what is being written happened → how many facts."""

    def forget(self) -> None:
        self._feeds.clear()
        self._whole.clear()
        self._in_hand.clear()

    @property
    def waits_since(self) -> datetime | None:
        """When the oldest fact in hand happened; none where nothing is in hand."""
        return min(self._in_hand, default=None)

    async def write(self, fact: type[Fact], event: Envelope) -> None:
        """Into every feed where it belongs. Raises Unavailable, and Stale where other processes are always faster."""
        self._in_hand[event.time] += 1
        try:
            codes = feeds_named_by(fact, event.data)
            if is_for_all_below(fact):
                codes += await self._all_below(event.data["path"])
            await asyncio.gather(*(self._gathered(code).add(event) for code in codes))
        finally:
            self._in_hand[event.time] -= 1
            if self._in_hand[event.time] <= 0:
                del self._in_hand[event.time]

    async def _all_below(self, path: str) -> tuple[str, ...]:
        bodies = await local_copies.all_copies(self._store, BodyRegistered)
        return tuple(below(path, [body.path for body in bodies]))

    def _gathered(self, code: str) -> Gathering[Envelope]:
        if code not in self._feeds:

            async def append(events: Sequence[Envelope]) -> None:
                await self._patiently(lambda: self._append(code, events))

            self._feeds[code] = Gathering(append, TOGETHER)
        return self._feeds[code]

    async def _patiently(self, append: Callable[[], Awaitable[None]]) -> None:
        """While the store is away everything behind waits too: given back to the broker, it would come after what is newer.
        Raises Unavailable once that takes longer than a message may be in hand."""
        until = self._clock.monotonic() + PATIENCE
        for attempt in count():
            try:
                await repository.in_turn(append, repository.TRIES)
                break
            except Unavailable:
                if self._clock.monotonic() > until:
                    raise
            await self._clock.sleep(pause_for(attempt))

    async def _append(self, code: str, events: Sequence[Envelope]) -> None:
        """Raises Stale when another process wrote to the feed meanwhile: then what it added is not in `feed`."""
        feed = await storage.load(self._store, code)
        await self._put_in_place(feed)  # from here on everything up to the head is found
        new = [event for event in _each_once(events) if not await storage.is_told(self._store, code, event.id)]
        if new:
            feed.append(new)
            await storage.save(self._store, feed)
            await self._put_in_place(feed)
            self._grown(code)

    async def _put_in_place(self, feed: Feed) -> None:
        if self._whole.get(feed.body) != feed.version:
            await storage.put_in_place(self._store, feed.tail)
            self._whole[feed.body] = feed.version


def _each_once(events: Sequence[Envelope]) -> list[Envelope]:
    return list({event.id: event for event in events}.values())
