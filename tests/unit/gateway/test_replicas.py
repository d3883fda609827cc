"""Several containers of a service behind one door: they take turns, and one that is gone is noticed by nobody."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from services.gateway.replicas import Replicas
from tests.world.behind import Behind, visitor

FIRST, SECOND = "10.0.0.1", "10.0.0.2"


class Breaking(Behind):
    """The first container takes a request and dies over it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == FIRST:
            await super().handle_async_request(request)
            raise httpx.RemoteProtocolError("server disconnected without sending a response", request=request)
        return await super().handle_async_request(request)


def hosts(behind: Behind) -> list[str]:
    return [request.url.host for request in behind.asked]


async def test_containers_of_a_service_take_turns() -> None:
    behind = Behind()
    async with visitor(behind, FIRST, SECOND) as client:
        answers = [await client.get("/plan/session-plans") for _ in range(4)]
    assert {answer.status_code for answer in answers} == {200}
    assert hosts(behind) == [FIRST, SECOND, FIRST, SECOND]
    assert {request.headers["host"] for request in behind.asked} == {"door.example"}


async def test_one_that_is_gone_is_passed_over_and_the_next_gets_the_whole_request() -> None:
    behind = Behind(FIRST)
    async with visitor(behind, FIRST, SECOND) as client:
        answers = [await client.post("/plan/session-plans", content=b"the whole of it") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert hosts(behind) == [FIRST, SECOND, SECOND, SECOND]
    assert [request.content for request in behind.asked[1:]] == [b"the whole of it"] * 3


async def test_when_all_are_gone_the_service_is_away() -> None:
    behind = Behind(FIRST, SECOND)
    async with visitor(behind, FIRST, SECOND) as client:
        answer = await client.get("/plan/docs")
    assert (answer.status_code, "plan" in answer.json()["detail"]) == (503, True)
    assert sorted(hosts(behind)) == [FIRST, SECOND]


async def test_what_only_reads_is_asked_again_and_what_writes_is_not() -> None:
    """Whoever died may have done it already: the visitor hears of it, and decides."""
    behind = Breaking()
    async with visitor(behind, FIRST, SECOND) as client:
        read = await client.get("/plan/session-plans")
        await client.get("/plan/session-plans")  # the turn of the second
        written = await client.post("/plan/session-plans", content=b"once")
    assert (read.status_code, written.status_code) == (200, 502)
    assert hosts(behind) == [FIRST, SECOND, SECOND, FIRST]


async def test_one_container_that_is_ready_is_enough() -> None:
    async with visitor(Behind(FIRST), FIRST, SECOND) as client:
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://[::1]:8000", "https://plan.example"])
async def test_an_address_needs_no_looking_up_and_a_certificate_is_for_a_name(base: str) -> None:
    async def nobody_asks(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    assert await Replicas(nobody_asks).of(base) == [httpx.URL(base)]


async def test_one_that_is_gone_is_left_out_and_the_name_is_looked_up_anew_when_nobody_is_left() -> None:
    """A container that came in the place of another has another address."""
    answers = [[FIRST, SECOND], ["10.0.0.3"]]

    async def lookup(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    replicas, base = Replicas(lookup), "http://plan:8000"
    (first, second) = await replicas.of(base)
    replicas.leave_out(base, first)
    assert [url.host for url in await replicas.of(base)] == [second.host] == [SECOND]
    replicas.leave_out(base, second)
    (new,) = await replicas.of(base)
    assert (new.host, new.port) == ("10.0.0.3", 8000)
