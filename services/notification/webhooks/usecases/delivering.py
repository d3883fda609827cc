"""One attempt to deliver what is next to one webhook. The cursor moves once the receiver took it, so whoever dies in between
delivers it again, under the same id."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from services.notification.feeds import storage as feeds
from services.notification.feeds.entry import Entry
from services.notification.webhooks import message as messages
from services.notification.webhooks import storage
from services.notification.webhooks.figures import Figures
from services.notification.webhooks.keys import Seal, read
from services.notification.webhooks.message import Message
from services.notification.webhooks.progress import GONE, Attempt, Progress
from services.notification.webhooks.webhook import ACTIVE, Webhook
from shared.contracts.directory import MachineState
from shared.errors import AppError, Stale
from shared.keeping import repository
from shared.log import fields
from shared.ports import Answered, Clock, Neighbours, Receivers, Store

log = logging.getLogger(__name__)

PAGE = 100  # entries read together
MACHINE_KNOWN_FOR = 30.0
"""Seconds; what was closed meanwhile is noticed within a minute, whatever a receiver takes."""

LOOKED_AT_FOR = 5.0
"""Seconds in which one entry after the other goes out before the webhook and its body are looked at again. What is asked of its
place in the feed (a replay) is seen at once."""

BODY_ENDED = "机构资质已终止 · the standing of the body ended"
MACHINE_CLOSED = "登记它的机器账号已关闭 · the machine's account that made it was closed"
RECEIVER_GONE = "接收方应答 410：已停止使用 · its receiver answered 410: gone"


@dataclass(frozen=True, slots=True)
class Feed:
    """entries: those behind a cursor, as they were read. last: of the whole feed."""

    entries: Sequence[Entry]
    last: int


class Courier:
    """That of one process. holder: its name, under which it takes a webhook for itself. site: our public address."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        receivers: Receivers,
        neighbours: Neighbours,
        seal: Seal,
        site: str,
        holder: str,
    ) -> None:
        self._store, self._clock, self._receivers, self._neighbours = store, clock, receivers, neighbours
        self._seal, self._site, self.holder = seal, site.rstrip("/"), holder
        self.figures = Figures()
        self._open: dict[str, float] = {}
        """Machine → when its account was last known to be open."""
        self._read: dict[str, Feed] = {}
        """Webhook → what is next there. Entries never change, so they may lie here."""

    def forget(self) -> None:
        self._open.clear()
        self._read.clear()

    async def step(self, id: str) -> bool:
        """Whether there is more to do at once. Raises Unavailable when our own world is away."""
        webhook = await repository.seek(self._store, Webhook, id)
        if webhook is None or webhook.state != ACTIVE:
            return self._done(id)
        progress = await storage.load(self._store, webhook)
        reason = await self._ended(webhook)
        if reason:
            await self._stop(webhook, reason)
            return self._done(id)
        await self._write_to_owner(webhook, progress)
        looked = self._clock.monotonic()
        try:
            while await self._turn(webhook, progress):
                if self._clock.monotonic() - looked >= LOOKED_AT_FOR:
                    return True
            return self._done(id)
        except Stale:  # another process has it now, or something was asked of it
            return self._done(id)

    def _done(self, id: str) -> bool:
        self._read.pop(id, None)
        return False

    async def _turn(self, webhook: Webhook, progress: Progress) -> bool:
        feed = await self._feed(webhook, progress)
        now = self._clock.now()
        if not progress.is_due(feed.last, self.holder, now):
            return False
        if not progress.is_held(self.holder, now):
            progress.hold(self.holder, now)
            await storage.save(self._store, progress)
        message = self._next(webhook, progress, feed)
        if message is not None:
            attempt, retry_after = await self.call(webhook, message, feed.last)
            self.figures.attempted(attempt.status)
            progress.note(attempt, retry_after)
        goes_on = progress.state.cursor < feed.last and not progress.state.failures
        if not goes_on:
            progress.let_go()
        await storage.save(self._store, progress)
        if message is not None and not attempt.went_well:
            await self._failed(webhook, progress, attempt)
        return goes_on

    async def call(self, webhook: Webhook, message: Message, last: int) -> tuple[Attempt, str]:
        """The attempt, and how long the receiver wants to be left alone. Never raises for what went wrong at the receiver's."""
        now, begun = self._clock.now(), self._clock.monotonic()
        try:
            secrets = [self._seal.open(key.sealed, webhook.id) for key in webhook.keys_at(now)]
            headers = messages.headers(message, [read(secret) for secret in secrets], last, now)
            answered = await self._receivers.post(webhook.address, message.content, headers)
            status, error, retry_after = answered.status, _error(answered), answered.retry_after
        except AppError as failure:
            status, error, retry_after = None, str(failure), ""
        taken = round((self._clock.monotonic() - begun) * 1000)
        attempt = Attempt(at=now, message=message.id, n=message.n, status=status, error=error, milliseconds=taken)
        outcome = fields(webhook=webhook.id, message=message.id, outcome=str(status or "no answer"))
        log.info("webhook %s %s %s", webhook.id, message.id, status or "no answer", extra=outcome)
        return attempt, retry_after

    def _next(self, webhook: Webhook, progress: Progress, feed: Feed) -> Message | None:
        """What is not wanted is passed over. None: there is nothing to send this time."""
        for entry in feed.entries:
            if entry.n <= progress.state.cursor:
                continue
            if webhook.wants(messages.type_of(entry)):
                return messages.of_entry(entry, self._site)
            progress.pass_over(entry.n)
        now = self._clock.now()
        if progress.state.cursor >= feed.last and progress.heartbeat_is_due(now):
            return messages.heartbeat(webhook.body, feed.last, now)
        return None

    async def _feed(self, webhook: Webhook, progress: Progress) -> Feed:
        known, cursor = self._read.get(webhook.id), progress.state.cursor
        if known is not None and known.entries and known.entries[0].n <= cursor + 1 <= known.entries[-1].n:
            return known
        head = await feeds.load(self._store, webhook.body)
        found = Feed(await feeds.entries(self._store, head, cursor, PAGE), head.last)
        self._read[webhook.id] = found
        return found

    async def _ended(self, webhook: Webhook) -> str:
        """Why it must not go on, empty if it may. Raises Unavailable: what is not known is not delivered."""
        if await feeds.has_ended(self._store, webhook.body):
            return BODY_ENDED
        if webhook.machine and not await self._is_open(webhook.machine):
            return MACHINE_CLOSED
        return ""

    async def _is_open(self, machine: str) -> bool:
        now = self._clock.monotonic()
        known = self._open.get(machine)
        if known is not None and now - known < MACHINE_KNOWN_FOR:
            return True
        state = await self._neighbours.get("directory", f"/machines/{machine}", MachineState)
        if state.open:
            self._open[machine] = now
        return state.open

    async def _failed(self, webhook: Webhook, progress: Progress, attempt: Attempt) -> None:
        if attempt.status == GONE:
            await self._stop(webhook, RECEIVER_GONE, attempt)
        else:
            await self._write_to_owner(webhook, progress)

    async def _stop(self, webhook: Webhook, reason: str, attempt: Attempt | None = None) -> None:
        """attempt: for which it is stopped; of that the owner is told."""
        now = self._clock.now()

        def stop(found: Webhook) -> bool:
            if found.state != ACTIVE or found.restarted != webhook.restarted:  # somebody was here meanwhile
                return False
            found.stop(now, reason)
            if attempt is not None:
                found.write_to_owner(attempt.at, attempt.status, now)
            return True

        await repository.retried(self._store, Webhook, webhook.id, stop)

    async def _write_to_owner(self, webhook: Webhook, progress: Progress) -> None:
        now, since = self._clock.now(), progress.state.failing_since
        if since is None or not progress.fails_for_a_day(now) or webhook.written_of == since:
            return
        status = progress.state.attempts[-1].status

        def write(found: Webhook) -> bool:
            before = found.written_of
            found.write_to_owner(since, status, now)
            return found.written_of != before

        await repository.retried(self._store, Webhook, webhook.id, write)


def _error(answered: Answered) -> str:
    """Empty for 2xx."""
    status = answered.status
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"应答 {status}，不跟随跳转 · answered {status}: redirects are not followed"
    return f"应答 {status} · answered {status}"
