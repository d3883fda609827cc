"""Every answer tells browsers what it may do: each route's, each refusal's, each file's, and those of the gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx
import pytest

from services.gateway.app import gateway_app
from services.runtime.serving import door
from shared.settings import Settings
from shared.web.edge.headers import SecurityHeaders
from tests.e2e.edge.test_nonsense import ROUTES
from tests.world.house import House
from tests.world.topology import INTERFACES, PAGES

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:|=\"?(https?:)?//", re.IGNORECASE)
"""What the policy of pages forbids, or leads elsewhere."""


def must_be_guarded(answer: httpx.Response) -> bool:
    """Returns whether it is a page."""
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    expected: Mapping[str, str] = {
        "content-security-policy": PAGE if is_page else NO_PAGE,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers.get_list(name) for name in expected} == {
        name: [text] for name, text in expected.items()
    }, f"{answer.request.method} {answer.request.url} {answer.status_code}"
    return is_page


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "0", path.replace("{number}", "2649053012400001"))


async def test_every_route_has_them_and_no_page_holds_what_they_forbid(house: House) -> None:
    pages: list[str] = []
    for method, path in [*ROUTES, *(("GET", f"/{service}/docs") for service in INTERFACES)]:
        for request in ({}, {"data": {}}, {"content": b"\xff"}):
            answer = await house.client.request(method, filled(path), **request)  # type: ignore[arg-type]
            if must_be_guarded(answer):
                pages.append(path)
                assert not INLINE.search(answer.text), path
                await must_load(house, answer)
    assert {
        "/certificate/v/{number}/{key}",
        "/directory/password",
        "/directory/forgotten",
        "/directory/reset",
        "/plan/docs",
    } <= {*pages}


async def must_load(house: House, page: httpx.Response) -> None:
    """Whatever a page loads is there, and is what it should be."""
    for found in re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page.text):
        part = await house.client.get(page.url.join(found))
        assert part.status_code == 200, found
        assert not must_be_guarded(part)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 401),
        ("GET", "/nobody/at/home", {}, 404),
        ("GET", "/plan/static/none.css", {}, 404),
        ("GET", "/plan/%2e%2e/metrics", {}, 400),
        ("GET", "/plan/annual-plans", {}, 401),
        ("DELETE", "/plan/annual-plans", {}, 405),
        ("POST", "/certificate/verifications", {"Content-Length": "9999999"}, 413),
        ("POST", "/certificate/verifications", {}, 422),
        ("POST", "/certificate/verifications", {"Content-Type": "application/json", "Content-Length": "1"}, 400),
        ("POST", "/directory/tokens", {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "1"}, 400),
        ("GET", "/plan/docs", {"X-Long": "x" * 20_000}, 431),
        ("GET", "/metrics", {"X-Forwarded-For": "192.0.2.7"}, 403),
    ],
)
async def test_every_refusal_has_them(
    house: House, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    content = b"[" if headers.get("Content-Length") == "1" else None
    request = house.client.build_request(method, "http://house/", headers=headers, content=content)
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await house.client.send(request)
    assert answer.status_code == status
    must_be_guarded(answer)
    for told in (answer.json()["title"], answer.json()["detail"]):
        assert told[0] > "\u4e00", "Chinese first"


async def test_a_fault_has_them_and_so_has_what_an_application_says_otherwise() -> None:
    async def loose(scope: object, receive: object, send: object) -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", b"default-src *")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"x"})  # type: ignore[operator]

    transport = httpx.ASGITransport(app=SecurityHeaders(loose))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        assert must_be_guarded(await client.get("/"))


async def test_the_gateway_adds_none_twice(house: House) -> None:
    behind = httpx.ASGITransport(app=house.door)
    gateway = door(gateway_app(Settings(), INTERFACES, PAGES, behind), Settings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway), base_url="http://door") as client:
        assert must_be_guarded(await client.get("/directory/password"))
        for path in ("/", "/directory/jwks.json", "/none", "/none/none", "/healthz"):
            assert not must_be_guarded(await client.get(path))
