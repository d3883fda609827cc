"""A real server on a port of this machine, and visitors who write to it whatever they like."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from services.runtime.connection import Connection
from services.runtime.serving import WebServer, bind, server
from shared.settings import Settings
from tests.world.eventually import eventually


@dataclass
class Served:
    web: WebServer
    port: int

    @property
    def connections(self) -> list[Connection]:
        return [one for one in self.web.server_state.connections if isinstance(one, Connection)]

    async def open(self, **options: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, **options)

    async def ask(self, sent: bytes) -> bytes:
        """On a connection of its own, until the server ends it."""
        reader, writer = await self.open()
        try:
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), 20)
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def served(app: Any, **settings: Any) -> AsyncIterator[Served]:
    """app: what stands behind the door of a process."""
    chosen = Settings(port=0, **settings)
    listening = bind(chosen)
    web = server(app, chosen)
    serving = asyncio.create_task(web.serve(sockets=[listening]))
    try:
        await eventually(lambda: web.started)
        yield Served(web, listening.getsockname()[1])
    finally:
        web.force_exit = True
        web.leave()
        await serving
