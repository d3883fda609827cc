"""The bus on RabbitMQ, through aio-pika's plain connection. Only this file knows the driver.

Publishing and consuming use connections of their own, because a broker that runs out of memory or disk stops reading
from publishers. Connections are made anew by the loops below, not by the driver: connect, check that the queue is
there, consume, and on any loss finish what is in hand, wait a little longer each time, and start over.

Four habits of the driver are dealt with here: a connection that breaks can hand its waiters a CancelledError nobody
asked for, or a bare Exception; a channel cancels the callbacks that run on it when it closes, so deliveries are handled
in tasks of our own; and a returned message is matched by its message id, so two copies of one message (for two queues)
are never in flight together. The fourth, `unreadable_headers`, has a file of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar, cast

import aio_pika
from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel as DriverChannel
from pamqp.commands import Basic

from shared.adapters.rabbitmq.link import PATIENCE, Driver, Link, NotForUs, Shared, inside
from shared.adapters.rabbitmq.message import (
    CONTENT_TYPE,
    Headers,
    delivery,
    first_headers,
    label,
    parking_headers,
    retry_headers,
)
from shared.adapters.rabbitmq.unreadable_headers import leave_them_out
from shared.errors import Unavailable
from shared.messaging.interrupted import is_cancelled
from shared.messaging.reading import instant
from shared.messaging.topology import Queue, is_parked
from shared.pauses import pause_for
from shared.ports import Again, Clock, Delivery, Done, Fate, Handle, Outgoing, Park
from shared.ports.exchanges import EVENTS, PARK, UNROUTED

leave_them_out()
T = TypeVar("T")
log = logging.getLogger(__name__)

LOOK_AGAIN = 10.0  # seconds between two proofs that a consumer is still registered
RESEND_EVERY = 1.0  # seconds, while a delivery in hand waits for it


class RabbitBus:
    """Keeps the promises of `ports.Bus`. The exchanges and queues must be there (rabbitmq_provision)."""

    def __init__(self, url: str, queues: Sequence[Queue], clock: Clock, client_name: str) -> None:
        """url: amqp(s)://user:password@host:port/vhost. client_name: shown in the broker's list of connections."""
        self._clock = clock
        self._known = {name for queue in queues for name in (queue.name, queue.parked)}
        self._publishing = Link(url, f"{client_name} publisher", self.ping)
        self._taking = Link(url, f"{client_name} consumer", self.ping)
        self._publisher = Shared(self._open_publisher, lambda channel: not channel.is_closed)
        self._onlooker = Shared(self._open_onlooker, lambda channel: not channel.is_closed)
        self._in_flight: dict[str, asyncio.Event] = {}
        self._consuming: dict[str, float] = {}
        self._wanted: set[str] = set()
        self._may_see_unrouted = True

    async def publish(self, message: Outgoing) -> None:
        await self._send(message.exchange, message.key, message.wire.encode(), first_headers(message), message.at)

    async def consume(self, queue: str, prefetch: int, handle: Handle) -> None:
        """Raises ValueError for a queue that is not in the topology."""
        if queue not in self._known:
            raise ValueError(f"{queue} is not in the topology")
        self._wanted.add(queue)
        await _Consumer(self, queue, prefetch, handle).run()

    def consuming(self) -> Mapping[str, float]:
        return dict(self._consuming)

    async def depths(self) -> Mapping[str, int]:
        found = {name: await self._depth(name) for name in sorted(self._wanted)}
        if self._may_see_unrouted:
            try:
                found[UNROUTED] = await self._depth(UNROUTED)
            except NotForUs:
                self._may_see_unrouted = False
        return found

    async def ping(self) -> None:
        async with self._driver("the broker does not answer"):
            channel = await inside(await self._publisher.get())
            await channel.exchange_declare(EVENTS, passive=True)

    async def close(self) -> None:
        for link in (self._taking, self._publishing):
            await link.close()

    # --- publishing -------------------------------------------------------------------------------------------------

    async def _send(self, exchange: str, key: str, wire: bytes, headers: Headers, at: datetime | None) -> None:
        """Returns when the broker has confirmed: on disk, on most nodes of a cluster. Raises Unavailable."""
        named = label(wire)
        properties = Basic.Properties(
            headers=headers,
            content_type=CONTENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT.value,
            message_id=named.id,
            message_type=named.type or None,
            correlation_id=named.correlation or None,
            timestamp=at,
        )
        async with self._driver(f"{exchange} {key} was not confirmed"):
            while (other := self._in_flight.get(named.id)) is not None:
                await other.wait()
            mine = self._in_flight[named.id] = asyncio.Event()
            try:
                channel = await inside(await self._publisher.get())
                await channel.basic_publish(
                    wire, exchange=exchange, routing_key=key, properties=properties, mandatory=True, wait=False
                )
            finally:
                del self._in_flight[named.id]
                mine.set()

    async def _open_publisher(self) -> AbstractChannel:
        return await self._publishing.channel(publisher_confirms=True, on_return_raises=True)

    # --- looking ----------------------------------------------------------------------------------------------------

    async def _depth(self, queue: str) -> int:
        async with self._driver(f"{queue} cannot be looked at"):
            channel = await inside(await self._onlooker.get())
            return int((await channel.queue_declare(queue, passive=True)).message_count or 0)

    async def _open_onlooker(self) -> AbstractChannel:
        return await self._taking.channel(publisher_confirms=False)

    def _driver(self, what: str) -> Driver:
        return Driver(what, self.ping)


def _tag(message: DeliveredMessage) -> int:
    return cast(int, message.delivery_tag)


def _headers(message: DeliveredMessage) -> Mapping[str, Any]:
    return message.header.properties.headers or {}


def _sent_at(message: DeliveredMessage) -> datetime | None:
    return instant(message.header.properties.timestamp)


class _Consumer:
    """One `consume`: sessions on one channel each, deliveries in tasks of their own."""

    def __init__(self, bus: RabbitBus, queue: str, prefetch: int, handle: Handle) -> None:
        self._bus = bus
        self._queue = queue
        self._prefetch = prefetch
        self._handle = handle
        self._in_hand: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._died: BaseException | None = None
        self._wake = asyncio.Event()

    async def run(self) -> None:
        failed = 0
        try:
            while True:
                try:
                    async with self._session() as (channel, driver_channel):
                        failed = 0
                        await self._until_lost(driver_channel, channel)
                    log.warning("the consumer of %s was lost and registers again", self._queue)
                except Unavailable as error:
                    log.warning("consumer of %s: %s; trying again in %.0f s", self._queue, error, pause_for(failed))
                await self._bus._clock.sleep(pause_for(failed))
                failed += 1
        finally:
            self._bus._consuming.pop(self._queue, None)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[tuple[AbstractChannel, DriverChannel]]:
        self._wake.clear()
        channel = await self._bus._taking.channel(publisher_confirms=False)
        try:
            async with self._bus._driver(f"{self._queue} cannot be consumed"):
                driver_channel = await inside(channel)
                channel.close_callbacks.add(self._on_loss)
                driver_channel.on_consumer_cancel_callbacks.add(self._on_loss)
                await channel.set_qos(prefetch_count=self._prefetch)
                await driver_channel.queue_declare(self._queue, passive=True)
                tag = str((await driver_channel.basic_consume(self._queue, self._arrived)).consumer_tag)
            self._bus._consuming[self._queue] = self._bus._clock.monotonic()
            try:
                yield channel, driver_channel
            finally:
                await self._finish(driver_channel, tag)
        finally:
            with suppress(Exception):  # closing is what gives unanswered deliveries back, and so does a dead channel
                async with asyncio.timeout(PATIENCE):
                    await channel.close()

    def _on_loss(self, *_: Any) -> None:
        self._wake.set()

    async def _until_lost(self, driver_channel: DriverChannel, channel: AbstractChannel) -> None:
        """Returns when the broker no longer counts this consumer; raises what killed a handler."""
        while True:
            await self._first_of(self._wake.wait(), self._bus._clock.sleep(LOOK_AGAIN))
            if self._died is not None:
                raise self._died
            if channel.is_closed or not driver_channel.consumers:
                return
            self._wake.clear()
            async with self._bus._driver(f"{self._queue} is no longer there"):
                await driver_channel.queue_declare(self._queue, passive=True)
            self._bus._consuming[self._queue] = self._bus._clock.monotonic()

    async def _finish(self, driver_channel: DriverChannel, tag: str) -> None:
        """Take nothing more and finish what is in hand; when that is interrupted too, or the process dies, drop it."""
        self._stopping.set()
        try:
            if self._died is None:
                if not driver_channel.is_closed:
                    with suppress(Unavailable):  # then the channel is gone, and its deliveries are given back
                        async with self._bus._driver(f"{self._queue} cannot be left"):
                            await driver_channel.basic_cancel(tag)
                if self._in_hand:
                    await asyncio.wait(set(self._in_hand))
        finally:
            for task in self._in_hand:
                task.cancel()
            if self._in_hand:
                await asyncio.wait(set(self._in_hand))
            self._stopping.clear()

    async def _arrived(self, message: DeliveredMessage) -> None:
        task = asyncio.create_task(self._take(message))
        self._in_hand.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and self._died is None:
            # Not an Exception (those are dealt with): the process is meant to end here, acknowledging nothing.
            self._died = error
            self._wake.set()

    async def _take(self, message: DeliveredMessage) -> None:
        try:
            if self._stopping.is_set():
                await self._give_back(message)
                return
            try:
                first_seen = _sent_at(message) or self._bus._clock.now()
                given = delivery(self._queue, message.body, _headers(message), first_seen)
                fate = await self._handle(given)
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                # Somebody's connection broke under the handler. Without an answer the delivery would be held for ever.
                log.warning("a delivery of %s was interrupted and is given back", self._queue)
                await self._give_back(message)
                return
            except Exception:
                log.exception("a delivery of %s could not be handled and is given back", self._queue)
                await self._give_back(message)
                return
            try:
                await self._carry_out(message, given, fate)
            except Unavailable:
                raise
            except Exception:  # over this very message: it is counted, and parked in the end
                log.exception("a delivery of %s could not be answered and is given back", self._queue)
                await self._give_back(message)
        except Unavailable as error:
            log.warning("a delivery of %s could not be finished and comes back: %s", self._queue, error)

    async def _carry_out(self, message: DeliveredMessage, given: Delivery, fate: Fate) -> None:
        headers = _headers(message)
        match fate:
            case Done():
                pass
            case Again(wait, counts):
                await self._resend(message, f"wait.{wait}", self._queue, retry_headers(headers, given.attempt + counts))
            case Park(reason, detail) if is_parked(self._queue):
                # Parking what is parked would hand it out again at once, round and round.
                await self._resend(message, "wait.1h", self._queue, parking_headers(headers, reason, detail))
            case Park(reason, detail):
                await self._resend(message, PARK, self._queue, parking_headers(headers, reason, detail))
        async with self._bus._driver("the acknowledgement was not sent"):
            # Written in its turn, and not waited for: one that is lost with its connection brings the delivery back.
            await message.channel.basic_ack(_tag(message), wait=False)

    async def _resend(self, message: DeliveredMessage, exchange: str, key: str, headers: Headers) -> None:
        """Until the broker confirms: giving the delivery back instead would count towards its limit of crashes."""
        while True:
            try:
                await self._bus._send(exchange, key, message.body, headers, _sent_at(message))
                return
            except Unavailable as error:
                if self._stopping.is_set():
                    await self._give_back(message)
                    raise
                log.warning("%s for %s is tried again: %s", exchange, self._queue, error)
            await self._first_of(self._stopping.wait(), self._bus._clock.sleep(RESEND_EVERY))

    async def _give_back(self, message: DeliveredMessage) -> None:
        async with self._bus._driver("the delivery was not given back"):
            await message.channel.basic_nack(_tag(message), requeue=True)

    async def _first_of(self, *waits: Awaitable[Any]) -> None:
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
