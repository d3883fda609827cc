"""Files that are read slowly, and questions of others beside them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from shared.adapters.http.interfaces import HttpInterfaces
from shared.ports.others.interfaces import Question
from tests.world.sockets import served

MANY = 150
"""More than the library keeps open unless it is told otherwise."""


async def test_whoever_reads_slowly_keeps_nobody_from_asking() -> None:
    read = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%PDF", "more_body": scope["path"] == "/certificate/file"})
        if scope["path"] == "/certificate/file":
            await read.wait()
            await send({"type": "http.response.body", "body": b""})

    async with served(app) as there, AsyncExitStack() as opened:
        interfaces = HttpInterfaces(lambda _: f"http://127.0.0.1:{there.port}")
        for _ in range(MANY):
            flow = await opened.enter_async_context(interfaces.flow(Question("GET", "/certificate/file")))
            assert flow.status == 200
        assert (await interfaces.ask(Question("GET", "/plan/annual-plans"))).status == 200
        read.set()
        await opened.aclose()
        await interfaces.close()
