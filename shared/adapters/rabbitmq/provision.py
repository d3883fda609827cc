"""Bring a broker to what the topology says, over its management API. Harmless to repeat; run at every deployment.

The definitions file that a broker imports at boot does not change objects that are there; this does: it adds what is
missing, sets rights and policies anew, and removes bindings and policies of ours that the topology no longer has.
Queues are never removed here, because they may hold messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from shared.adapters.rabbitmq.definitions import ADMIN, Definition, definitions
from shared.errors import Refused, Unavailable
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
    async with httpx.AsyncClient(base_url=admin_url, timeout=30) as client:
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


class _Broker:
    """The management API, with its two ways of failing."""

    def __init__(self, client: httpx.AsyncClient, vhost: str, services: frozenset[str]) -> None:
        self._client = client
        self.vhost, self.services = vhost, services

    def is_ours(self, name: str) -> bool:
        """Queues of our services; what an operator tied to `events` under another name stays."""
        return name.partition(".")[0] in self.services

    async def put(self, path: str, *names: str, body: Any) -> None:
        await self._ask("PUT", path, names, body)

    async def post(self, path: str, *names: str, body: Any) -> None:
        await self._ask("POST", path, names, body)

    async def delete(self, path: str, *names: str) -> None:
        await self._ask("DELETE", path, names, gone_is_fine=True)

    async def list(self, path: str, *names: str) -> list[Definition]:
        answer = await self._ask("GET", path, names)
        return list(answer.json())

    async def _ask(
        self, method: str, path: str, names: Sequence[str], body: Any = None, gone_is_fine: bool = False
    ) -> httpx.Response:
        address = "/api/" + path.format(*(quote(name, safe="") for name in names))
        try:
            answer = await self._client.request(method, address, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"消息系统的管理接口未能应答 · the broker's management does not answer: {error!r}"
            ) from error
        if answer.is_success or (gone_is_fine and answer.status_code == 404):
            return answer
        if answer.status_code == 401:
            raise Refused(
                f"消息系统不认管理员账号或密码 · "
                f"the broker does not accept the administrator {self._client.base_url.username!r} or its password"
            )
        if answer.status_code >= 500:
            raise Unavailable(
                f"消息系统的管理接口未能应答 · the broker's management answers {answer.status_code} to {method} {address}"
            )
        raise Refused(f"消息系统拒绝了部署请求 · the broker refuses {method} {address}: {_sentence(answer)}")


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


def _sentence(answer: httpx.Response) -> str:
    try:
        refusal = answer.json()
        return str(refusal.get("reason") or refusal.get("error") or refusal)
    except ValueError:
        return answer.text[:200] or f"status {answer.status_code}"
