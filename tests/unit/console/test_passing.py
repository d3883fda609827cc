"""A file on its way through the console: piece by piece, and let go of however it ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from services.console.desk.entry import DESK
from services.console.documents.passing import passed_on
from services.console.refusal import Refusal
from services.console.sessions.session import Secret
from services.console.visitor import Look, Visitor
from shared.ports.others.interfaces import Flow, Question


class Door:
    """flows: status and pieces of each answer. It stands for the services and for the sessions."""

    def __init__(self, *flows: tuple[int, list[bytes]]) -> None:
        self.flows, self.open, self.exchanges = list(flows), 0, 0

    @asynccontextmanager
    async def flow(self, question: Question) -> AsyncIterator[Flow]:
        status, content = self.flows.pop(0)

        async def pieces() -> AsyncIterator[bytes]:
            for piece in content:
                yield piece

        self.open += 1
        try:
            headers = {"content-type": "application/pdf", "set-cookie": "x=1", "content-length": "6"}
            yield Flow(status, headers, pieces())
        finally:
            self.open -= 1

    async def exchanged(self, secret: Secret, before: Any, address: str) -> Any:
        self.exchanges += 1
        return before


def visitor_at(door: Any) -> Visitor:
    session = SimpleNamespace(access="a token", holder=None)
    page = DESK.pages[0]
    return Visitor(None, "", Look(), DESK, page, door, door, Secret("s"), session)  # type: ignore[arg-type]


async def answered(response: Any, gone: bool = False) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if gone:
            raise OSError
        told.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}}
    await response(scope, receive, send)
    return told


async def test_piece_by_piece_and_never_kept() -> None:
    door = Door((200, [b"abc", b"def"]))
    start, *pieces = await answered(await passed_on(visitor_at(door), "/x"))
    assert [piece["body"] for piece in pieces] == [b"abc", b"def", b""]
    headers = dict(start["headers"])
    assert headers[b"content-type"] == b"application/pdf"
    assert headers[b"cache-control"] == b"no-store"
    assert b"set-cookie" not in headers, "only what belongs to a file"
    assert door.open == 0


async def test_a_browser_that_goes_away_holds_nothing_open() -> None:
    door = Door((200, [b"abc", b"def"]))
    with pytest.raises(ClientDisconnect):
        await answered(await passed_on(visitor_at(door), "/x"), gone=True)
    assert door.open == 0


async def test_a_refusal_is_one() -> None:
    said = json.dumps({"status": 409, "detail": "尚未编号 · no numbers yet"}).encode()
    door = Door((409, [said[:10], said[10:]]))
    with pytest.raises(Refusal, match="尚未编号") as refused:
        await passed_on(visitor_at(door), "/x")
    assert refused.value.status == 409
    assert door.open == 0


async def test_a_token_that_ended_is_exchanged_once() -> None:
    door = Door((401, []), (200, [b"abc", b"def"]))
    told = await answered(await passed_on(visitor_at(door), "/x"))
    assert told[0]["status"] == 200
    assert (door.exchanges, door.open) == (1, 0)
