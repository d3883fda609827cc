"""Whose turn it is: all webhooks of the house, each by itself, so that a slow receiver keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import logging

from services.notification.feeds import storage as feeds
from services.notification.feeds.behind import Cursor
from services.notification.webhooks import storage
from services.notification.webhooks.usecases.delivering import Courier
from services.notification.webhooks.webhook import ACTIVE, Webhook
from shared.errors import Unavailable
from shared.keeping import repository
from shared.ports import Clock, Store, every_record

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks at all of them. What this process itself wrote to a feed is pushed at once: thrift, not
correctness."""
AT_ONCE = 50  # webhooks called at the same time by one process


class Pusher:
    """That of one process; several share the work, because each takes a webhook for itself (`Progress.hold`)."""

    def __init__(self, store: Store, clock: Clock, courier: Courier) -> None:
        self._store, self._clock, self._courier = store, clock, courier
        self._of_body: dict[str, list[str]] = {}
        self._going: dict[str, asyncio.Task[None]] = {}
        self._turn: asyncio.Semaphore | None = None

    def forget(self) -> None:
        """As a new process would begin."""
        self._of_body.clear()
        self._courier.forget()

    async def run(self) -> None:
        """Until cancelled. What is in hand then is delivered again by whoever comes next."""
        self._turn = asyncio.Semaphore(AT_ONCE)
        try:
            while True:
                try:
                    await self._look()
                except Unavailable as error:
                    log.warning("webhooks: %s", error)
                except Exception:  # with this task the whole process would end, which writes letters and fills feeds
                    log.exception("webhooks: a look failed")
                await self._clock.sleep(LOOK)
        finally:
            self._turn = None
            going = list(self._going.values())
            for task in going:
                task.cancel()
            await asyncio.gather(*going, return_exceptions=True)

    def grown(self, feed: str) -> None:
        """Something was written to it by this process."""
        if self._turn is not None:
            for id in self._of_body.get(feed, ()):
                self._begin(id, self._turn)

    async def _look(self) -> None:
        records = [record async for record in every_record(self._store, Webhook.KIND, {"state": ACTIVE})]
        webhooks, _ = repository.readable(Webhook, records)
        self._of_body = {}
        for webhook in webhooks:
            self._of_body.setdefault(webhook.body, []).append(webhook.id)
        lasts = await feeds.lasts(self._store, list(self._of_body))
        now = self._clock.now()
        pairs = list(zip(webhooks, await storage.load_all(self._store, webhooks), strict=True))
        for webhook, progress in pairs:
            is_due = progress.is_due(lasts[webhook.body], self._courier.holder, now)
            is_to_be_told = progress.fails_for_a_day(now) and webhook.written_of != progress.state.failing_since
            if self._turn is not None and (is_due or is_to_be_told):
                self._begin(webhook.id, self._turn)
        cursors = [Cursor(one.body, at.state.cursor, lasts[one.body], at.state.failing_since) for one, at in pairs]
        self._courier.figures.behind = await feeds.behind(self._store, cursors)

    def _begin(self, id: str, turn: asyncio.Semaphore) -> None:
        if id not in self._going:
            task = self._going[id] = asyncio.create_task(self._push(id, turn), name=f"webhook {id}")
            task.add_done_callback(lambda _: self._going.pop(id, None))

    async def _push(self, id: str, turn: asyncio.Semaphore) -> None:
        """Until nothing is left, or something is in the way; then its turn comes with the next look."""
        async with turn:
            try:
                while await self._courier.step(id):
                    pass
            except Unavailable as error:
                log.warning("webhook %s waits: %s", id, error)
            except Exception:  # one that fails must not take the others with it
                log.exception("webhook %s failed", id)
