"""A TCP proxy between an adapter and its server, to cut and to stop what passes."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.world.ports import a_port


class Proxy:
    """`await proxy.open()`, then connect to 127.0.0.1:`proxy.port`."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0
        self.accepted = 0

    async def open(self) -> None:
        """Also after `shut`: on the same port."""
        self.port = self.port or a_port()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cut(self) -> None:
        """End every connection abruptly; new ones are served."""
        for writer in list(self._writers):
            writer.transport.abort()

    def shut(self) -> None:
        """End every connection and refuse new ones until `open`."""
        if self._server is not None:
            self._server.close()
        self.cut()

    def hold(self) -> None:
        """Keep connections open and let nothing pass, as a network that swallows packets does, until `release`."""
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    async def close(self) -> None:
        self.release()
        self.shut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        with suppress(OSError):  # the server is away: the caller sees its connection end
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
            self._writers.add(far_writer)
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
            self._writers.discard(far_writer)
        writer.close()
        self._writers.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # being cut is what this is for
            while piece := await reader.read(65536):
                await self._flows.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()
