"""A thousand malformed messages on RabbitMQ and MongoDB: each is parked or applied, each parked one is listed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib

import aio_pika
import pytest

from services.supervision.figures import storage as counting
from services.supervision.handlers import RECORDED
from shared.adapters.clock import SystemClock
from shared.adapters.mongo import MongoStore
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.contracts.envelope import Envelope
from shared.keeping import repository
from shared.messaging import parking
from shared.messaging.parking import ParkedMessage
from shared.messaging.worker import Worker
from shared.ports import Kind, every_record
from shared.ports.exchanges import REDELIVER
from shared.web.routers.parked import ParkedRow
from tests.world.engines import Broker, shorten_waits
from tests.world.eventually import eventually
from tests.world.malformed_messages import PATHOLOGICAL, messages
from tests.world.topology import TOPOLOGY

pytestmark = pytest.mark.servers
QUEUE = "supervision.records"
SEED, COUNT = 20261127, 1_000


async def test_all_are_parked_or_applied_and_all_are_listed(broker: Broker, mongodb_url: str, database: str) -> None:
    await shorten_waits(broker)
    wires = [b"\xff" * 5_000_000, *PATHOLOGICAL, *messages(SEED, COUNT)]
    store = MongoStore(mongodb_url, database, (parking.KIND, Kind(counting.COUNTED_FACTS)))
    await store.prepare()
    bus = RabbitBus(broker.url("supervision"), TOPOLOGY.queues, SystemClock(), "tests")
    (queue,) = (queue for queue in TOPOLOGY.queues if queue.name == QUEUE)

    async def keep(envelope: Envelope) -> None:
        await counting.keep(store, envelope)

    handlers = {QUEUE: {fact.TYPE: keep for fact in RECORDED}}
    worker = Worker(store, bus, SystemClock(), [queue], handlers, TOPOLOGY.owners)
    working = asyncio.create_task(worker.run())
    await put_all(broker, wires)

    def ended(outcome: str, of: str = QUEUE) -> int:
        return worker.outcomes[of, outcome]

    await eventually(lambda: working.done() or ended("Done") + ended("Park") == len(wires), within=120)
    hashes = {hashlib.sha256(wire).hexdigest() for wire in wires}
    await eventually(lambda: working.done() or ended("Done", f"{QUEUE}.parked") == ended("Park"), within=60)
    assert not working.done()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working

    records = [record async for record in every_record(store, parking.KIND.name)]
    found, left_out = repository.readable(ParkedMessage, records)
    assert left_out == []
    assert {message.sha256 for message in found} <= hashes
    assert len([ParkedRow.of(message) for message in found]) > COUNT / 2
    await bus.close()
    await store.close()


async def put_all(broker: Broker, wires: list[bytes]) -> None:
    async with await aio_pika.connect(broker.url("supervision")) as connection:
        exchange = await (await connection.channel()).get_exchange(REDELIVER)
        for wire in wires:
            await exchange.publish(aio_pika.Message(wire, delivery_mode=2), routing_key=QUEUE)
