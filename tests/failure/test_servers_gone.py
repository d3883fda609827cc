"""The broker and the database are killed and started again in the middle of a roster: the books are right.

These tests need servers of their own, because they stop them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from testcontainers.core.container import DockerContainer

from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.adapters.clock import SystemClock
from shared.adapters.mongo import MongoStore
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.errors import AppError, Unavailable
from shared.ports import Bus, Store, exchanges
from tests.world import books
from tests.world.clock import MORNING
from tests.world.engines import (
    PASSWORD,
    STARTING,
    Broker,
    a_mongodb,
    a_rabbitmq,
    a_vhost,
    furnish,
    mongodb_answers,
    rabbitmq_listens,
    shorten_waits,
    start,
)
from tests.world.eventually import eventually
from tests.world.house import House
from tests.world.ports import a_port
from tests.world.seeding import LARGE, SMALL, approve, post, seed
from tests.world.topology import TOPOLOGY
from tests.world.troubles import Life

Collections = dict[str, list[dict[str, Any]]]
"""Documents as the database holds them, by collection."""

pytestmark = [
    pytest.mark.servers,
    pytest.mark.xdist_group("servers of our own"),  # one pair of servers, on one worker
    # The driver's connections that never came about close themselves when they are thrown away, which fails if that
    # happens in a thread of the database's driver; there is nothing to close.
    pytest.mark.filterwarnings("ignore:coroutine 'Connection.close' was never awaited:RuntimeWarning"),
]


OPTIONS = "authSource=admin&directConnection=true&serverSelectionTimeoutMS=1000"
"""Direct: a server may tell its clients the address it has inside Docker, which is another one after a start if other
containers were started meanwhile. A second: that is how long a call waits for a database that is gone."""


class Server:
    """A container on ports that stay the same over a stop."""

    def __init__(self, container: DockerContainer, ports: dict[int, int]) -> None:
        self._container, self.ports = container, ports

    async def kill(self) -> None:
        """As a power cut does it."""
        await asyncio.to_thread(self._container.get_wrapped_container().kill)

    async def ask(self, *command: str) -> None:
        """Something that is typed inside."""
        code, said = await asyncio.to_thread(self._container.get_wrapped_container().exec_run, list(command))
        assert code == 0, said.decode()

    async def start(self) -> None:
        await asyncio.to_thread(self._container.get_wrapped_container().start)


@contextlib.contextmanager
def a_server(make: Callable[[], DockerContainer], *inside: int) -> Iterator[Server]:
    if os.environ.get("TEST_AMQP_URL") or os.environ.get("TEST_MONGODB_URL"):
        pytest.skip("the servers named in the environment are not ours to kill")
    container, ports = make(), {port: a_port() for port in inside}
    for port, outside in ports.items():
        container.with_bind_ports(port, outside)
    start(container)
    try:
        yield Server(container, ports)
    finally:
        container.stop()


@pytest.fixture(scope="module")
def own_broker() -> Iterator[Server]:
    with a_server(a_rabbitmq, 5672, 15672) as server:
        yield server


@pytest.fixture(scope="module")
def own_database() -> Iterator[Server]:
    with a_server(a_mongodb, 27017) as server:
        mongodb_answers(f"mongodb://admin:{PASSWORD}@127.0.0.1:{server.ports[27017]}")
        yield server


class HurriedClock(SystemClock):
    """Goes as fast as the real one, from the morning of every house, with shorter pauses between two attempts; somebody may
    set it."""

    def __init__(self) -> None:
        self._set_by = timedelta()
        self._started = self.monotonic()

    def now(self) -> datetime:
        return MORNING + timedelta(seconds=self.monotonic() - self._started) + self._set_by

    def set_by(self, seconds: float) -> None:
        self._set_by += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 4)


@dataclass(frozen=True, slots=True)
class Servers:
    broker: Broker
    mongodb: str
    prefix: str


class ServerHouse(House):
    """The same house on RabbitMQ, each service with its own rights, and on MongoDB; the clock goes by itself."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.servers = servers
        self.buses: dict[str, RabbitBus] = {}
        super().__init__(folder, clock=HurriedClock())

    def _open_store(self, name: str) -> Store:
        kinds = (*REGISTER.declared[name].kinds, *wiring.MACHINERY)
        return MongoStore(self.servers.mongodb, self.database_of(name), kinds)

    def database_of(self, service: str) -> str:
        return f"{self.servers.prefix}_{service}"

    def _open_bus(self) -> Bus:
        return self.bus_of("directory")

    def bus_of(self, service: str) -> Any:
        if service not in self.buses:
            url = self.servers.broker.url(service)
            self.buses[service] = RabbitBus(url, TOPOLOGY.queues, self.clock, f"tests {service}")
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
            await eventually(lambda: self.calm(life), within=90, every=0.05)

    async def calm(self, life: Life) -> bool:
        try:
            before = life.calls
            for _ in range(3):
                if life.busy or life.handling or not await self.quiet():
                    return False
                await asyncio.sleep(0.1)
            return life.calls == before
        except Unavailable:
            return False

    async def close(self) -> None:
        await super().close()
        for bus in self.buses.values():
            await bus.close()


@contextlib.asynccontextmanager
async def a_vacant_house(own_broker: Server, own_database: Server, folder: Path) -> AsyncIterator[ServerHouse]:
    admin = f"http://admin:{PASSWORD}@127.0.0.1:{own_broker.ports[15672]}"
    await eventually(lambda: rabbitmq_listens(admin), within=STARTING)
    mongodb = f"mongodb://admin:{PASSWORD}@127.0.0.1:{own_database.ports[27017]}/?{OPTIONS}"
    # Removed afterwards: a broker that is killed brings back every queue at its next start.
    async with a_vhost(f"amqp://127.0.0.1:{own_broker.ports[5672]}", admin) as broker:
        await furnish(broker)
        await shorten_waits(broker)
        house = ServerHouse(folder, Servers(broker, mongodb, broker.vhost.replace("-", "_")))
        for store in house.stores.values():
            await store.prepare()
        yield house
        await house.close()


@pytest.fixture(scope="module")
def seeded(
    own_broker: Server, own_database: Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Collections]]:
    """A folder and, for each service, what its store holds while the rosters wait for approval."""
    folder = tmp_path_factory.mktemp("seeded") / "house"

    async def build() -> dict[str, Collections]:
        async with a_vacant_house(own_broker, own_database, folder) as house:
            await seed(house, [SMALL, LARGE])
            with MongoClient[dict[str, Any]](house.servers.mongodb) as client:
                return {name: _read(client[house.database_of(name)]) for name in house.stores}

    return folder, asyncio.run(build())


def _read(database: Database[dict[str, Any]]) -> Collections:
    return {name: list(database[name].find()) for name in database.list_collection_names()}


@pytest.fixture
async def server_house(
    own_broker: Server, own_database: Server, seeded: tuple[Path, dict[str, Collections]], tmp_path: Path
) -> AsyncIterator[ServerHouse]:
    folder, stores = seeded
    shutil.copytree(folder, tmp_path / "house")
    async with a_vacant_house(own_broker, own_database, tmp_path / "house") as house:
        with MongoClient[dict[str, Any]](house.servers.mongodb) as client:
            for service, collections in stores.items():
                for name, documents in collections.items():
                    if documents:
                        client[house.database_of(service)][name].insert_many(documents)
            yield house
            for service in stores:
                client.drop_database(house.database_of(service))


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
        await eventually(lambda: all_notice(house, victims), within=30)
        for name in victims:
            await servers[name].start()
        await eventually(lambda: made(house, life), within=120, every=0.1)
    assert not life.dead.is_set()
    await house.run_until_quiet()
    await post(house, SMALL, LARGE)
    await house.run_until_quiet()
    await books.are_right(house, SMALL, LARGE, mailed=[SMALL, LARGE])


@pytest.mark.parametrize("moment", ["taking in", "writing letters"])
async def test_the_brokers_disk_is_full_in_the_middle_of_a_roster(
    server_house: ServerHouse, own_broker: Server, caplog: pytest.LogCaptureFixture, moment: str
) -> None:
    """It goes on handing out messages and takes none: outboxes keep them."""
    house = server_house
    after = {"taking in": ("certificate store", "add_many"), "writing letters": ("mailer", "send")}[moment]
    await approve(house, SMALL)
    async with house.awake() as life:
        seen = life.counted.get(after, 0)
        await eventually(lambda: life.counted.get(after, 0) > seen, within=30)
        await own_broker.ask("rabbitmqctl", "set_disk_free_limit", str(10**15))
        try:
            await approve(house, LARGE)  # requests go on, and what they decide waits
            await eventually(lambda: "was not confirmed" in caplog.text, within=60, every=0.1)
        finally:
            await own_broker.ask("rabbitmqctl", "set_disk_free_limit", "50MB")
        await eventually(lambda: made(house, life), within=120, every=0.1)
    assert not life.dead.is_set()
    await house.run_until_quiet()
    await post(house, SMALL, LARGE)
    await house.run_until_quiet()
    await books.are_right(house, SMALL, LARGE, mailed=[SMALL, LARGE])


async def all_notice(house: ServerHouse, victims: list[str]) -> bool:
    """Whoever asks for something that is gone is told so."""
    asked = {"broker": house.buses.values(), "database": house.stores.values()}
    pings = (one.ping() for name in victims for one in asked[name])
    answers = await asyncio.gather(*pings, return_exceptions=True)
    return all(isinstance(answer, Unavailable) for answer in answers)


async def made(house: ServerHouse, life: Life) -> bool:
    if not await house.calm(life):
        return False
    try:
        await books.are_right(house, SMALL, LARGE)
    except AppError:
        return False
    return True


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0], ids=["back", "on"])
async def test_the_clock_is_set_in_the_middle_of_a_roster(server_house: ServerHouse, seconds: float) -> None:
    """There while it is taken in, and back again while letters are written."""
    house, after = server_house, ("certificate store", "add_many")
    await approve(house, SMALL, LARGE)
    async with house.awake() as life:
        await eventually(lambda: life.counted.get(after, 0) > 0, within=30)
        house.clock.set_by(seconds)
        await eventually(lambda: made(house, life), within=120, every=0.1)
    await post(house, SMALL, LARGE)
    house.clock.set_by(-seconds)
    await house.run_until_quiet()
    await books.are_right(house, SMALL, LARGE, mailed=[SMALL, LARGE])
