"""Visitors who go away while something is done for them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T], arrived: asyncio.Event | None = None) -> T:
    """What `work` returns or raises; it is cancelled, and over, as soon as the client goes away, which the framework tells
    nobody. For work that stores nothing.

    arrived: set when the body was read, if `work` reads it; else it was read before. Raises ClientDisconnect."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request, arrived))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request, arrived: asyncio.Event | None) -> None:
    if arrived is not None:
        await arrived.wait()
    while (await request.receive())["type"] != "http.disconnect":
        pass
