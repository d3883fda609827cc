"""One connection to the broker, made on demand and made anew when it broke; and where the driver's exceptions end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import DeliveryError, PublishError
from aiormq.channel import Channel as DriverChannel
from aiormq.exceptions import AMQPChannelError

from shared.errors import Unavailable
from shared.messaging.interrupted import is_cancelled

T = TypeVar("T")

PATIENCE = 5.0  # seconds for any single answer of the broker
HEARTBEAT = 15  # seconds


class NotForUs(Unavailable):
    """The broker refuses: missing rights or a missing object. Told apart only where that is expected."""


class Driver:
    """Where the driver's exceptions end, and where patience does. Raises Unavailable."""

    def __init__(self, what: str, ping: Callable[[], Awaitable[None]]) -> None:
        self._what = what
        self._ping = ping
        self._limit = asyncio.timeout(PATIENCE)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise Unavailable(
                f"消息系统暂不可用，请稍后再试 · {self._what}: no answer within {PATIENCE:.0f} s", self._ping
            ) from late
        match error:
            case None | Unavailable():
                return
            case asyncio.CancelledError():
                if is_cancelled():
                    return
                raise Unavailable(
                    f"消息系统暂不可用，请稍后再试 · {self._what}: the connection was lost", self._ping
                ) from error
            case PublishError():
                raise Unavailable(
                    f"消息系统暂不可用，请稍后再试 · {self._what}: the broker has no queue for it", self._ping
                ) from error
            case DeliveryError():  # a queue behind the exchange is full
                raise Unavailable(
                    f"消息系统暂不可用，请稍后再试 · {self._what}: the broker does not take it now", self._ping
                ) from error
            case AMQPChannelError():
                raise NotForUs(
                    f"消息系统暂不可用，请稍后再试 · not possible now: {self._what}: {error}", self._ping
                ) from error
            case Exception():
                raise Unavailable(
                    f"消息系统暂不可用，请稍后再试 · not possible now: {self._what}: {error!r}", self._ping
                ) from error


class Shared(Generic[T]):
    """Something that is made on demand, once for all who ask at the same time, and made anew when it broke."""

    def __init__(self, make: Callable[[], Awaitable[T]], usable: Callable[[T], bool]) -> None:
        self._make = make
        self._usable = usable
        self._made: T | None = None
        self._attempt: asyncio.Task[T] | None = None

    @property
    def made(self) -> T | None:
        return self._made

    async def get(self) -> T:
        if self._made is not None and self._usable(self._made):
            return self._made
        if self._attempt is None or self._attempt.done():
            self._attempt = asyncio.create_task(self._try())
            self._attempt.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._attempt)

    async def _try(self) -> T:
        self._made = await self._make()
        return self._made

    async def stop(self) -> None:
        if self._attempt is not None and not self._attempt.done():
            self._attempt.cancel()
            await asyncio.wait([self._attempt])


class Link:
    """One connection to the broker, made on demand."""

    def __init__(self, url: str, name: str, ping: Callable[[], Awaitable[None]]) -> None:
        self._url = url
        self._name = name
        self._ping = ping
        self._closed = False
        self._connection = Shared(self._connect, lambda connection: connection.connected.is_set())

    async def channel(self, **wishes: Any) -> AbstractChannel:
        """Raises Unavailable."""
        async with Driver("the broker cannot be reached", self._ping):
            connection = await self._connection.get()
            channel = connection.channel(**wishes)
            await channel.initialize()
            return channel

    async def _connect(self) -> AbstractConnection:
        if self._closed:
            raise Unavailable("消息系统已关闭 · the bus is closed", self._ping)
        await _put_away(self._connection.made)
        async with Driver("the broker cannot be reached", self._ping):
            return await aio_pika.connect(self._url, heartbeat=HEARTBEAT, name=self._name)

    async def close(self) -> None:
        self._closed = True
        await self._connection.stop()
        await _put_away(self._connection.made)


async def inside(channel: AbstractChannel) -> DriverChannel:
    """The lower driver's channel: it publishes without draining after each message, and knows its consumers."""
    return cast(DriverChannel, await channel.get_underlay_channel())


async def _put_away(connection: AbstractConnection | None) -> None:
    if connection is not None:
        with suppress(Exception):  # it may be broken already; what matters is that its tasks end
            async with asyncio.timeout(PATIENCE):
                await connection.close()
