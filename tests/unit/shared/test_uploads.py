"""Files on their way in, and work that ends when the client goes: on raw messages of the server."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import Any

import pytest
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request

from shared.errors import Unavailable
from shared.web import uploads
from shared.web.problems import install
from shared.web.uploads import IN_MEMORY, MOST_OF_ONE, PIECE, Spool, while_connected


class Line:
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


async def all_of(spool: Spool, line: Line, person: str = "zhou.ning") -> list[bytes]:
    async with spool.whole(line.request, person) as pieces:
        return [piece async for piece in pieces]


@pytest.mark.parametrize("size", [0, 1, PIECE, IN_MEMORY + PIECE + 1])
async def test_what_arrived_is_read_back_in_pieces(size: int) -> None:
    content = os.urandom(size)
    parts = [content[at : at + 60_000] for at in range(0, size, 60_000)] or [b""]
    found = await all_of(Spool(), Line(*parts))
    assert b"".join(found) == content
    assert all(len(piece) <= PIECE for piece in found)


async def test_more_at_a_time_than_there_is_room_for_are_sent_away_at_once() -> None:
    spool = Spool(most=2)
    slow = [Line(b"x", over=False), Line(b"x", over=False)]
    arriving = [asyncio.create_task(all_of(spool, line)) for line in slow]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="too many files"):
        await all_of(spool, Line(b"y"))
    slow[0].arrives(b"", more=False)
    slow[1].leaves()
    assert await arriving[0] == [b"x"]
    with pytest.raises(ClientDisconnect):
        await arriving[1]
    assert [await all_of(spool, Line(b"y")) for _ in range(3)] == [[b"y"]] * 3, "both places are free again"


async def test_one_person_does_not_take_the_places_of_all() -> None:
    spool = Spool()
    slow = [Line(b"x", over=False) for _ in range(MOST_OF_ONE)]
    arriving = [asyncio.create_task(all_of(spool, line)) for line in slow]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="other files of yours"):
        await all_of(spool, Line(b"y"))
    assert await all_of(spool, Line(b"y"), "wu.gang") == [b"y"]
    for line in slow:
        line.arrives(b"", more=False)
    assert await asyncio.gather(*arriving) == [[b"x"]] * MOST_OF_ONE
    assert await all_of(spool, Line(b"y")) == [b"y"]


async def test_a_full_disk_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(UploadFile, "write", full)
    spool = Spool(most=1)
    for _ in range(2):
        with pytest.raises(Unavailable, match="No space left"):
            await all_of(spool, Line(b"y"))


async def test_work_for_somebody_who_stays_is_done() -> None:
    line = Line()

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await while_connected(line.request, work()) == 7
    line.leaves()
    assert line.messages.qsize() == 1, "nobody waits for messages any more"


async def test_its_errors_come_through() -> None:
    async def work() -> None:
        raise Unavailable("no room")

    with pytest.raises(Unavailable, match="no room"):
        await while_connected(Line().request, work())


@pytest.mark.parametrize("how", ["leaves", "is cancelled"])
async def test_work_for_somebody_who_leaves_is_ended_before_anybody_goes_on(how: str) -> None:
    line, begun, ended = Line(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    working = asyncio.create_task(while_connected(line.request, work()))
    await begun.wait()
    line.leaves() if how == "leaves" else working.cancel()
    with pytest.raises(ClientDisconnect if how == "leaves" else asyncio.CancelledError):
        await working
    assert ended.is_set()


async def test_somebody_who_left_is_no_fault_of_the_service(caplog: pytest.LogCaptureFixture) -> None:
    from fastapi import FastAPI

    app = FastAPI()
    install(app)

    @app.put("/")
    async def endpoint(request: Request) -> None:
        async with Spool().whole(request, "zhou.ning"):
            pass

    line = Line(b"x", over=False)
    line.leaves()
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    await app(line.request.scope, line.messages.get, send)
    assert said[0]["status"] == 400
    assert "request failed" not in caplog.text


def test_the_room_is_that_of_the_container() -> None:
    """docker-compose.yml reckons with this many files of the largest size, in memory."""
    assert uploads.MOST_FILES == 8
