"""The broker and the database are killed and started again in the middle of a roster: the books are right.

These tests need servers of their own, because they stop them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient
from testcontainers.core.container import DockerContainer

from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.adapters.clock import SystemClock
from shared.adapters.mongo import MongoStore
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.adapters.rabbitmq.provision import provision
from shared.errors import AppError, Unavailable
from shared.ports import Bus, Store, exchanges
from tests.world import books
from tests.world.engines import (
    MONGO_IMAGE,
    PASSWORD,
    RABBITMQ_IMAGE,
    STARTING,
    Broker,
    _running,
    need_docker,
    shorten_waits,
)
from tests.world.eventually import eventually
from tests.world.house import House
from tests.world.seeding import LARGE, SMALL, approve, post, seed
from tests.world.topology import SERVICES, TOPOLOGY
from tests.world.troubles import Life

pytestmark = pytest.mark.servers


class Server:
    """A container on ports that stay the same over a stop."""

    def __init__(self, container: DockerContainer, ports: dict[int, int]) -> None:
        self._container, self.ports = container, ports

    async def kill(self) -> None:
        """As a power cut does it."""
        await asyncio.to_thread(self._container.get_wrapped_container().kill)

    async def start(self) -> None:
        await asyncio.to_thread(self._container.get_wrapped_container().start)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def a_server(image: str, name: str, environment: dict[str, str], *inside: int) -> Iterator[Server]:
    if os.environ.get("TEST_AMQP_URL") or os.environ.get("TEST_MONGODB_URL"):
        pytest.skip("the servers named in the environment are not ours to kill")
    need_docker(name)
    container, ports = DockerContainer(image), {}
    for port in inside:
        ports[port] = free_port()
        container = container.with_bind_ports(port, ports[port])
    for variable, value in environment.items():
        container = container.with_env(variable, value)
    with _running(container, name, image):
        yield Server(container, ports)


@pytest.fixture(scope="module")
def own_broker() -> Iterator[Server]:
    environment = {"RABBITMQ_DEFAULT_USER": "admin", "RABBITMQ_DEFAULT_PASS": PASSWORD}
    with a_server(RABBITMQ_IMAGE, "RabbitMQ", environment, 5672, 15672) as server:
        yield server


@pytest.fixture(scope="module")
def own_database() -> Iterator[Server]:
    environment = {"MONGO_INITDB_ROOT_USERNAME": "admin", "MONGO_INITDB_ROOT_PASSWORD": PASSWORD}
    with a_server(MONGO_IMAGE, "MongoDB", environment, 27017) as server:
        url = f"mongodb://admin:{PASSWORD}@127.0.0.1:{server.ports[27017]}"
        with MongoClient(url, serverSelectionTimeoutMS=STARTING * 1000) as client:
            client.admin.command("ping")
        yield server


@dataclass(frozen=True, slots=True)
class Servers:
    broker: Broker
    mongodb: str
    prefix: str


class ServerHouse(House):
    """The same house on RabbitMQ, each service with its own rights, and on MongoDB; the clock is the real one."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.servers = servers
        self.buses: dict[str, RabbitBus] = {}
        super().__init__(folder, clock=SystemClock())

    def _open_store(self, name: str) -> Store:
        kinds = (*REGISTER.declared[name].kinds, *wiring.MACHINERY)
        return MongoStore(self.servers.mongodb, f"{self.servers.prefix}_{name}", kinds)

    def _open_bus(self) -> Bus:
        return self.bus_of("directory")

    def bus_of(self, service: str) -> Any:
        if service not in self.buses:
            url = self.servers.broker.url(service)
            self.buses[service] = RabbitBus(url, TOPOLOGY.queues, SystemClock(), f"tests {service}")
        return self.buses[service]

    async def messages(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for service, bus in self.buses.items():
            with contextlib.suppress(Unavailable):
                depths = await bus.depths()
                found |= {name: depth for name, depth in depths.items() if depth and name != exchanges.UNROUTED}
                continue
            found[service] = -1
        return found

    async def run_until_quiet(self, until: Any = None) -> None:
        """Waits are over by themselves here; quiet is what stays quiet for a while."""
        async with self.awake() as life:
            await eventually(lambda: self._calm(life), within=90)

    async def _calm(self, life: Life) -> bool:
        try:
            before = life.calls
            for _ in range(3):
                if life.busy or not await self.quiet():
                    return False
                await asyncio.sleep(0.1)
            return life.calls == before
        except Unavailable:
            return False

    async def close(self) -> None:
        await super().close()
        for bus in self.buses.values():
            await bus.close()


@pytest.fixture
async def server_house(own_broker: Server, own_database: Server, tmp_path: Path) -> AsyncIterator[ServerHouse]:
    tag = uuid4().hex[:8]
    admin = f"http://admin:{PASSWORD}@127.0.0.1:{own_broker.ports[15672]}"
    await eventually(lambda: listens(admin), within=STARTING)
    broker = Broker(admin, "127.0.0.1", own_broker.ports[5672], f"test-{tag}", f"{tag}-")
    passwords = dict.fromkeys(SERVICES, PASSWORD)
    await provision(admin, broker.vhost, TOPOLOGY, passwords, user_prefix=broker.prefix)
    await shorten_waits(broker)
    mongodb = f"mongodb://admin:{PASSWORD}@127.0.0.1:{own_database.ports[27017]}/?authSource=admin"
    house = ServerHouse(tmp_path / "house", Servers(broker, mongodb, f"test_{tag}"))
    await seed(house, [SMALL, LARGE])
    yield house
    await house.close()


async def listens(admin: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{admin}/api/health/checks/port-listener/5672")).status_code == 200
    return False


@pytest.mark.parametrize("victims", [["broker"], ["database"], ["broker", "database"]], ids=" and ".join)
@pytest.mark.parametrize("moment", ["taking in", "drawing", "writing letters"])
async def test_killed_in_the_middle_of_a_roster(
    server_house: ServerHouse, own_broker: Server, own_database: Server, victims: list[str], moment: str
) -> None:
    house = server_house
    servers = {"broker": own_broker, "database": own_database}
    after = {
        "taking in": ("certificate store", "add_many"),
        "drawing": ("files", "put"),
        "writing letters": ("mailer", "send"),
    }[moment]
    await approve(house, SMALL, LARGE)
    async with house.awake() as life:
        seen = life.counted.get(after, 0)
        await eventually(lambda: life.counted.get(after, 0) > seen, within=30)
        for name in victims:
            await servers[name].kill()
        with contextlib.suppress(AssertionError):
            await eventually(lambda: False, within=3)  # long enough for everybody to notice
        for name in victims:
            await servers[name].start()
        await eventually(lambda: made(house), within=120)
    assert not life.dead.is_set()
    await house.run_until_quiet()
    await post(house, SMALL, LARGE)
    await house.run_until_quiet()
    await books.are_right(house, SMALL, LARGE, mailed=[SMALL, LARGE])


async def made(house: House) -> bool:
    try:
        await books.are_right(house, SMALL, LARGE)
    except AppError:
        return False
    return True
