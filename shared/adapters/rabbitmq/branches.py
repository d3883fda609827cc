"""Queues of branch centres: in a vhost of their own, one for each body, which its user reads and nobody else.

A queue may lose, the feed does not: what is too old or too much leaves at its head, so that one who sleeps never holds up
whoever publishes. There is no exchange of ours; the default one leads to every queue by its name, and no user of a body may
write to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit, urlunsplit

import aio_pika
from aio_pika.abc import AbstractChannel
from pamqp.commands import Basic

from shared.adapters.rabbitmq.definitions import Definition
from shared.adapters.rabbitmq.link import Driver, Link, Shared, inside
from shared.adapters.rabbitmq.management import Management, to_management
from shared.adapters.rabbitmq.message import CONTENT_TYPE
from shared.ports import Pushed
from shared.ports.others.branches import VHOST, queue_of, user_of

QUEUE, USER = queue_of(""), user_of("")
LONGEST = 10_000  # messages
POLICY = "branches"
OLDEST = 30 * 24 * 3600 * 1000  # milliseconds
LIMITS = {"max-length": LONGEST, "message-ttl": OLDEST, "overflow": "drop-head"}

FEW = {"max-connections": 10, "max-channels": 100}
"""Of one user: software of others, of which we do not know how it is written."""


class RabbitBranches:
    """Keeps the promises of `ports.Branches`."""

    def __init__(self, url: str, admin_url: str, vhost: str = VHOST, user_prefix: str = "") -> None:
        """url: amqp(s)://user:password@host of the administrator, of any vhost. admin_url: of the management.
        user_prefix: lets several houses share one broker."""
        parts = urlsplit(url)
        self._admin, self._admin_url, self._vhost = unquote(parts.username or "guest"), admin_url, vhost
        self._user = user_prefix + USER
        there = urlunsplit((parts.scheme, parts.netloc, f"/{vhost}", parts.query, ""))
        self._link = Link(there, "notification branches", self.ping)
        self._publisher = Shared(self._open_publisher, lambda channel: not channel.is_closed)

    async def prepare(self) -> None:
        async with self._management() as broker:
            await broker.put("vhosts/{}", self._vhost, body={})
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            await broker.put("permissions/{}/{}", self._vhost, self._admin, body=everything)
            await self._limit(broker)

    async def _limit(self, broker: Management) -> None:
        limits = {"pattern": f"^{re.escape(QUEUE)}", "definition": LIMITS, "apply-to": "queues", "priority": 10}
        await broker.put("policies/{}/{}", self._vhost, POLICY, body=limits)

    async def there(self) -> Mapping[str, str]:
        """A user who may more than read its queue, or less, or whose limits are others, is none: somebody changed that by hand,
        or a process died in the middle of it."""
        async with self._management() as broker:
            policies = {one.get("name"): one.get("definition") for one in await broker.list("policies/{}", self._vhost)}
            if policies.get(POLICY) != LIMITS:
                await self._limit(broker)
            queues = await broker.list("queues/{}", self._vhost)
            users = await broker.list("users")
            rights = await broker.list("permissions")
            limits = {one.get("user"): one.get("value") for one in await broker.list("user-limits")}
        found = {one["name"].removeprefix(QUEUE): "" for one in queues if one["name"].startswith(QUEUE)}
        without = set(found)
        for user in users:
            name = user["name"]
            if name.startswith(self._user):
                body = name.removeprefix(self._user)
                own = [_without_user(one) for one in rights if one.get("user") == name]
                whole = own == [{"vhost": self._vhost, **_rights(body)}] and limits.get(name) == FEW
                found[body] = user.get("password_hash", "") if body in without and whole and not user["tags"] else ""
        return found

    async def let_in(self, body: str, password_hash: str) -> None:
        user = self._user + body
        async with self._management() as broker:
            declared = {"durable": True, "auto_delete": False, "arguments": {"x-queue-type": "quorum"}}
            await broker.put("queues/{}/{}", self._vhost, queue_of(body), body=declared)
            await self._end(broker, user)
            made = {"password_hash": password_hash, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ""}
            await broker.put("users/{}", user, body=made)
            for limit, value in FEW.items():
                await broker.put("user-limits/{}/{}", user, limit, body={"value": value})
            await broker.put("permissions/{}/{}", self._vhost, user, body=_rights(body))

    async def shut_out(self, body: str) -> None:
        async with self._management() as broker:
            await self._end(broker, self._user + body)
            await broker.delete("queues/{}/{}", self._vhost, queue_of(body))

    async def _end(self, broker: Management, user: str) -> None:
        """The broker itself closes what a user has open who is deleted; what it lists as open is closed all the same."""
        await broker.delete("users/{}", user)
        for connection in await broker.list("vhosts/{}/connections", self._vhost):
            if connection.get("user") == user:
                await broker.delete("connections/{}", connection["name"])

    async def publish(self, body: str, messages: Sequence[Pushed]) -> None:
        async with Driver(f"{queue_of(body)} did not take what is next", self.ping):
            channel = await inside(await self._publisher.get())
            sent = [
                channel.basic_publish(
                    message.content,
                    exchange="",
                    routing_key=queue_of(body),
                    properties=_properties(message),
                    mandatory=True,
                )
                for message in messages
            ]
            for result in await asyncio.gather(*sent, return_exceptions=True):
                if isinstance(result, BaseException):
                    raise result

    async def ping(self) -> None:
        async with self._management() as broker:
            await broker.list("vhosts")

    async def close(self) -> None:
        await self._link.close()

    async def _open_publisher(self) -> AbstractChannel:
        return await self._link.channel(publisher_confirms=True, on_return_raises=True)

    @asynccontextmanager
    async def _management(self) -> AsyncIterator[Management]:
        async with to_management(self._admin_url) as client:
            yield Management(client)


def _rights(body: str) -> Definition:
    return {"configure": "^$", "write": "^$", "read": f"^{re.escape(queue_of(body))}$"}


def _without_user(right: Definition) -> Definition:
    return {name: value for name, value in right.items() if name != "user"}


def _properties(message: Pushed) -> Basic.Properties:
    return Basic.Properties(
        headers={"feedlast": message.last},
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT.value,
        message_id=message.id,
    )
