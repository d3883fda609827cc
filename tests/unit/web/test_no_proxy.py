"""What stays inside goes through no proxy of the environment: it would get passwords and tokens, and cannot find our names."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from services.gateway.app import gateway_app
from shared.adapters.http.neighbours import HttpNeighbours
from shared.adapters.rabbitmq.management import Management, to_management
from shared.contracts.directory import MachineState
from shared.errors import AppError
from shared.settings import Settings
from tests.world.clock import HandClock

HOST = "nobody.invalid"


async def ask_the_management() -> None:
    async with to_management(f"http://admin:password@{HOST}") as client:
        await Management(client).list("users")


async def ask_a_neighbour() -> None:
    neighbours = HttpNeighbours("plan", "password", lambda _: f"http://{HOST}", HandClock())
    try:
        await neighbours.get("directory", "/machines/1", MachineState)
    finally:
        await neighbours.close()


async def ask_at_the_door() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    app = gateway_app(Settings(), ["directory"], "console", lookup=lookup)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://house") as visitor:
        await visitor.get("/directory/bodies", headers={"Authorization": "Bearer of-a-visitor"})


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[bytes]]:
    """What it was given."""
    given: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 502 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    yield given
    server.close()


@pytest.mark.parametrize("asking", [ask_the_management, ask_a_neighbour, ask_at_the_door])
async def test_what_stays_inside_goes_through_no_proxy(
    proxy: list[bytes], asking: Callable[[], Awaitable[None]]
) -> None:
    with contextlib.suppress(AppError):
        await asking()
    assert proxy == []
