"""A request on the raw line of the server, of a client that can be slow, and leave."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.world.house import House


class RawRequest:
    """A PUT by one account of what will be sent. tag: the version it knows."""

    def __init__(self, house: House, account: str, path: str, tag: str) -> None:
        self._house, self._account, self._path, self._tag = house, account, path, tag
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.said: list[Any] = []

    async def begin(self) -> asyncio.Task[None]:
        path, _, query = self._path.partition("?")
        token = await self._house.person(self._account).token()
        headers = {"authorization": f"Bearer {token}", "if-match": self._tag}
        scope = {
            "type": "http",
            "method": "PUT",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("192.0.2.1", 1),
            "server": ("house", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        return asyncio.create_task(self._house.door(scope, self._messages.get, self._say))

    def sends(self, body: bytes, more: bool = False) -> None:
        self._messages.put_nowait({"type": "http.request", "body": body, "more_body": more})

    def leaves(self) -> None:
        self._messages.put_nowait({"type": "http.disconnect"})

    @property
    def status(self) -> int:
        found: int = self.said[0]["status"]
        return found

    async def _say(self, message: Any) -> None:
        self.said.append(message)
