"""The gateway: what it passes on, what it adds, what it says when nobody is behind it."""

from __future__ import annotations

import httpx

from services.gateway.app import gateway_app
from shared.settings import Settings
from tests.world.topology import SERVICES

SETTINGS = Settings(neighbours="http://{service}:8000")


def visitor(behind: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Comes from 192.0.2.7."""
    app = gateway_app(SETTINGS, SERVICES, behind)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, client=("192.0.2.7", 4711)), base_url="http://door.example"
    )


class Behind(httpx.AsyncBaseTransport):
    """Every service: answers 200 and remembers what it was asked. `away` do not answer."""

    def __init__(self, *away: str) -> None:
        self._away = away
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.asked.append(request)
        if request.url.host in self._away:
            raise httpx.ConnectError("refused", request=request)
        if request.url.path == "/readyz":
            return httpx.Response(200, json={"ready": True, "missing": [], "home": {"store": "mongodb"}})
        headers = [("date", "today"), ("etag", '"v3"'), ("x-correlation-id", "c1"), ("connection", "close")]
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"answer"))


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
    async with visitor(behind) as client:
        await client.get("/certificate/docs", headers=claims)
    (asked,) = behind.asked
    assert asked.headers.get_list("x-forwarded-for") == ["192.0.2.7"]
    assert asked.headers.get_list("x-forwarded-proto") == ["http"]
    assert "forwarded" not in asked.headers
    assert asked.headers["host"] == "door.example", "or redirects would lead to addresses inside"


async def test_a_service_that_is_away_is_unavailable_and_an_unknown_one_not_found() -> None:
    async with visitor(Behind("certificate")) as client:
        away, unknown = await client.get("/certificate/docs"), await client.get("/nonsense/docs")
    assert (away.status_code, unknown.status_code) == (503, 404)
    assert "certificate" in away.json()["detail"]


async def test_ready_means_everybody_and_alive_only_itself() -> None:
    async with visitor(Behind("plan")) as client:
        ready, alive = await client.get("/readyz"), await client.get("/healthz")
    assert ready.status_code == 503
    assert ready.json()["missing"] == ["plan: does not answer: ConnectError"]
    assert ready.json()["home"] == {"store": "mongodb"}
    assert alive.status_code == 200
