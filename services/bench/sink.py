"""A post office of this machine that takes every letter and keeps none, in a process of its own so that its work is not ours."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

PATIENCE = 30.0  # seconds until it listens


@contextmanager
def letters_sink() -> Iterator[int]:
    """The port on which it listens, without encryption."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_listen, args=(its,), daemon=True)
    process.start()
    try:
        if not ours.poll(PATIENCE):
            raise TimeoutError("the sink for letters does not listen")
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _listen(told: Connection) -> None:
    asyncio.run(_serve(told))


async def _serve(told: Connection) -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0, limit=2**22)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            await reader.readuntil(b"\r\n.\r\n")
        elif word == b"QUIT":
            break
        writer.write(
            b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n" if word == b"EHLO" else b"250 ok\r\n"
        )
        await writer.drain()
    writer.close()
