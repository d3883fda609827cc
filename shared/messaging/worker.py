"""The worker: hands messages of one service to its handlers and turns every outcome into a fate.

At least once: a handler may run any number of times; its effect must be that of one run (computed ids, state guards,
watermarks). What cannot be applied ends as a parked document, never in silence.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import count

from shared import trace
from shared.contracts.envelope import Envelope, Owners
from shared.errors import AppError, Stale, Unavailable, Unreadable
from shared.keeping import repository
from shared.log import fields
from shared.messaging.parking import keep_parked
from shared.messaging.retry import PAUSE_WAIT, verdict
from shared.messaging.topology import PARKED_SUFFIX, WAITS, Queue
from shared.pauses import pause_for
from shared.ports import Again, Bus, Clock, Delivery, Done, Fate, Park, Store

log = logging.getLogger(__name__)

Handler = Callable[[Envelope], Awaitable[None]]
Handlers = Mapping[str, Handler]  # fact type → handler

TIME_LIMIT = 900.0  # seconds one handler may take, waiting for a drawer included; the broker's own limit is 30 minutes
LONGEST_WAIT = max(WAITS, key=lambda wait: WAITS[wait])
RELOADS = 3  # a Stale write is tried again in place this often before the message waits


class Worker:
    """Consumes `queues`, and their parked twins, until cancelled. handlers: queue name → fact type → handler.
    owners: who may say what; a message of anybody else is unreadable. time_limit: seconds one handler may take."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        queues: Sequence[Queue],
        handlers: Mapping[str, Handlers],
        owners: Owners,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._queues, self._handlers, self._owners = queues, handlers, owners
        self._time_limit = time_limit
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """(queue, Done | Again | Park, or NotKept for what the store refused to park) → how often; for metrics."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for queue in self._queues:
                group.create_task(self._work(queue.name, queue.prefetch, self._handle))
                group.create_task(self._work(queue.parked, 10, self._keep))

    async def _work(self, queue: str, prefetch: int, handle: Callable[[Delivery], Awaitable[Fate]]) -> None:
        """Consume; when the world is down, stop taking messages until what failed answers again."""
        down: asyncio.Queue[Unavailable] = asyncio.Queue()

        async def handed(delivery: Delivery) -> Fate:
            try:
                fate = await handle(delivery)
            except Unavailable as error:
                down.put_nowait(error)
                fate = Again(PAUSE_WAIT, counts=False)
            self.outcomes[queue, type(fate).__name__] += 1
            return fate

        while True:
            consuming = asyncio.create_task(self._bus.consume(queue, prefetch, handed))
            failing = asyncio.create_task(down.get())
            try:
                await asyncio.wait({consuming, failing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                failing.cancel()
                consuming.cancel()  # finishes what is in hand
                (stopped,) = await asyncio.gather(consuming, return_exceptions=True)
            if isinstance(stopped, BaseException) and not isinstance(stopped, asyncio.CancelledError):
                raise stopped
            if failing.done() and not failing.cancelled():
                error = failing.result()
                log.warning("%s pauses: %s", queue, error)
                await self._until_back(error)
                log.warning("%s goes on", queue)
            while not down.empty():
                down.get_nowait()

    async def _until_back(self, error: Unavailable) -> None:
        ping = error.ping or self._store.ping
        for attempt in count():
            await self._clock.sleep(pause_for(attempt))
            try:
                await ping()
                return
            except Unavailable as still:
                log.info("still away: %s", still)

    async def _keep(self, delivery: Delivery) -> Fate:
        """What the store refuses with its content is kept without; what it refuses even so rests, and is asked again.
        Both are said: a message that only goes round would be lost for whoever waits for it."""
        for content in (True, False):
            try:
                return await self._kept(delivery, content)
            except Stale:
                return Again("10s", counts=False)
            except Unavailable:
                raise
            except Exception:
                log.exception("%s: the store refuses a parked message of %d bytes", delivery.queue, len(delivery.wire))
        self.outcomes[delivery.queue, "NotKept"] += 1
        return Again(LONGEST_WAIT, counts=False)

    async def _kept(self, delivery: Delivery, content: bool) -> Fate:
        queue = delivery.queue.removesuffix(PARKED_SUFFIX)
        keep = partial(keep_parked, self._store, self._clock, queue, delivery, content)
        return await repository.in_turn(keep, RELOADS)

    async def _handle(self, delivery: Delivery) -> Fate:
        try:
            envelope = Envelope.read(delivery.wire, self._owners)
            # By the type in the envelope, never by routing key: a returned copy carries the queue's name as its key.
            handler = self._handlers[delivery.queue].get(envelope.fact_type)
            if handler is None:
                raise Unreadable(f"本服务不消费此类消息 · {delivery.queue} has no handler for {envelope.fact_type}")
        except Unreadable as error:
            log.error("%s: %s", delivery.queue, error)
            return verdict(error, delivery.attempt)
        with trace.working_for(envelope.correlationid or envelope.id, envelope.id):
            return await self._told(handler, envelope, delivery)

    async def _told(self, handler: Handler, envelope: Envelope, delivery: Delivery) -> Fate:
        """One line for every message, whatever becomes of it."""
        began, outcome = self._clock.monotonic(), "interrupted"
        try:
            fate = await self._run(handler, envelope, delivery)
            outcome = type(fate).__name__.lower()
            return fate
        except Unavailable:
            outcome = "unavailable"
            raise
        finally:
            ms = round((self._clock.monotonic() - began) * 1000)
            said = fields(queue=delivery.queue, type=envelope.fact_type, fact=envelope.id, outcome=outcome, ms=ms)
            log.info("%s %s %s %d ms", delivery.queue, envelope.fact_type, outcome, ms, extra=said)

    async def _run(self, handler: Handler, envelope: Envelope, delivery: Delivery) -> Fate:
        async def once() -> None:
            async with asyncio.timeout(self._time_limit):
                await handler(envelope)

        try:
            await repository.in_turn(once, RELOADS)
            return Done()
        except Unavailable:
            raise
        except AppError as error:
            failure: Exception = error
        except Exception as error:
            log.exception("%s failed on %s", delivery.queue, envelope.fact_type)
            failure = error
        fate = verdict(failure, delivery.attempt)
        match fate:
            case Park(reason, detail):
                log.error("%s parks %s: %s: %s", delivery.queue, envelope.id, reason, detail)
            case Again(wait):
                log.warning("%s tries %s again in %s: %r", delivery.queue, envelope.id, wait, failure)
        return fate
