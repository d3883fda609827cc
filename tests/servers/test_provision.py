"""What provisioning leaves in a real broker, and that it can be repeated and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from services.runtime.catalogue import REGISTER
from shared.adapters.rabbitmq.definitions import definitions
from shared.adapters.rabbitmq.provision import provision
from shared.errors import Refused, Unavailable
from tests.world.engines import PASSWORD, Broker, a_vhost, furnish
from tests.world.eventually import eventually
from tests.world.topology import SERVICES, TOPOLOGY

pytestmark = pytest.mark.servers


@pytest.fixture
async def broker(amqp_url: str, amqp_admin_url: str) -> AsyncIterator[Broker]:
    """A vhost made by what is tested here."""
    async with a_vhost(amqp_url, amqp_admin_url) as broker:
        passwords = dict.fromkeys(SERVICES, PASSWORD)
        await provision(broker.admin_url, broker.vhost, TOPOLOGY, passwords, user_prefix=broker.prefix)
        yield broker


async def ask(broker: Broker, path: str) -> Any:
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=30) as client:
        answer = await client.get(f"/api/{path}/{quote(broker.vhost, safe='')}")
        return answer.raise_for_status().json()


async def links(broker: Broker) -> set[tuple[str, str, str]]:
    found = await ask(broker, "bindings")
    return {(one["source"], one["destination"], one["routing_key"]) for one in found if one["source"]}


async def test_the_broker_has_exactly_what_the_topology_says(broker: Broker) -> None:
    wanted = definitions(TOPOLOGY, broker.vhost, broker.prefix)
    queues = await ask(broker, "queues")
    assert {one["name"] for one in queues} == {one["name"] for one in wanted["queues"]}
    assert {one["type"] for one in queues} == {"quorum"}
    exchanges = {one["name"]: one["type"] for one in await ask(broker, "exchanges")}
    assert {(one["name"], one["type"]) for one in wanted["exchanges"]} <= set(exchanges.items())
    bindings = {(one["source"], one["destination"], one["routing_key"]) for one in wanted["bindings"]}
    assert await links(broker) == bindings
    assert {one["name"] for one in await ask(broker, "policies")} == {one["name"] for one in wanted["policies"]}


async def test_every_queue_is_under_its_own_policy(broker: Broker) -> None:
    async def applied() -> bool:  # the management's figures lag some seconds behind
        queues = await ask(broker, "queues")
        assert {one["name"]: one.get("policy") for one in queues} == {one["name"]: one["name"] for one in queues}
        return True

    await eventually(applied, within=30)


async def test_repeating_changes_nothing(broker: Broker) -> None:
    before = [await ask(broker, path) for path in ("policies", "exchanges")], await links(broker)
    await provision(broker.admin_url, broker.vhost, TOPOLOGY, {}, user_prefix=broker.prefix)
    after = [await ask(broker, path) for path in ("policies", "exchanges")], await links(broker)
    assert before == after


async def test_what_the_topology_drops_is_unbound_and_foreign_things_stay(broker: Broker) -> None:
    vhost = quote(broker.vhost, safe="")
    async with httpx.AsyncClient(base_url=f"{broker.admin_url}/api", timeout=30) as client:
        await client.put(f"/queues/{vhost}/tap.of.an.operator", json={"durable": True})
        await client.post(f"/bindings/{vhost}/e/events/q/tap.of.an.operator", json={"routing_key": "roster.#"})
        policy = {"pattern": "^tap", "definition": {"max-length": 10}, "apply-to": "queues"}
        await client.put(f"/policies/{vhost}/tap", json=policy)
    fewer = replace(TOPOLOGY, queues=tuple(one for one in TOPOLOGY.queues if one.name != "notification.plan"))
    await provision(broker.admin_url, broker.vhost, fewer, {}, user_prefix=broker.prefix)

    assert [link for link in await links(broker) if link[1] == "notification.plan"] == []
    assert ("events", "tap.of.an.operator", "roster.#") in await links(broker)
    policies = {one["name"] for one in await ask(broker, "policies")}
    assert "tap" in policies
    assert "notification.plan" not in policies
    assert "notification.plan" in {one["name"] for one in await ask(broker, "queues")}  # it may hold messages


async def test_a_producer_gets_a_queue_of_its_own(broker: Broker) -> None:
    lanes = REGISTER.topology(["49050000"])
    await provision(broker.admin_url, broker.vhost, lanes, {}, user_prefix=broker.prefix)
    key, queue = "batch.numbered.v1.49050000", "certificate.produce.49050000"
    assert ("events", queue, key) in await links(broker)
    assert ("events", "certificate.produce", key) not in await links(broker)


async def test_without_passwords_no_user_is_made(amqp_admin_url: str) -> None:
    vhost, prefix = f"test-{uuid4().hex[:8]}", f"{uuid4().hex[:8]}-"
    await provision(amqp_admin_url, vhost, TOPOLOGY, {}, user_prefix=prefix)
    async with httpx.AsyncClient(base_url=f"{amqp_admin_url}/api", timeout=30) as client:
        users = [user["name"] for user in (await client.get("/users")).json()]
        await client.delete(f"/vhosts/{vhost}")
    assert [name for name in users if name.startswith(prefix)] == []


async def test_a_password_for_nobody_is_refused(used_broker: Broker) -> None:
    with pytest.raises(Refused, match="certifcate"):
        await provision(used_broker.admin_url, used_broker.vhost, TOPOLOGY, {"certifcate": PASSWORD})


async def test_wrong_credentials_are_refused_in_a_sentence(used_broker: Broker) -> None:
    url = httpx.URL(used_broker.admin_url)
    wrong = str(url.copy_with(username=url.username, password="wrong"))
    with pytest.raises(Refused, match=f"does not accept the administrator '{url.username}'"):
        await provision(wrong, used_broker.vhost, TOPOLOGY, {})


async def test_no_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await provision("http://admin:x@127.0.0.1:9", "core", TOPOLOGY, {})


@pytest.fixture
async def imported(amqp_url: str, amqp_admin_url: str) -> AsyncIterator[Broker]:
    """A vhost made by importing the document, as a broker does at boot."""
    async with a_vhost(amqp_url, amqp_admin_url) as broker:
        await furnish(broker, passwords=False)
        yield broker


async def rights(broker: Broker, kind: str) -> list[dict[str, str]]:
    """Of our services; administrators come with the boot file only."""
    async with httpx.AsyncClient(base_url=broker.admin_url, timeout=30) as client:
        found = (await client.get(f"/api/vhosts/{quote(broker.vhost, safe='')}/{kind}")).raise_for_status().json()
    ours = [{**one, "vhost": "", "user": one["user"].removeprefix(broker.prefix)} for one in found]
    return sorted((one for one in ours if one["user"] in SERVICES), key=str)


async def test_the_boot_file_and_provisioning_make_the_same(imported: Broker, broker: Broker) -> None:
    assert await links(imported) == await links(broker)
    for path in ("queues", "exchanges", "policies"):
        names = [{one["name"] for one in await ask(one_broker, path)} for one_broker in (imported, broker)]
        assert names[0] == names[1]
    for kind in ("permissions", "topic-permissions"):
        made = await rights(imported, kind)
        assert made
        assert made == await rights(broker, kind)


async def test_users_of_the_boot_file_cannot_sign_in_before_they_have_a_password(imported: Broker) -> None:
    address = imported.admin_url.partition("@")[2]
    async with httpx.AsyncClient() as client:
        for password in ("", "provision"):
            answer = await client.get(f"http://{address}/api/whoami", auth=(f"{imported.prefix}provision", password))
            assert answer.status_code == 401
