"""A request whose raw messages, as the server hands them over, the test sends."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request


class HandRequest:
    """A request whose messages the test sends."""

    def __init__(self, *bodies: bytes, over: bool = True) -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for n, body in enumerate(bodies, 1):
            self.arrives(body, more=not over or n < len(bodies))
        scope = {"type": "http", "method": "PUT", "path": "/", "headers": [], "query_string": b""}
        self.request = Request(scope, self.messages.get)

    def arrives(self, body: bytes, more: bool = True) -> None:
        self.messages.put_nowait({"type": "http.request", "body": body, "more_body": more})

    def leaves(self) -> None:
        self.messages.put_nowait({"type": "http.disconnect"})
