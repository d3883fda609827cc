"""Files on their way in, on raw messages of the server."""

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
from shared.web.uploads import IN_MEMORY, MOST_OF_ONE, PIECE, Spool
from tests.world.hand_request import HandRequest


async def all_of(spool: Spool, sent: HandRequest, person: str = "zhou.ning") -> list[bytes]:
    async with spool.whole(sent.request, person) as pieces:
        return [piece async for piece in pieces]


@pytest.mark.parametrize("size", [0, 1, PIECE, IN_MEMORY + PIECE + 1])
async def test_what_arrived_is_read_back_in_pieces(size: int) -> None:
    content = os.urandom(size)
    parts = [content[at : at + 60_000] for at in range(0, size, 60_000)] or [b""]
    found = await all_of(Spool(), HandRequest(*parts))
    assert b"".join(found) == content
    assert all(len(piece) <= PIECE for piece in found)


async def test_more_at_a_time_than_there_is_room_for_are_sent_away_at_once() -> None:
    spool = Spool(most=2)
    slow = [HandRequest(b"x", over=False), HandRequest(b"x", over=False)]
    arriving = [asyncio.create_task(all_of(spool, sent)) for sent in slow]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="too many files"):
        await all_of(spool, HandRequest(b"y"))
    slow[0].arrives(b"", more=False)
    slow[1].leaves()
    assert await arriving[0] == [b"x"]
    with pytest.raises(ClientDisconnect):
        await arriving[1]
    assert [await all_of(spool, HandRequest(b"y")) for _ in range(3)] == [[b"y"]] * 3, "both places are free again"


async def test_one_person_does_not_take_the_places_of_all() -> None:
    spool = Spool()
    slow = [HandRequest(b"x", over=False) for _ in range(MOST_OF_ONE)]
    arriving = [asyncio.create_task(all_of(spool, line)) for line in slow]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="other files of yours"):
        await all_of(spool, HandRequest(b"y"))
    assert await all_of(spool, HandRequest(b"y"), "wu.gang") == [b"y"]
    for line in slow:
        line.arrives(b"", more=False)
    assert await asyncio.gather(*arriving) == [[b"x"]] * MOST_OF_ONE
    assert await all_of(spool, HandRequest(b"y")) == [b"y"]


async def test_a_full_disk_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(UploadFile, "write", full)
    spool = Spool(most=1)
    for _ in range(2):
        with pytest.raises(Unavailable, match="No space left"):
            await all_of(spool, HandRequest(b"y"))


async def test_somebody_who_left_is_no_fault_of_the_service(caplog: pytest.LogCaptureFixture) -> None:
    from fastapi import FastAPI

    app = FastAPI()
    install(app)

    @app.put("/")
    async def endpoint(request: Request) -> None:
        async with Spool().whole(request, "zhou.ning"):
            pass

    sent = HandRequest(b"x", over=False)
    sent.leaves()
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    await app(sent.request.scope, sent.messages.get, send)
    assert said[0]["status"] == 400
    assert "request failed" not in caplog.text


def test_the_room_is_that_of_the_container() -> None:
    """docker-compose.yml reckons with this many files of the largest size, in memory."""
    assert uploads.MOST_FILES == 8
