"""The table of rights against a real broker: on `events` your own facts, elsewhere only keys with your own name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelClosed

from shared.adapters.clock import SystemClock
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.contracts import FACTS
from shared.errors import Unavailable
from shared.messaging.topology import WAITS
from shared.ports import Outgoing
from shared.ports.exchanges import EVENTS, PARK, REDELIVER
from tests.world.engines import Broker
from tests.world.topology import TOPOLOGY

pytestmark = pytest.mark.servers
NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)
BY_QUEUE_NAME = [REDELIVER, PARK, *(f"wait.{wait}" for wait in WAITS)]

Open = Callable[[str], RabbitBus]


@pytest.fixture
async def bus_of(used_broker: Broker) -> AsyncIterator[Open]:
    opened: list[RabbitBus] = []

    def open_one(service: str) -> RabbitBus:
        opened.append(RabbitBus(used_broker.url(service), TOPOLOGY.queues, SystemClock(), f"tests {service}"))
        return opened[-1]

    yield open_one
    for bus in opened:
        await bus.close()


def to(exchange: str, key: str) -> Outgoing:
    return Outgoing(1, NOON, exchange, key, "{}")


def owner_of(fact: str) -> str:
    return next(service for service, nouns in TOPOLOGY.owners.items() if fact.partition(".")[0] in nouns)


@pytest.mark.parametrize("service", TOPOLOGY.owners)
async def test_a_service_publishes_its_own_facts_and_no_others(bus_of: Open, service: str) -> None:
    bus = bus_of(service)
    for fact in FACTS:
        if owner_of(fact) == service:
            await bus.publish(to(EVENTS, fact))
        else:
            with pytest.raises(Unavailable, match="ACCESS_REFUSED"):
                await bus.publish(to(EVENTS, fact))


@pytest.mark.parametrize("exchange", BY_QUEUE_NAME)
async def test_a_service_retries_and_parks_for_its_own_queues_only(bus_of: Open, exchange: str) -> None:
    bus = bus_of("certificate")
    await bus.publish(to(exchange, "certificate.intake"))
    for key in ("notification.plan", "certificates.intake", "certificate", "x.certificate.intake", ""):
        with pytest.raises(Unavailable, match="ACCESS_REFUSED"):
            await bus.publish(to(exchange, key))
    await bus.publish(to(exchange, "certificate.tally"))  # a refusal closes the channel, not the bus


@pytest.mark.parametrize("exchange", ["", "amq.topic", "amq.direct", "amq.fanout", "unrouted"])
async def test_no_service_writes_past_the_table(bus_of: Open, exchange: str) -> None:
    with pytest.raises(Unavailable, match="ACCESS_REFUSED"):
        await bus_of("certificate").publish(to(exchange, "certificate.intake"))


@pytest.fixture
async def channel(used_broker: Broker) -> AsyncIterator[AbstractChannel]:
    """The driver itself, signed in as certificate."""
    async with await aio_pika.connect(used_broker.url("certificate")) as connection:
        yield await connection.channel()


async def _read_own(channel: AbstractChannel) -> object:
    queue = await channel.declare_queue("certificate.intake", passive=True)
    return await queue.get(fail=False)


async def test_a_service_reads_its_own_queues(broker: Broker) -> None:
    async with await aio_pika.connect(broker.url("certificate")) as connection:
        assert await _read_own(await connection.channel()) is None


FORBIDDEN: dict[str, Callable[[AbstractChannel], Awaitable[object]]] = {
    "declare a queue": lambda channel: channel.declare_queue("certificate.new", durable=True),
    "declare an exchange": lambda channel: channel.declare_exchange("certificate", "topic", durable=True),
    "delete its queue": lambda channel: channel.queue_delete("certificate.intake"),
    "read another's queue": lambda channel: _get(channel, "notification.plan"),
    "read another's parking": lambda channel: _get(channel, "notification.plan.parked"),
    "read what waits": lambda channel: _get(channel, "wait.10s"),
    "bind its queue": lambda channel: _bind(channel, "certificate.intake"),
    "empty another's queue": lambda channel: _purge(channel, "notification.plan"),
}


async def _get(channel: AbstractChannel, name: str) -> object:
    return await (await channel.get_queue(name, ensure=False)).get(fail=False)


async def _bind(channel: AbstractChannel, name: str) -> object:
    return await (await channel.get_queue(name, ensure=False)).bind(EVENTS, "roster.returned.v1")


async def _purge(channel: AbstractChannel, name: str) -> object:
    return await (await channel.get_queue(name, ensure=False)).purge()


@pytest.mark.parametrize("act", FORBIDDEN)
async def test_a_service_cannot(channel: AbstractChannel, act: str) -> None:
    with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
        await asyncio.wait_for(FORBIDDEN[act](channel), 10)
