"""Visitors at the gateway, and services behind it that remember what they were asked."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from fastapi import FastAPI

from services.gateway.app import gateway_app
from shared.settings import Settings
from tests.world.topology import INTERFACES, PAGES, SERVICES

SETTINGS = Settings(neighbours="http://{service}:8000")


def gateway(behind: httpx.AsyncBaseTransport, *addresses: str) -> FastAPI:
    """addresses: of every service; without any, names are taken as they are."""

    async def lookup(host: str, port: int) -> Sequence[str]:
        assert (host in SERVICES, port) == (True, 8000)
        return addresses

    return gateway_app(SETTINGS, INTERFACES, PAGES, behind, lookup)


def visitor(behind: httpx.AsyncBaseTransport, *addresses: str) -> httpx.AsyncClient:
    """Comes from 192.0.2.7."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=gateway(behind, *addresses), client=("192.0.2.7", 4711)),
        base_url="http://door.example",
    )


class Behind(httpx.AsyncBaseTransport):
    """Every service: answers 200 and remembers what it was asked. `away` do not answer."""

    def __init__(self, *away: str) -> None:
        self._away = away
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.host in self._away:
            raise httpx.ConnectError("refused", request=request)
        await request.aread()
        if request.url.path == "/readyz":
            return httpx.Response(200, json={"ready": True, "missing": [], "home": {"store": "mongodb"}})
        headers = [("date", "today"), ("etag", '"v3"'), ("x-correlation-id", "c1"), ("connection", "close, x-inner")]
        headers += [("x-inner", "1"), ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/")]
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"answer"))
