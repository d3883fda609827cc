"""How large a request may be: as it says itself, and as it turns out to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from shared.web.edge.size import JSON_LIMIT, SizeLimit
from shared.web.visitors import range_of

UPLOAD = 3 * JSON_LIMIT
LARGE = [
    "/reporting/rosters/49053012-2026-001/workbook",
    "/supervision/inspections/i/findings/f/evidence",
]
FROM_PAGES = ["", "/check", "/marked"]


async def sent(
    path: str, chunks: Sequence[int] = (), declared: str = "", method: str = "PUT", accept: bytes = b"9999999999"
) -> int:
    """Status; 200 for what the application read whole. chunks: bytes each."""
    left, told = list(chunks), []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for size in chunks:
            assert len((await receive())["body"]) == size, "handed on as it came"
        told.append(200)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    headers = [(b"accept", accept), *([(b"content-length", declared.encode())] if declared else [])]
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": b""}
    try:
        await SizeLimit(app, UPLOAD)(scope, receive, send)
    except HTTPException as refused:
        told.append(refused.status_code)
    (status,) = told
    return status


@pytest.mark.parametrize(("path", "limit"), [("/plan/x", JSON_LIMIT), *((path, UPLOAD) for path in LARGE)])
async def test_what_is_declared_may_be_as_large_as_the_limit(path: str, limit: int) -> None:
    assert await sent(path, declared=str(limit)) == 200
    assert await sent(path, declared=str(limit + 1)) == 413


@pytest.mark.parametrize(("path", "limit"), [("/plan/x", JSON_LIMIT), *((path, UPLOAD) for path in LARGE)])
@pytest.mark.parametrize("declared", ["", "0", "7"])
async def test_what_comes_is_counted_whatever_was_said(path: str, limit: int, declared: str) -> None:
    half = limit // 2
    assert await sent(path, [half, limit - half], declared) == 200
    assert await sent(path, [half, limit - half, 1], declared) == 413


@pytest.mark.parametrize("declared", ["-1", "9x", "", "²"])
async def test_a_length_that_is_none_is_left_to_the_counting(declared: str) -> None:
    assert await sent("/plan/x", [5], declared) == 200


@pytest.mark.parametrize("path", [f"{LARGE[0]}/", f"/x{LARGE[0]}", LARGE[0].removesuffix("/workbook"), f"{LARGE[1]}/e"])
async def test_nothing_beside_the_uploads_may_be_large(path: str) -> None:
    assert await sent(path, declared=str(JSON_LIMIT + 1)) == 413
    assert await sent(LARGE[0], declared=str(JSON_LIMIT + 1), method="POST") == 413


async def test_what_is_no_request_passes() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    await SizeLimit(app, UPLOAD)({"type": "lifespan"}, app, app)  # type: ignore[arg-type]
    assert seen == ["lifespan"]


@pytest.mark.parametrize(("client", "counts_as"), [(("192.0.2.7", 4711), "192.0.2.7/32"), (None, "")])
def test_whose_a_request_is(client: Any, counts_as: str) -> None:
    assert range_of(Request({"type": "http", "client": client})) == counts_as


@pytest.mark.parametrize("which", FROM_PAGES)
async def test_a_workbook_from_a_page_may_be_as_large_as_one_from_a_program(which: str) -> None:
    path = f"/rosters/49053012-2026-001/workbook{which}"
    assert await sent(path, [UPLOAD], method="POST") == 200
    assert await sent(path, [UPLOAD, 1], method="POST") == 413
    assert await sent("/rosters/49053012-2026-001/edit", [JSON_LIMIT + 1], method="POST") == 413


async def test_whoever_waits_for_a_page_is_told_by_the_application() -> None:
    """As an exception in what it reads, of which it makes a page; nothing of the content is read before."""
    read: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        read.append(await receive())

    async def never(*_: Any) -> Any:
        raise AssertionError("nothing is read, and nothing answered")

    headers = [(b"accept", b"text/html,*/*"), (b"content-length", str(UPLOAD + 1).encode())]
    scope = {"type": "http", "method": "POST", "path": "/rosters/x/workbook", "headers": headers, "query_string": b""}
    with pytest.raises(HTTPException) as refused:
        await SizeLimit(app, UPLOAD)(scope, never, never)
    assert refused.value.status_code == 413
    assert "3 MB" in refused.value.detail
    assert not read
