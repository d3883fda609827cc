"""What a body's user can do on a real broker: read its own queue, and nothing else; and when that ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aio_pika
import httpx
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError
from aiormq.exceptions import AMQPConnectionError, InvalidFrameError

from services.notification.declares import KINDS
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.queues.password import hashed
from services.notification.queues.queue import BranchQueue
from services.notification.queues.usecases.filling import Filler
from shared.actor import Actor
from shared.adapters.rabbitmq.branches import FEW, RabbitBranches
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.plan import AnnualPlanDue
from shared.errors import Refused, Unavailable
from shared.keeping import repository
from shared.ports import Pushed
from shared.trade.roles import Role
from tests.world.clock import HandClock
from tests.world.engines import Broker, a_vhost, furnish
from tests.world.eventually import eventually
from tests.world.hearing import hear_of_body, told

pytestmark = pytest.mark.servers
OWN, OTHER = "49050001", "49060001"
SECRET, RENEWED = "password-of-a-body", "another-password"


class Place:
    """The vhost of the branches on the broker of the tests."""

    def __init__(self, amqp_url: str, admin_url: str, broker: Broker) -> None:
        self.broker, self.admin_url = broker, admin_url
        self.branches = RabbitBranches(amqp_url, admin_url, broker.vhost, broker.prefix)

    async def connect(self, body: str = OWN, password: str = SECRET, vhost: str = "") -> AbstractConnection:
        at, where = f"{self.broker.host}:{self.broker.port}", quote(vhost or self.broker.vhost, safe="")
        return await aio_pika.connect(f"amqp://{self.broker.prefix}branch-{body}:{password}@{at}/{where}")

    async def tell(self, *numbers: int, body: str = OWN) -> None:
        await self.branches.publish(body, [Pushed(f"{body}/{n}", b"{}", numbers[-1]) for n in numbers])


@pytest.fixture
async def place(amqp_url: str, amqp_admin_url: str) -> AsyncIterator[Place]:
    async with a_vhost(amqp_url, amqp_admin_url) as broker:
        made = Place(amqp_url, amqp_admin_url, broker)
        await made.branches.prepare()
        for body in (OWN, OTHER):
            await made.branches.let_in(body, hashed(SECRET))
        yield made
        for body in (OWN, OTHER):
            await made.branches.shut_out(body)
        await made.branches.close()


async def test_a_body_reads_its_own_queue_in_order(place: Place) -> None:
    await place.tell(*range(1, 101))
    async with await place.connect() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(f"branch.{OWN}", passive=True)
        first = await queue.get()
        assert (first.message_id, first.headers["feedlast"]) == (f"{OWN}/1", 100)
        assert first.content_type == "application/cloudevents+json"
        await first.ack()
        for n in range(2, 101):
            message = await queue.get()
            assert message.message_id == f"{OWN}/{n}"
            await message.ack()
        assert await queue.get(fail=False) is None


async def _get(channel: AbstractChannel, name: str) -> object:
    return await (await channel.get_queue(name, ensure=False)).get(fail=False)


async def _bind(channel: AbstractChannel) -> object:
    return await (await channel.get_queue(f"branch.{OWN}", ensure=False)).bind("amq.topic", "#")


async def _publish(channel: AbstractChannel, exchange: str) -> object:
    message = aio_pika.Message(b"x")
    if exchange:
        return await (await channel.get_exchange(exchange, ensure=False)).publish(message, "x")
    return await channel.default_exchange.publish(message, f"branch.{OTHER}")


FORBIDDEN: dict[str, Callable[[AbstractChannel], Awaitable[object]]] = {
    "read the queue of another": lambda channel: _get(channel, f"branch.{OTHER}"),
    "declare a queue": lambda channel: channel.declare_queue(f"branch.{OWN}.2", durable=True),
    "declare an unnamed queue": lambda channel: channel.declare_queue(exclusive=True),
    "delete its queue": lambda channel: channel.queue_delete(f"branch.{OWN}"),
    "declare an exchange": lambda channel: channel.declare_exchange(f"branch.{OWN}", "topic", durable=True),
    "bind its queue": _bind,
    "publish to the queue of another": lambda channel: _publish(channel, ""),
    "publish to an exchange": lambda channel: _publish(channel, "amq.topic"),
}


@pytest.mark.parametrize("act", FORBIDDEN)
async def test_a_body_cannot(place: Place, act: str) -> None:
    async with await place.connect() as connection:
        channel = await connection.channel()
        with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
            await asyncio.wait_for(FORBIDDEN[act](channel), 10)


async def test_a_body_enters_no_other_vhost(place: Place, amqp_url: str, amqp_admin_url: str) -> None:
    async with a_vhost(amqp_url, amqp_admin_url) as core:
        await furnish(core)
        for vhost in (core.vhost, "/"):
            with pytest.raises((AMQPError, AMQPConnectionError)):
                await place.connect(vhost=vhost)


async def test_a_body_has_few_connections(place: Place) -> None:
    opened: list[AbstractConnection] = []
    try:
        while len(opened) < FEW["max-connections"]:
            opened.append(await place.connect())
        with pytest.raises((AMQPConnectionError, InvalidFrameError)):
            await place.connect()
    finally:
        for connection in opened:
            await connection.close()


async def test_what_is_too_much_leaves_at_the_head(place: Place) -> None:
    async with httpx.AsyncClient(base_url=place.admin_url, timeout=30) as client:
        address = f"/api/policies/{quote(place.broker.vhost, safe='')}/branches"
        policy = (await client.get(address)).json()
        assert policy["definition"] == {"max-length": 10_000, "message-ttl": 2_592_000_000, "overflow": "drop-head"}
        policy["definition"]["max-length"] = 3
        (await client.put(address, json=policy)).raise_for_status()

    async def limited() -> bool:
        await place.tell(*range(1, 11))
        async with await place.connect() as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(f"branch.{OWN}", passive=True)
            assert queue.declaration_result.message_count == 3
            message = await queue.get()
            await message.nack(requeue=True)
            assert message.message_id == f"{OWN}/8"
        return True

    await eventually(limited, within=20, every=0.5)


async def _work(message: AbstractIncomingMessage) -> None:
    await message.ack()


async def _cut_off(connection: AbstractConnection) -> bool:
    return connection.is_closed or not connection.connected.is_set()


async def test_whoever_is_shut_out_is_cut_off_at_once(place: Place) -> None:
    connection = await place.connect()
    channel = await connection.channel()
    queue = await channel.declare_queue(f"branch.{OWN}", passive=True)
    await queue.consume(_work)
    await place.branches.shut_out(OWN)
    await eventually(lambda: _cut_off(connection), within=20)
    with pytest.raises(AMQPConnectionError):
        await place.connect()
    assert set(await place.branches.there()) == {OTHER}
    with pytest.raises(Unavailable):
        await place.tell(1)
    await place.branches.shut_out(OWN)


async def test_a_renewed_password_ends_the_one_before(place: Place) -> None:
    connection = await place.connect()
    await place.tell(1)
    chosen = hashed(RENEWED)
    await place.branches.let_in(OWN, chosen)
    await eventually(lambda: _cut_off(connection), within=20)
    with pytest.raises(AMQPConnectionError):
        await place.connect()
    assert (await place.branches.there())[OWN] == chosen
    async with await place.connect(password=RENEWED) as again:
        assert await _get(await again.channel(), f"branch.{OWN}") is not None


async def test_a_queue_that_somebody_deleted_is_missed(place: Place) -> None:
    async with httpx.AsyncClient(base_url=place.admin_url, timeout=30) as client:
        await client.delete(f"/api/queues/{quote(place.broker.vhost, safe='')}/branch.{OWN}")
    assert (await place.branches.there())[OWN] == ""
    with pytest.raises(Unavailable):
        await place.tell(1)
    await place.branches.let_in(OWN, hashed(SECRET))
    await place.tell(1)


async def test_a_vhost_that_somebody_deleted_is_made_anew(place: Place) -> None:
    await place.tell(1)
    async with httpx.AsyncClient(base_url=place.admin_url, timeout=30) as client:
        await client.delete(f"/api/vhosts/{quote(place.broker.vhost, safe='')}")
    with pytest.raises(Refused):
        await place.branches.there()
    with pytest.raises(Unavailable):
        await place.tell(2)
    await place.branches.prepare()
    assert (await place.branches.there())[OWN] == ""
    await place.branches.let_in(OWN, hashed(SECRET))
    await place.tell(3)
    async with await place.connect() as connection:
        message = await _get(await connection.channel(), f"branch.{OWN}")
        assert isinstance(message, AbstractIncomingMessage) and message.message_id == f"{OWN}/3"


@pytest.mark.parametrize("rights", [None, {"configure": "", "write": "", "read": ".*"}])
async def test_rights_that_somebody_changed_are_missed_and_made_anew(
    place: Place, rights: dict[str, str] | None
) -> None:
    there = await place.branches.there()
    assert there[OWN] and there[OTHER], "as it made them"
    path = f"/api/permissions/{quote(place.broker.vhost, safe='')}/{place.broker.prefix}branch-{OWN}"
    async with httpx.AsyncClient(base_url=place.admin_url, timeout=30) as client:
        answer = await (client.put(path, json=rights) if rights else client.delete(path))
        assert answer.is_success, answer.text
    assert await place.branches.there() == {**there, OWN: ""}
    await place.branches.let_in(OWN, there[OWN])
    assert await place.branches.there() == there


class Directory:
    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        raise AssertionError("no machine asked for this queue")


async def test_a_struck_off_body_is_cut_off_while_it_reads(place: Place, tmp_path: Path) -> None:
    store, clock = SqliteStore(tmp_path / "notification.sqlite", KINDS), HandClock()
    await store.prepare()
    officer = Actor("officer", "王敏", OWN, f"/49000001/{OWN}/", frozenset({Role.BRANCH_OFFICER}))
    await repository.add(store, BranchQueue.create("q", hashed(SECRET), 0, officer, clock.now()))
    filler = Filler(store, clock, place.branches, Directory(), "one")
    for year in (2021, 2022, 2023):
        data = {"body": OWN, "path": officer.path, "year": year, "due_on": "2026-02-28", "days_left": 3}
        fact = told(f"{OWN}-{year}", AnnualPlanDue.model_validate(data))
        await FeedWriter(store, clock).write(AnnualPlanDue, fact)
    await filler.look()
    assert set(await place.branches.there()) == {OWN}, "of the other nobody knows anything here"
    connection = await place.connect()
    queue = await (await connection.channel()).declare_queue(f"branch.{OWN}", passive=True)
    heard: list[str | None] = []

    async def hear(message: AbstractIncomingMessage) -> None:
        heard.append(message.message_id)
        await message.ack()

    await queue.consume(hear)
    await eventually(lambda: len(heard) == 3)
    assert heard == [f"{OWN}/{n}" for n in (1, 2, 3)]
    await hear_of_body(store, OWN, officer.path, state="revoked")
    await filler.look()
    await eventually(lambda: _cut_off(connection), within=20)
    with pytest.raises(AMQPConnectionError):
        await place.connect()
    assert await place.branches.there() == {}
    await store.close()
