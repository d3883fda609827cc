"""Work that ends when the client goes, on raw messages of the server."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import ClientDisconnect

from shared.errors import Unavailable
from shared.web.leaving import while_connected
from tests.world.hand_request import HandRequest


async def test_work_for_somebody_who_stays_is_done() -> None:
    sent = HandRequest()

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await while_connected(sent.request, work()) == 7
    sent.leaves()
    assert sent.messages.qsize() == 1, "nobody waits for messages any more"


async def test_its_errors_come_through() -> None:
    async def work() -> None:
        raise Unavailable("no room")

    with pytest.raises(Unavailable, match="no room"):
        await while_connected(HandRequest().request, work())


@pytest.mark.parametrize("how", ["leaves", "is cancelled"])
async def test_work_for_somebody_who_leaves_is_ended_before_anybody_goes_on(how: str) -> None:
    sent, begun, ended = HandRequest(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    working = asyncio.create_task(while_connected(sent.request, work()))
    await begun.wait()
    sent.leaves() if how == "leaves" else working.cancel()
    with pytest.raises(ClientDisconnect if how == "leaves" else asyncio.CancelledError):
        await working
    assert ended.is_set()
