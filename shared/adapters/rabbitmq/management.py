"""The broker's management API, with its two ways of failing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from shared.adapters.rabbitmq.definitions import Definition
from shared.errors import Refused, Unavailable

_OBJECTS: TypeAdapter[list[Definition]] = TypeAdapter(list[Definition])


def to_management(url: str) -> httpx.AsyncClient:
    """url: http(s)://user:password@host:15672. It never goes through a proxy of the environment, which would be given the
    administrator's password: a transport of our own is how the library is told so, and still trusts the certificates that the
    environment names."""
    return httpx.AsyncClient(base_url=url, timeout=30, transport=httpx.AsyncHTTPTransport())


class Management:
    """Raises Unavailable when the broker does not answer, Refused with the broker's sentence when it says no."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def put(self, path: str, *names: str, body: Any) -> None:
        await self._ask("PUT", path, names, body)

    async def post(self, path: str, *names: str, body: Any) -> None:
        await self._ask("POST", path, names, body)

    async def delete(self, path: str, *names: str) -> None:
        await self._ask("DELETE", path, names, gone_is_fine=True)

    async def list(self, path: str, *names: str) -> list[Definition]:
        answer = await self._ask("GET", path, names)
        try:
            return _OBJECTS.validate_json(answer.content)
        except ValidationError as error:  # a gateway's page, or half an answer
            raise Unavailable(
                f"消息系统的管理接口应答有误 · the broker's management answers GET {answer.url.path} with something that is no "
                "list of it"
            ) from error

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


def _sentence(answer: httpx.Response) -> str:
    try:
        refusal = answer.json()
        return str(refusal.get("reason") or refusal.get("error") or refusal)
    except (ValueError, AttributeError):  # AttributeError: JSON, but no object
        return answer.text[:200] or f"status {answer.status_code}"
