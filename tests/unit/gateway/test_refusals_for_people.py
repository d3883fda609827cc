"""What the door itself refuses, in a browser: a page, also while the console does not answer."""

from __future__ import annotations

import re

import httpx
import pytest

from shared.settings import Settings
from shared.web.edge.door import door
from shared.web.edge.wellformed import HEADER_LIMIT
from tests.world.behind import Behind, gateway, visitor
from tests.world.topology import PAGES

PERSON = {"Accept": "text/html,application/xhtml+xml"}
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script|javascript:|https?://", re.IGNORECASE)
LARGE = b"x" * (Settings().largest_upload_mb * 1024 * 1024 + 1)


async def test_while_the_console_is_away() -> None:
    async with visitor(Behind(PAGES)) as client:
        page = await client.get("/rosters/<b>", headers=PERSON)
        told = await client.get("/rosters/<b>")
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert (page.headers["retry-after"], page.headers["cache-control"]) == ("2", "no-store")
    assert "服务暂无应答，请稍后再试 · console does not answer" in page.text
    assert not INLINE.search(page.text), "what the policy of pages forbids"
    assert told.headers["content-type"] == "application/problem+json", "programs are told as ever"


async def test_a_file_that_is_too_large() -> None:
    app = door(gateway(Behind()), Settings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door.example") as client:
        page = await client.post("/rosters/49053012-2026-001/workbook/check", content=LARGE, headers=PERSON)
    assert page.status_code == 413
    assert "内容超过 20 MB" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")


@pytest.mark.parametrize(
    ("path", "headers", "status", "said"),
    [
        ("/rosters/%4", {}, 400, "请求路径编码有误"),
        ("/rosters//<b>", {}, 400, "请求路径有歧义"),
        ("/rosters", {"X-Long": "x" * HEADER_LIMIT}, 431, "请求头超过 16 KB"),
    ],
)
async def test_what_is_not_well_formed(path: str, headers: dict[str, str], status: int, said: str) -> None:
    app = door(gateway(Behind()), Settings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door.example") as client:
        request = client.build_request("GET", "/", headers={**headers, **PERSON})
        request.url = request.url.copy_with(raw_path=path.encode())
        page = await client.send(request)
        del request.headers["Accept"]
        told = await client.send(request)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert (page.headers["connection"], page.headers["cache-control"]) == ("close", "no-store")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert said in page.text and not INLINE.search(page.text)
    assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")
