"""The gateway: what it passes on, what it adds, what it says when nobody is behind it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.world.behind import Behind, gateway, visitor


def asked_for(path: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """A request as a server hands it over."""
    who = {"client": ("192.0.2.7", 1), "server": ("x", 80), "scheme": "http", "http_version": "1.1"}
    what = {"method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "asgi": {"version": "3.0"}}
    return {"type": "http", "headers": [(b"host", b"x"), *headers], **who, **what}


class Failing(httpx.AsyncBaseTransport):
    """No service answers as it should."""

    def __init__(self, error: type[httpx.TransportError]) -> None:
        self._error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise self._error("so it is", request=request)


class Thinking(httpx.AsyncBaseTransport):
    """A service that thinks until whoever asked it gives up."""

    def __init__(self) -> None:
        self.asked, self.left = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError


async def test_path_query_body_and_tokens_arrive_untouched() -> None:
    behind = Behind()
    async with visitor(behind) as client:
        answer = await client.put(
            "/reporting/rosters/49053012-2026-001%2Fx?after=a%20b",
            content=b"content",
            headers={"Authorization": "Bearer t", "If-Match": '"v2"'},
        )
    (asked,) = behind.asked
    assert str(asked.url) == "http://reporting:8000/reporting/rosters/49053012-2026-001%2Fx?after=a%20b"
    assert (asked.method, asked.content) == ("PUT", b"content")
    assert (asked.headers["authorization"], asked.headers["if-match"]) == ("Bearer t", '"v2"')
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, b"answer", '"v3"')
    assert "connection" not in answer.headers
    assert "date" not in answer.headers, "the server writes its own"


async def test_a_visitor_cannot_say_where_he_comes_from() -> None:
    behind = Behind()
    claims = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https", "Forwarded": "for=10.0.0.1"}
    claims |= {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Prefix": "/x", "X-Real-IP": "10.0.0.1"}
    async with visitor(behind) as client:
        await client.get("/certificate/docs", headers=claims)
    (asked,) = behind.asked
    assert asked.headers.get_list("x-forwarded-for") == ["192.0.2.7"]
    assert asked.headers.get_list("x-forwarded-proto") == ["http"]
    assert not {"forwarded", "x-forwarded-host", "x-forwarded-prefix", "x-real-ip"} & set(asked.headers)


async def test_what_concerns_one_connection_ends_with_it() -> None:
    behind = Behind()
    headers = {"Connection": "keep-alive, X-Mine, Authorization", "X-Mine": "1", "Authorization": "Bearer t", "TE": "x"}
    async with visitor(behind) as client:
        answer = await client.put(
            "/plan/x", content=b"x", headers={**headers, "Expect": "100-continue", "X-Other": "2"}
        )
    (asked,) = behind.asked
    assert not {"connection", "x-mine", "authorization", "te", "expect"} & set(asked.headers)
    assert asked.headers["x-other"] == "2"
    assert not {"connection", "x-inner"} & set(answer.headers)


@pytest.mark.parametrize(
    "name",
    [
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
    ],
)
async def test_headers_of_one_connection_go_no_further(name: str) -> None:
    behind = Behind()
    async with visitor(behind) as client:
        await client.put("/plan/x", content=b"x", headers={name: "anything", "X-Other": "2"})
    (asked,) = behind.asked
    assert name.lower() not in asked.headers
    assert asked.headers["x-other"] == "2"


async def test_nothing_of_one_visitor_reaches_the_next() -> None:
    behind = Behind()
    async with visitor(behind) as client:
        answer = await client.get("/directory/oidc/sign-in")
        client.cookies.clear()
        await client.get("/directory/oidc/callback")
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert "cookie" not in behind.asked[-1].headers
    assert "transfer-encoding" not in behind.asked[-1].headers, "nothing was sent"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (httpx.ConnectError, 503),
        (httpx.ConnectTimeout, 503),
        (httpx.PoolTimeout, 503),
        (httpx.ReadTimeout, 504),
        (httpx.WriteTimeout, 504),
        (httpx.ReadError, 502),
        (httpx.RemoteProtocolError, 502),
    ],
)
async def test_a_service_in_trouble_is_told_with_when_to_ask_again(
    error: type[httpx.TransportError], status: int
) -> None:
    async with visitor(Failing(error)) as client:
        answer = await client.get("/plan/x")
    assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (status, status, "2")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] != "错误 · error"
    chinese, english = answer.json()["detail"].split(" · ")
    assert not any("a" <= letter <= "z" for letter in chinese), "the name of the service stands in the English part"
    assert english.startswith("plan ")


async def test_a_request_that_cannot_be_passed_on_is_the_visitors_fault() -> None:
    async with visitor(Failing(httpx.LocalProtocolError)) as client:
        assert (await client.get("/plan/x")).status_code == 400


@pytest.mark.parametrize("body", [b"", b"content"])
async def test_a_visitor_who_goes_away_takes_his_request_with_him(body: bytes) -> None:
    behind, events = Thinking(), asyncio.Queue[dict[str, Any]]()
    events.put_nowait({"type": "http.request", "body": body, "more_body": False})
    length = [(b"content-length", str(len(body)).encode())] if body else []

    async def nobody(message: object) -> None: ...

    app = gateway(behind)
    asking = asyncio.create_task(app(asked_for("/plan/x", *length), events.get, nobody))  # type: ignore[arg-type]
    await behind.asked.wait()
    events.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(behind.left.wait(), 10)
    await asking


class Flowing(httpx.AsyncByteStream):
    """An answer without end; tells when nobody wants it any more."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b"x"

    async def aclose(self) -> None:
        self.closed.set()


async def test_an_answer_that_nobody_reads_on_is_given_back_to_the_service() -> None:
    flowing, events = Flowing(), asyncio.Queue[dict[str, Any]]()
    behind = httpx.MockTransport(lambda _: httpx.Response(200, stream=flowing))
    begun = asyncio.Event()

    async def reader(message: Any) -> None:
        if message.get("body"):
            begun.set()

    app = gateway(behind)
    asking = asyncio.create_task(app(asked_for("/plan/x"), events.get, reader))  # type: ignore[arg-type]
    await begun.wait()
    events.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(flowing.closed.wait(), 10)
    await asking


async def test_a_service_that_is_away_is_unavailable() -> None:
    async with visitor(Behind("certificate")) as client:
        away = await client.get("/certificate/docs")
    assert away.status_code == 503
    assert "certificate" in away.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/sign-in", "/rosters/49053012-2026-001", "/nonsense/docs", "/plan", "/metrics"])
async def test_what_is_no_services_is_a_page(path: str) -> None:
    behind = Behind()
    async with visitor(behind) as client:
        await client.get(path)
    assert [(one.url.host, one.url.path) for one in behind.asked] == [("console", path)]


async def test_ready_means_everybody_and_alive_only_itself() -> None:
    async with visitor(Behind("plan")) as client:
        ready, alive = await client.get("/readyz"), await client.get("/healthz")
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "2")
    assert ready.json()["missing"] == ["plan: does not answer: ConnectError"]
    assert ready.json()["home"] == {"store": "mongodb"}
    assert alive.status_code == 200


async def test_the_door_gives_the_correlation_that_services_go_on_with(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "shared.web.edge.traced")
    behind = Behind()
    async with visitor(behind) as client:
        answers = [
            await client.get("/certificate/verify?name=canary", headers=given)
            for given in ({}, {"X-Correlation-Id": "mine"}, {"X-Correlation-Id": "not readable"})
        ]
    given = [request.headers.get_list("X-Correlation-Id") for request in behind.asked]
    assert [[answer.headers["X-Correlation-Id"]] for answer in answers] == given
    assert given[1] == ["mine"]
    assert len({ids[0] for ids in given}) == 3 and "not readable" not in given[2]
    lines = [one.getMessage() for one in caplog.records if one.name == "shared.web.edge.traced"]
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in lines] == 3 * ["GET /certificate/… 200"]
