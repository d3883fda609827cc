"""The web server of a process: its address, its limits, and the door before its applications."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.runtime.connection import Connection, Patience
from services.runtime.crowd import Crowd
from shared.errors import Invalid
from shared.settings import PREFIX, Settings
from shared.web.edge.door import door
from shared.web.edge.wellformed import HEADER_LIMIT

EVERY_SECOND = 0  # for the library, which counts its own turns and does at every tenth what is due once a second
STOP_SECONDS = 20  # for what is in hand, below the grace period of the container
# Longer than our own clients keep an idle connection, so that none of them meets one that is just being closed.
KEEP_ALIVE_SECONDS = 30


class WebServer(uvicorn.Server):
    """Signals are ours: workers must finish what is in hand before the process goes. And it wakes once a second, where the
    library's own loop does ten times: a process with nothing to do spends most of its time in that."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Takes nothing new and ends what is there, at once."""
        self.should_exit = True
        self._leaving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while not await self.on_tick(EVERY_SECOND):
            self.look(loop.time())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._leaving.wait()

    def look(self, now: float) -> None:
        """At every connection. now: seconds of the loop's clock."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection):
                connection.look(now)


def server(app: Any, settings: Settings, patience: Patience | None = None) -> WebServer:
    """Raises Invalid for settings that nobody can read."""
    proxies = ProxyHeadersMiddleware(app, settings.trusted_proxies).trusted_hosts
    crowd = Crowd(settings.connections, proxies.__contains__)
    config = uvicorn.Config(
        door(app, settings),
        host=settings.host,
        port=settings.port,
        http=partial(Connection, patience=patience or Patience(), crowd=crowd),  # type: ignore[arg-type]
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEADER_LIMIT,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return WebServer(config)


def bind(settings: Settings) -> socket.socket:
    """The address to serve on. Raises Invalid when somebody else has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Without the protocol's number asyncio does not know it for TCP, leaves Nagle's algorithm on, and every answer on a
    # kept connection waits 40 ms for the acknowledgement of the one before.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        place = f"{settings.host}:{settings.port}"
        raise Invalid(f"{place} 不可用 · {error.strerror}: stop what uses it, or set {PREFIX}PORT") from error
    return listening
