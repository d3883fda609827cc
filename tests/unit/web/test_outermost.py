"""The outermost application lets a request through to the one it is for, as if a mount had done it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import Request
from starlette.types import Receive, Scope, Send

from shared.web.app import not_found_app


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    outermost, plan = not_found_app(), not_found_app()

    @plan.get("/years/{year}")
    async def year(year: int, request: Request) -> dict[str, Any]:
        scope = request.scope
        return {"year": year, "root": scope["root_path"], "url": str(request.url_for("year", year=year)).lower()}

    @plan.get("/fault")
    async def fault() -> None:
        raise RuntimeError("a bug")

    @outermost.get("/healthz")
    async def healthz() -> str:
        return "alive"

    outermost.mount("/plan", plan)
    transport = httpx.ASGITransport(app=outermost, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        yield client


async def test_the_application_knows_where_it_lies(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/plan/years/2026")
    assert answer.json() == {"year": 2026, "root": "/plan", "url": "http://x/plan/years/2026"}
    assert len(answer.headers.get_list("x-correlation-id")) == 1


@pytest.mark.parametrize("path", ["/", "/plan", "/plane/years/2026", "/other/years/2026", "/plan/none", "/plan/"])
async def test_what_is_nowhere_is_a_problem(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert (answer.status_code, answer.json()["instance"]) == (404, path)


async def test_its_own_endpoints_are_there(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/healthz")).json() == "alive"


async def test_a_fault_is_told_once(visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """With one number, which is the one that the visitor has."""
    answer = await visitor.get("/plan/fault")
    told = [record.getMessage() for record in caplog.records if "request failed" in record.getMessage()]
    assert told == [f"request failed, id {answer.json()['id']}"]


@pytest.mark.parametrize("path", ["/plan", "/planx", "/pla", "/x/plan/"])
async def test_only_what_lies_below_its_segment_comes_to_an_application(path: str) -> None:
    outermost, came = not_found_app(), []

    async def plan(scope: Scope, receive: Receive, send: Send) -> None:
        came.append(scope["path"])

    outermost.mount("/plan", plan)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=outermost), base_url="http://x") as client:
        assert (await client.get(path)).status_code == 404
    assert came == []
