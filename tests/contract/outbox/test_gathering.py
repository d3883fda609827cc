"""What many ask for at the same time, in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.errors import Unavailable
from shared.keeping.gathering import Gathering
from tests.world.eventually import eventually
from tests.world.troubles import Crash


class Server:
    """Answers when it is let; refuses a request that holds a negative number."""

    def __init__(self) -> None:
        self.requests: list[list[int]] = []
        self.may = asyncio.Event()

    async def __call__(self, parts: Sequence[int]) -> None:
        self.requests.append(list(parts))
        await self.may.wait()
        if min(parts) < 0:
            raise Unavailable("away")


async def test_what_comes_while_one_is_under_way_shares_the_next_and_none_grows_too_large() -> None:
    server = Server()
    gathering = Gathering(server, most=3)
    first = asyncio.create_task(gathering.add(0))
    await eventually(lambda: server.requests == [[0]])
    others = [asyncio.create_task(gathering.add(n)) for n in range(1, 6)]
    await asyncio.sleep(0)
    assert not first.done() and server.requests == [[0]]
    server.may.set()
    await asyncio.gather(first, *others)
    assert server.requests == [[0], [1, 2, 3], [4, 5]]
    await gathering.add(6)
    assert server.requests[-1] == [6], "and later ones go at once"


async def test_who_shared_a_request_that_failed_is_told_and_nobody_else() -> None:
    server = Server()
    gathering = Gathering(server, most=2)
    asked = [asyncio.create_task(gathering.add(n)) for n in (1, -2, 3)]
    await asyncio.sleep(0)
    server.may.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable, type(None)]


async def test_one_that_was_cancelled_is_carried_out_and_keeps_nobody_waiting() -> None:
    server = Server()
    gathering = Gathering(server)
    asked = [asyncio.create_task(gathering.add(n)) for n in (1, 2)]
    await eventually(lambda: server.requests == [[1, 2]])
    asked[0].cancel()
    server.may.set()
    await asked[1]
    with pytest.raises(asyncio.CancelledError):
        await asked[0]


@pytest.mark.parametrize("end", [asyncio.CancelledError, Crash])
async def test_where_a_request_ends_instead_of_failing_nobody_goes_on_waiting(end: type[BaseException]) -> None:
    may = asyncio.Event()

    async def ends(parts: Sequence[int]) -> None:
        await may.wait()
        raise end

    gathering = Gathering(ends, most=1)
    asked = [asyncio.create_task(gathering.add(n)) for n in (1, 2)]
    await asyncio.sleep(0)
    may.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [end, end]
