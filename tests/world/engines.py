"""RabbitMQ and MongoDB for tests marked `servers`: the ones named in the environment, else containers.

    TEST_AMQP_URL         amqp://user:password@host:port    an administrator, any vhost
    TEST_AMQP_ADMIN_URL   http://user:password@host:15672   its management; default: same host and user, port 15672
    TEST_MONGODB_URL      mongodb://user:password@host:port
    TEST_RABBITMQ_IMAGE, TEST_MONGO_IMAGE                   other versions than rabbitmq:4-management and mongo:8
    REQUIRE_SERVERS=1     fail where a server is missing, instead of skipping (CI)

One broker and one database serve all workers of a run: whoever needs one first starts it. Every test gets a vhost and a
database of its own, so tests neither meet each other's messages nor each other's records, whichever worker runs them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, urlsplit
from uuid import uuid4

from tests.world.topology import TOPOLOGY

# Before testcontainers reads it: without its helper container, which a machine may not have; the tests stop what they
# start.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

import docker
import httpx
import pytest
from pymongo import MongoClient
from testcontainers.core.container import DockerContainer

from shared.adapters.rabbitmq.definitions import definitions
from shared.messaging import topology
from tests.world.eventually import eventually
from tests.world.sharing import Once, folder_of, leads

RABBITMQ_IMAGE = os.environ.get("TEST_RABBITMQ_IMAGE", "rabbitmq:4-management")
MONGO_IMAGE = os.environ.get("TEST_MONGO_IMAGE", "mongo:8")
PASSWORD = "secret-of-the-tests"
STARTING = 90  # seconds a container may take on a slow machine
ADDRESSES = "addresses.json"
_missing: set[str] = set()


@dataclass(frozen=True, slots=True)
class Broker:
    """One vhost with the whole topology, and a user for every service."""

    admin_url: str
    host: str
    port: int
    vhost: str
    prefix: str
    """Users belong to the broker, not to the vhost; so each test's users carry a prefix."""

    def url(self, service: str) -> str:
        """For connecting as this service, with its rights."""
        return f"amqp://{self.prefix}{service}:{PASSWORD}@{self.host}:{self.port}/{quote(self.vhost, safe='')}"


@pytest.fixture(scope="session")
def _amqp_server(once: Once) -> tuple[str, str]:
    """(amqp url, management url) of an administrator."""
    if url := os.environ.get("TEST_AMQP_URL"):
        parts = urlsplit(url)
        user = f"{parts.username or 'guest'}:{parts.password or 'guest'}"
        return url, os.environ.get("TEST_AMQP_ADMIN_URL") or f"http://{user}@{parts.hostname}:15672"
    amqp, admin = json.loads((once("rabbitmq", _start_rabbitmq) / ADDRESSES).read_text(encoding="utf-8"))
    return amqp, admin


def _start_rabbitmq(folder: Path) -> None:
    container = a_rabbitmq().with_exposed_ports(5672, 15672)
    _start_for_all(container, folder)
    host = container.get_container_host_ip()
    admin_url = f"http://admin:{PASSWORD}@{host}:{container.get_exposed_port(15672)}"
    asyncio.run(eventually(lambda: rabbitmq_listens(admin_url), within=STARTING))
    amqp_url = f"amqp://admin:{PASSWORD}@{host}:{container.get_exposed_port(5672)}"
    (folder / ADDRESSES).write_text(json.dumps([amqp_url, admin_url]), encoding="utf-8")


async def rabbitmq_listens(admin_url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{admin_url}/api/health/checks/port-listener/5672")).status_code == 200
    return False


@pytest.fixture(scope="session")
def amqp_url(_amqp_server: tuple[str, str]) -> str:
    return _amqp_server[0]


@pytest.fixture(scope="session")
def amqp_admin_url(_amqp_server: tuple[str, str]) -> str:
    return _amqp_server[1]


@pytest.fixture(scope="session")
def mongodb_url(once: Once) -> str:
    if url := os.environ.get("TEST_MONGODB_URL"):
        return url
    (url,) = json.loads((once("mongodb", _start_mongodb) / ADDRESSES).read_text(encoding="utf-8"))
    return str(url)


def _start_mongodb(folder: Path) -> None:
    container = a_mongodb().with_exposed_ports(27017)
    _start_for_all(container, folder)
    url = f"mongodb://admin:{PASSWORD}@{container.get_container_host_ip()}:{container.get_exposed_port(27017)}"
    mongodb_answers(url)
    (folder / ADDRESSES).write_text(json.dumps([url]), encoding="utf-8")


def mongodb_answers(url: str) -> None:
    with MongoClient(url, serverSelectionTimeoutMS=STARTING * 1000) as client:
        client.admin.command("ping")


@pytest.fixture
async def broker(amqp_url: str, amqp_admin_url: str) -> AsyncIterator[Broker]:
    """A fresh vhost with everything in it."""
    async with a_vhost(amqp_url, amqp_admin_url) as broker:
        await furnish(broker)
        yield broker


@pytest.fixture(scope="session")
def used_broker(amqp_url: str, amqp_admin_url: str) -> Iterator[Broker]:
    """One vhost for all tests of a worker that leave its objects as they are and do not mind what others left in its
    queues."""
    broker = new_broker(amqp_url, amqp_admin_url)
    asyncio.run(furnish(broker))
    yield broker
    asyncio.run(_remove(broker))


def new_broker(amqp_url: str, admin_url: str) -> Broker:
    """The name of a vhost that is not there yet."""
    tag, parts = uuid4().hex[:8], urlsplit(amqp_url)
    return Broker(admin_url, parts.hostname or "localhost", parts.port or 5672, f"test-{tag}", f"{tag}-")


@contextlib.asynccontextmanager
async def a_vhost(amqp_url: str, admin_url: str) -> AsyncIterator[Broker]:
    """Not there yet; whatever is made of it is removed."""
    broker = new_broker(amqp_url, admin_url)
    yield broker
    await _remove(broker)


async def furnish(broker: Broker, passwords: bool = True) -> None:
    """As a broker does it at boot: the whole document in one request. `provision`, which asks for one object after the
    other, makes the same (`tests/servers/test_provision.py` compares) and takes several times as long."""
    document = definitions(TOPOLOGY, broker.vhost, broker.prefix)
    if passwords:
        document["users"] = [{**user, "password": PASSWORD} for user in document["users"]]
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=60) as client:
        answer = await client.post("/api/definitions", json=document)
        assert answer.is_success, answer.text


async def _remove(broker: Broker) -> None:
    users = [user["name"] for user in definitions(TOPOLOGY, broker.vhost, broker.prefix)["users"]]
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=60) as client:
        await client.delete(f"/api/vhosts/{quote(broker.vhost, safe='')}")
        await client.post("/api/users/bulk-delete", json={"users": users})


async def shorten_waits(broker: Broker, milliseconds: int = 300) -> None:
    """The same topology, with waits that a test can wait for."""
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=30) as client:
        for wait in topology.WAITS:
            address = f"/api/policies/{quote(broker.vhost, safe='')}/wait.{wait}"
            policy = (await client.get(address)).json()
            policy["definition"]["message-ttl"] = milliseconds
            (await client.put(address, json=policy)).raise_for_status()


@pytest.fixture
def database(mongodb_url: str) -> Iterator[str]:
    """The name of a database that exists only during the test."""
    name = f"test_{uuid4().hex[:12]}"
    yield name
    with MongoClient(mongodb_url) as client:
        client.drop_database(name)


def a_rabbitmq() -> DockerContainer:
    """Not started yet."""
    return _a_container("RabbitMQ", RABBITMQ_IMAGE, RABBITMQ_DEFAULT_USER="admin", RABBITMQ_DEFAULT_PASS=PASSWORD)


def a_mongodb() -> DockerContainer:
    """Not started yet."""
    users = {"MONGO_INITDB_ROOT_USERNAME": "admin", "MONGO_INITDB_ROOT_PASSWORD": PASSWORD}
    return _a_container("MongoDB", MONGO_IMAGE, **users)


def _a_container(name: str, image: str, **environment: str) -> DockerContainer:
    try:
        docker.from_env().ping()
    except docker.errors.DockerException as error:
        do_without(name, f"no Docker engine answers ({str(error).splitlines()[0][:80]})")
    return DockerContainer(image).with_envs(**environment)


def start(container: DockerContainer) -> None:
    try:
        container.start()
    except Exception as error:  # noqa: BLE001 - whatever keeps a container from starting is the reason told
        container.stop()
        do_without(container.image, f"does not start: {error}")


def _start_for_all(container: DockerContainer, folder: Path) -> None:
    """Stopped by whoever leads the run, after the last worker: the one that starts it does not know when that is."""
    start(container)
    (folder.parent / f"{container.get_container_id()}.container").touch()


def pytest_unconfigure(config: pytest.Config) -> None:
    started = list(folder_of(config).glob("*.container")) if leads(config) else []
    for note in started:
        with contextlib.suppress(docker.errors.NotFound):
            docker.from_env().containers.get(note.stem).remove(force=True, v=True)


def do_without(name: str, reason: str) -> NoReturn:
    """Skips the test, and says so at the end of the run; fails where everything must be there (REQUIRE_SERVERS=1)."""
    _missing.add(f"{name}: {reason}")
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"{name} is required here: {reason}")
    pytest.skip(f"{name}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells whoever leads what was missing."""
    if not leads(session.config):
        session.config.workeroutput["missing"] = sorted(_missing)  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """A worker of pytest-xdist has ended. One that crashed told nothing."""
    _missing.update(getattr(node, "workeroutput", {}).get("missing", ()))


@pytest.hookimpl(trylast=True)  # where it is read: after the slowest tests
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _missing:
        line = f"NOT RUN for want of what they need: {'; '.join(sorted(_missing))}"
        terminalreporter.write_line(line, yellow=True, bold=True)
