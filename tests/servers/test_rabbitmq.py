"""The bus on a broker that goes away, comes back, or is full."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest

from shared.adapters.clock import SystemClock
from shared.adapters.rabbitmq import bus as rabbitmq
from shared.adapters.rabbitmq import link
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.errors import Unavailable
from shared.ports import Again, Delivery, Done, Fate, Outgoing
from shared.ports.exchanges import EVENTS
from tests.world.engines import Broker, shorten_waits
from tests.world.eventually import eventually
from tests.world.proxy import Proxy
from tests.world.topology import TOPOLOGY

pytestmark = pytest.mark.servers
NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)
INTAKE = "certificate.intake"


@pytest.fixture
async def proxy(broker: Broker) -> AsyncIterator[Proxy]:
    proxy = Proxy(broker.host, broker.port)
    await proxy.open()
    yield proxy
    await proxy.close()


@pytest.fixture
async def reporting(broker: Broker, proxy: Proxy) -> AsyncIterator[RabbitBus]:
    """Its connections run through the proxy."""
    bus = through(proxy, broker, "reporting")
    yield bus
    await bus.close()


@pytest.fixture
async def certificate(broker: Broker, proxy: Proxy) -> AsyncIterator[RabbitBus]:
    bus = through(proxy, broker, "certificate")
    yield bus
    await bus.close()


def through(proxy: Proxy, broker: Broker, service: str) -> RabbitBus:
    url = broker.url(service).replace(f"{broker.host}:{broker.port}", f"127.0.0.1:{proxy.port}")
    return RabbitBus(url, TOPOLOGY.queues, SystemClock(), f"tests {service}")


def a_fact(n: int) -> Outgoing:
    return Outgoing(n, NOON, EVENTS, "roster.approved.v1", json.dumps({"id": f"/reporting/roster/r{n}#1", "n": n}))


async def publish_in_the_end(bus: RabbitBus, n: int) -> None:
    """As the relay does it: until the broker has confirmed."""

    async def confirmed() -> bool:
        try:
            await bus.publish(a_fact(n))
        except Unavailable:
            return False
        return True

    await eventually(confirmed, within=30)


async def test_hundreds_in_flight_survive_a_cut(reporting: RabbitBus, certificate: RabbitBus, proxy: Proxy) -> None:
    got: list[int] = []

    async def note(delivery: Delivery) -> Fate:
        got.append(json.loads(delivery.wire)["n"])
        if len(got) in (50, 200):
            proxy.cut()
        return Done()

    consumer = asyncio.create_task(certificate.consume(INTAKE, 20, note))
    await asyncio.gather(*(publish_in_the_end(reporting, n) for n in range(400)))
    await eventually(lambda: set(got) == set(range(400)), within=30)
    assert proxy.accepted > 2
    consumer.cancel()
    await asyncio.wait([consumer])


async def test_hundreds_at_once_work_right_after_a_reconnect(reporting: RabbitBus, proxy: Proxy) -> None:
    await reporting.publish(a_fact(0))
    for _ in range(3):
        proxy.cut()
        await publish_in_the_end(reporting, 0)
        await asyncio.gather(*(reporting.publish(a_fact(n)) for n in range(300)))


async def test_a_consumer_registers_again_and_readiness_tells(certificate: RabbitBus, proxy: Proxy) -> None:
    async def note(delivery: Delivery) -> Fate:
        return Done()

    consumer = asyncio.create_task(certificate.consume(INTAKE, 1, note))
    await eventually(lambda: INTAKE in certificate.consuming())
    first = certificate.consuming()[INTAKE]
    proxy.shut()
    await eventually(lambda: proxy.port and not proxy._writers)
    assert certificate.consuming() == {INTAKE: first}  # growing old is what readiness looks at
    await proxy.open()
    await eventually(lambda: certificate.consuming()[INTAKE] > first, within=15)
    consumer.cancel()
    await asyncio.wait([consumer])


async def test_what_was_in_hand_when_the_connection_broke_is_finished_once_and_comes_again(
    reporting: RabbitBus, certificate: RabbitBus, proxy: Proxy
) -> None:
    finished, at_once, most = 0, 0, 0
    begun = asyncio.Event()
    may_end = asyncio.Event()

    async def slow(delivery: Delivery) -> Fate:
        nonlocal finished, at_once, most
        at_once += 1
        most = max(most, at_once)
        begun.set()
        await may_end.wait()
        at_once -= 1
        finished += 1
        return Done()

    consumer = asyncio.create_task(certificate.consume(INTAKE, 5, slow))
    await reporting.publish(a_fact(1))
    await begun.wait()
    proxy.cut()
    await publish_in_the_end(reporting, 2)
    may_end.set()
    await eventually(lambda: finished >= 3, within=15)
    assert most <= 2
    consumer.cancel()
    await asyncio.wait([consumer])


async def test_no_broker_is_unavailable_at_once(reporting: RabbitBus, proxy: Proxy) -> None:
    proxy.shut()
    for attempt in (reporting.publish(a_fact(1)), reporting.ping()):
        with pytest.raises(Unavailable) as caught:
            await asyncio.wait_for(attempt, 2)
        assert caught.value.ping is not None
    await proxy.open()
    await reporting.ping()
    await reporting.publish(a_fact(1))


async def test_a_silent_broker_is_unavailable_in_time(
    reporting: RabbitBus, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reporting.publish(a_fact(0))
    monkeypatch.setattr(link, "PATIENCE", 0.5)
    proxy.hold()
    with pytest.raises(Unavailable, match="no answer within"):
        await asyncio.wait_for(reporting.publish(a_fact(1)), 3)
    proxy.release()
    await publish_in_the_end(reporting, 2)


async def test_a_retry_that_cannot_be_published_keeps_its_delivery_until_it_can(
    broker: Broker, reporting: RabbitBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker out of memory blocks publishers only; burning the limit of crashes then would park innocent messages."""
    await shorten_waits(broker)
    bus = RabbitBus(broker.url("certificate"), TOPOLOGY.queues, SystemClock(), "tests certificate")
    attempts: list[int] = []
    refusals = 3
    send = bus._send

    async def blocked(*message: object) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise Unavailable("blocked")
        await send(*message)  # type: ignore[arg-type]

    async def fails_once(delivery: Delivery) -> Fate:
        attempts.append(delivery.attempt)
        return Again("10s") if delivery.attempt == 0 else Done()

    monkeypatch.setattr(bus, "_send", blocked)
    monkeypatch.setattr(rabbitmq, "RESEND_EVERY", 0.05)
    consumer = asyncio.create_task(bus.consume(INTAKE, 1, fails_once))
    await reporting.publish(a_fact(1))
    await eventually(lambda: attempts == [0, 1])
    consumer.cancel()
    await asyncio.wait([consumer])
    await bus.close()


async def test_a_full_queue_is_unavailable_and_takes_more_once_somebody_consumes(
    broker: Broker, reporting: RabbitBus, certificate: RabbitBus
) -> None:
    vhost = quote(broker.vhost, safe="")
    async with httpx.AsyncClient(base_url=f"{broker.admin_url}/api", timeout=30) as client:
        policy = (await client.get(f"/policies/{vhost}/{INTAKE}")).json()
        full = {**policy, "definition": {**policy["definition"], "max-length": 3}}
        await client.put(f"/policies/{vhost}/{INTAKE}", json=full)

        async def refused() -> bool:
            with contextlib.suppress(asyncio.TimeoutError):
                try:
                    await reporting.publish(a_fact(1))
                except Unavailable as error:
                    assert "does not take it now" in str(error)
                    return True
            return False

        await eventually(refused)

    # Not mended by lifting the limit: a channel of 3.10 that was refused hears only of a queue that is emptied.
    async def taken(_: Delivery) -> Fate:
        return Done()

    consumer = asyncio.create_task(certificate.consume(INTAKE, 10, taken))
    await publish_in_the_end(reporting, 2)
    consumer.cancel()
    await asyncio.wait([consumer])


async def test_two_copies_of_one_message_are_never_in_flight_together(certificate: RabbitBus) -> None:
    """The driver matches returned messages by message id alone."""
    message = Outgoing(1, NOON, "wait.1h", INTAKE, a_fact(1).wire)
    await asyncio.gather(*(certificate.publish(message) for _ in range(50)))
    assert certificate._in_flight == {}


async def test_a_wrong_password_is_unavailable(broker: Broker) -> None:
    url = broker.url("reporting").replace(":secret-of-the-tests@", ":wrong@")
    bus = RabbitBus(url, TOPOLOGY.queues, SystemClock(), "tests")
    with pytest.raises(Unavailable):
        await bus.publish(a_fact(1))
    await bus.close()


async def test_a_closed_bus_is_unavailable(broker: Broker) -> None:
    bus = RabbitBus(broker.url("reporting"), TOPOLOGY.queues, SystemClock(), "tests")
    await bus.publish(a_fact(1))
    await bus.close()
    with pytest.raises(Unavailable):
        await bus.publish(a_fact(1))
