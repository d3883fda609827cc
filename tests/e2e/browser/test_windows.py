"""Several windows of one browser: a session that ends in one, what is left after a sign-out, what pages of others may do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from services.demo.cast import STATIONS
from tests.e2e.browser.conftest import Site
from tests.e2e.browser.hands import Pointer, sign_in, train, type_plan

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("chromium")]
STATION = STATIONS[3]
CLERK = STATION.account("station_clerk")
OVERNIGHT = 13 * 3600  # seconds, more than a session lasts


async def signed_in(site: Site, to: str = "/") -> tuple[BrowserContext, Page]:
    await train(site.house, CLERK)
    context = await site.window()
    page = await context.new_page()
    await page.goto(to)
    await sign_in(Pointer(page), CLERK)
    return context, page


async def test_what_was_typed_outlives_the_session(bare_site: Site) -> None:
    _, page = await signed_in(bare_site, "/annual-plans/new")
    hand = Pointer(page)
    await type_plan(hand, heads="47")
    bare_site.house.clock.advance(OVERNIGHT)
    await hand.press("保存")
    await expect(page.locator("main")).to_contain_text("内容还在")
    await sign_in(hand, CLERK)
    await hand.press("现在提交")
    await expect(page.locator("h1")).to_contain_text(f"{STATION.code}-2026")
    await expect(page.locator("main")).to_contain_text("47")


async def test_a_second_window_that_signs_in_again_is_enough(bare_site: Site) -> None:
    context, page = await signed_in(bare_site, "/annual-plans/new")
    await type_plan(Pointer(page), heads="0")
    bare_site.house.clock.advance(OVERNIGHT)
    other = await context.new_page()
    await other.goto("/annual-plans")
    await sign_in(Pointer(other), CLERK)
    assert other.url == f"{bare_site.url}/annual-plans"
    await Pointer(page).press("保存")
    await expect(
        page.locator("#refusal")
    ).to_be_visible()  # nobody plans for no heads; the form is there with what was typed
    await expect(page.get_by_label("人数，第 1 行")).to_have_value("0")


async def test_after_the_sign_out_going_back_shows_nothing(bare_site: Site) -> None:
    context, page = await signed_in(bare_site, "/annual-plans")
    other = await context.new_page()
    await other.goto("/annual-plans")
    await page.goto("/")
    await Pointer(page).press("退出", "header")
    for _ in range(2):
        await page.go_back()
        await expect(page.locator("main [type=password]")).to_be_visible()
        assert STATION.code not in await page.content()
    await other.reload()
    await expect(other.locator("main [type=password]")).to_be_visible()


@contextlib.asynccontextmanager
async def foreign_site(html: str) -> AsyncIterator[int]:
    """A page of somebody else on another port. The port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        content = html.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(content)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as there:
        yield there.sockets[0].getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_form_of_another_site_is_refused(bare_site: Site, host: str) -> None:
    """On the first of the two the browser does send the cookie: for it another port is the same site."""
    _, page = await signed_in(bare_site)
    form = f'<form method="post" action="{bare_site.url}/sign-out"><button>奖品 · a prize</button></form>'
    async with foreign_site(form) as port:
        await page.goto(f"http://{host}:{port}/")
        async with page.expect_navigation() as sent:
            await page.get_by_role("button").click()
        assert (await (await sent.value).request.all_headers())["sec-fetch-site"] in ("same-site", "cross-site")
        assert (await sent.value).status == 403
    await page.goto("/")
    await expect(page.locator("header")).to_contain_text("周宁")


async def test_a_form_of_ours_says_where_it_comes_from(bare_site: Site) -> None:
    """Safari before 16.4 knows no Sec-Fetch-Site; there Origin decides, which a policy of no referrer would make `null`."""
    page = await (await bare_site.window()).new_page()
    await page.goto("/look-up")
    async with page.expect_request(lambda request: request.method == "POST") as sent:
        await page.get_by_role("button", name="大字版").click()
    assert (await (await sent.value).all_headers())["origin"] == bare_site.url


async def test_no_other_page_frames_ours(bare_site: Site) -> None:
    _, page = await signed_in(bare_site)
    refused = list[str]()
    page.on("console", lambda message: refused.append(message.text))
    async with foreign_site(f'<iframe src="{bare_site.url}/annual-plans"></iframe>') as port:
        await page.goto(f"http://127.0.0.1:{port}/", wait_until="load")
        (frame,) = page.frames[1:]
        assert not frame.url.startswith(bare_site.url)
        assert STATION.code not in await frame.content()
    assert [text for text in refused if "frame-ancestors" in text]
