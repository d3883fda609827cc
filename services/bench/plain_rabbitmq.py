"""What relay and consumer are held against: aio-pika as its documentation uses it, and nothing around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage

from shared.ports import Outgoing


class PlainRabbit:
    """Publishes with confirms, persistently; takes one message after the other and acknowledges each."""

    def __init__(self, connection: AbstractConnection, exchange: AbstractExchange) -> None:
        self._connection, self._exchange = connection, exchange

    async def publish(self, rows: Sequence[Outgoing]) -> None:
        """All at once."""
        await asyncio.gather(*map(self._publish, rows))

    async def _publish(self, row: Outgoing) -> None:
        message = aio_pika.Message(row.wire.encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await self._exchange.publish(message, row.key)

    async def consume(self, queue: str, count: int, prefetch: int) -> None:
        left, all_taken = count, asyncio.Event()

        async def taken(message: AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if not left:
                all_taken.set()

        channel = await self._connection.channel()
        await channel.set_qos(prefetch_count=prefetch)
        await (await channel.get_queue(queue, ensure=False)).consume(taken)
        await all_taken.wait()
        await channel.close()


@asynccontextmanager
async def plain_rabbit(url: str, exchange: str) -> AsyncIterator[PlainRabbit]:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        yield PlainRabbit(connection, await channel.get_exchange(exchange, ensure=False))
