"""Bring a broker to what the topology says, over its management API. Harmless to repeat; run at every deployment.

The definitions file that a broker imports at boot does not change objects that are there; this does: it adds what is
missing, sets rights and policies anew, and removes bindings and policies of ours that the topology no longer has.
Queues are never removed here, because they may hold messages.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from shared.adapters.rabbitmq.definitions import ADMIN, Definition, definitions
from shared.adapters.rabbitmq.management import Management, to_management
from shared.errors import Refused
from shared.messaging.topology import Topology


async def provision(
    admin_url: str,
    vhost: str,
    topology: Topology,
    passwords: Mapping[str, str],
    *,
    user_prefix: str = "",
) -> None:
    """admin_url: http(s)://user:password@host:15672. passwords: service (or `provision`) → password; a user without one
    is neither made nor changed, and gets no rights if it does not exist.

    Raises Unavailable when the broker does not answer, Refused with the broker's sentence when it says no.
    """
    wanted = definitions(topology, vhost, user_prefix)
    async with to_management(admin_url) as client:
        broker = _Broker(client, vhost, frozenset(topology.owners))
        await broker.put("vhosts/{}", vhost, body={})
        await _users(broker, wanted, passwords, user_prefix)
        for exchange in wanted["exchanges"]:
            await broker.put("exchanges/{}/{}", vhost, exchange["name"], body=_without(exchange, "name", "vhost"))
        # Policies before queues: a queue must never be there without its limits and its way into parking.
        await _policies(broker, wanted)
        for queue in wanted["queues"]:
            await broker.put("queues/{}/{}", vhost, queue["name"], body=_without(queue, "name", "vhost"))
        await _bindings(broker, wanted)


class _Broker(Management):
    """One vhost of it."""

    def __init__(self, client: httpx.AsyncClient, vhost: str, services: frozenset[str]) -> None:
        super().__init__(client)
        self.vhost, self.services = vhost, services

    def is_ours(self, name: str) -> bool:
        """Queues of our services; what an operator tied to `events` under another name stays."""
        return name.partition(".")[0] in self.services


async def _users(broker: _Broker, wanted: Definition, passwords: Mapping[str, str], prefix: str) -> None:
    unknown = sorted(set(passwords) - broker.services - {ADMIN})
    if unknown:
        raise Refused(f"密码所属的服务不存在 · passwords for unknown services: {', '.join(unknown)}")
    for user in wanted["users"]:
        if password := passwords.get(user["name"].removeprefix(prefix)):
            tags = ",".join(user["tags"])
            await broker.put("users/{}", user["name"], body={"password": password, "tags": tags})
    there = {user["name"] for user in await broker.list("users")}
    for right in wanted["permissions"]:
        if right["user"] in there:
            body = _without(right, "user", "vhost")
            await broker.put("permissions/{}/{}", broker.vhost, right["user"], body=body)
    for right in wanted["topic_permissions"]:
        if right["user"] in there:
            body = _without(right, "user", "vhost")
            await broker.put("topic-permissions/{}/{}", broker.vhost, right["user"], body=body)


async def _policies(broker: _Broker, wanted: Definition) -> None:
    for policy in wanted["policies"]:
        await broker.put("policies/{}/{}", broker.vhost, policy["name"], body=_without(policy, "name", "vhost"))
    names = {policy["name"] for policy in wanted["policies"]}
    for policy in await broker.list("policies/{}", broker.vhost):
        if policy["name"] not in names and broker.is_ours(policy["name"]):
            await broker.delete("policies/{}/{}", broker.vhost, policy["name"])


async def _bindings(broker: _Broker, wanted: Definition) -> None:
    there = {_key(binding): binding for binding in await broker.list("bindings/{}", broker.vhost)}
    for binding in wanted["bindings"]:
        if _key(binding) not in there:
            names = broker.vhost, binding["source"], binding["destination"]
            body = {"routing_key": binding["routing_key"], "arguments": {}}
            await broker.post("bindings/{}/e/{}/q/{}", *names, body=body)
    sources = {exchange["name"] for exchange in wanted["exchanges"]}
    keep = {_key(binding) for binding in wanted["bindings"]}
    for key, binding in there.items():
        ours = binding["source"] in sources and binding["destination_type"] == "queue"
        if ours and key not in keep and broker.is_ours(binding["destination"]):
            names = broker.vhost, binding["source"], binding["destination"]
            await broker.delete("bindings/{}/e/{}/q/{}/{}", *names, binding["properties_key"])


def _key(binding: Definition) -> tuple[str, str, str]:
    return binding["source"], binding["destination"], binding["routing_key"]


def _without(definition: Definition, *names: str) -> Definition:
    return {name: value for name, value in definition.items() if name not in names}
