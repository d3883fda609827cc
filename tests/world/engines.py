"""RabbitMQ and MongoDB for tests marked `servers`: the ones named in the environment, else containers.

    TEST_AMQP_URL         amqp://user:password@host:port    an administrator, any vhost
    TEST_AMQP_ADMIN_URL   http://user:password@host:15672   its management; default: same host and user, port 15672
    TEST_MONGODB_URL      mongodb://user:password@host:port
    TEST_RABBITMQ_IMAGE, TEST_MONGO_IMAGE                   other versions than rabbitmq:4-management and mongo:8
    REQUIRE_SERVERS=1     fail where a server is missing, instead of skipping (CI)

Every test gets a vhost and a database of its own, so tests neither meet each other's messages nor each other's records.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from uuid import uuid4

from tests.world.topology import SERVICES, TOPOLOGY

# Before testcontainers reads it: without its helper container, which a machine may not have; the fixtures stop what they
# start.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

import httpx
import pytest
from pymongo import MongoClient
from testcontainers.core.container import DockerContainer

from shared.adapters.rabbitmq.provision import provision
from shared.messaging import topology
from tests.world.eventually import eventually

RABBITMQ_IMAGE = os.environ.get("TEST_RABBITMQ_IMAGE", "rabbitmq:4-management")
MONGO_IMAGE = os.environ.get("TEST_MONGO_IMAGE", "mongo:8")
PASSWORD = "secret-of-the-tests"
STARTING = 90  # seconds a container may take on a slow machine
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
def _amqp_server() -> Iterator[tuple[str, str]]:
    """(amqp url, management url) of an administrator."""
    if url := os.environ.get("TEST_AMQP_URL"):
        parts = urlsplit(url)
        user = f"{parts.username or 'guest'}:{parts.password or 'guest'}"
        yield url, os.environ.get("TEST_AMQP_ADMIN_URL") or f"http://{user}@{parts.hostname}:15672"
        return
    need_docker("RabbitMQ")
    container = DockerContainer(RABBITMQ_IMAGE).with_exposed_ports(5672, 15672)
    for name, value in {"RABBITMQ_DEFAULT_USER": "admin", "RABBITMQ_DEFAULT_PASS": PASSWORD}.items():
        container = container.with_env(name, value)
    with _running(container, "RabbitMQ", RABBITMQ_IMAGE):
        host = container.get_container_host_ip()
        admin_url = f"http://admin:{PASSWORD}@{host}:{container.get_exposed_port(15672)}"

        async def listens() -> bool:
            with contextlib.suppress(httpx.TransportError):
                async with httpx.AsyncClient() as client:
                    answer = await client.get(f"{admin_url}/api/health/checks/port-listener/5672")
                return answer.status_code == 200
            return False

        asyncio.run(eventually(listens, within=STARTING))
        yield f"amqp://admin:{PASSWORD}@{host}:{container.get_exposed_port(5672)}", admin_url


@pytest.fixture(scope="session")
def amqp_url(_amqp_server: tuple[str, str]) -> str:
    return _amqp_server[0]


@pytest.fixture(scope="session")
def amqp_admin_url(_amqp_server: tuple[str, str]) -> str:
    return _amqp_server[1]


@pytest.fixture(scope="session")
def mongodb_url() -> Iterator[str]:
    if url := os.environ.get("TEST_MONGODB_URL"):
        yield url
        return
    need_docker("MongoDB")
    container = DockerContainer(MONGO_IMAGE).with_exposed_ports(27017)
    for name, value in {"MONGO_INITDB_ROOT_USERNAME": "admin", "MONGO_INITDB_ROOT_PASSWORD": PASSWORD}.items():
        container = container.with_env(name, value)
    with _running(container, "MongoDB", MONGO_IMAGE):
        url = f"mongodb://admin:{PASSWORD}@{container.get_container_host_ip()}:{container.get_exposed_port(27017)}"

        with MongoClient(url, serverSelectionTimeoutMS=STARTING * 1000) as client:
            client.admin.command("ping")
        yield url


@pytest.fixture
async def broker(amqp_url: str, amqp_admin_url: str) -> AsyncIterator[Broker]:
    """A fresh vhost, provisioned from the topology."""
    tag = uuid4().hex[:8]
    parts = urlsplit(amqp_url)
    broker = Broker(amqp_admin_url, parts.hostname or "localhost", parts.port or 5672, f"test-{tag}", f"{tag}-")
    passwords = dict.fromkeys(SERVICES, PASSWORD)
    await provision(broker.admin_url, broker.vhost, TOPOLOGY, passwords, user_prefix=broker.prefix)
    yield broker
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=30) as client:
        await client.delete(f"/api/vhosts/{quote(broker.vhost, safe='')}")
        for service in SERVICES:
            await client.delete(f"/api/users/{broker.prefix}{service}")


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


@contextlib.contextmanager
def _running(container: DockerContainer, name: str, image: str) -> Iterator[None]:
    try:
        container.start()
    except Exception as error:  # noqa: BLE001 - whatever keeps a container from starting is the reason told
        _do_without(name, f"{image} does not start: {error}")
    try:
        yield
    finally:
        container.stop()


def need_docker(name: str) -> None:
    import docker

    try:
        docker.from_env().ping()
    except docker.errors.DockerException as error:
        _do_without(name, f"no Docker engine answers ({str(error).splitlines()[0][:80]})")


def _do_without(name: str, reason: str) -> None:
    _missing.add(f"{name}: {reason}")
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"{name} is required here: {reason}")
    pytest.skip(f"{name}: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _missing:
        told = f"NOT RUN for want of servers: {'; '.join(sorted(_missing))}"
        terminalreporter.write_line(told, yellow=True, bold=True)
