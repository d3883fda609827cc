"""The same road by keyboard alone and without script; and what the hands of hurried people do to it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from services.demo.cast import STATIONS, Body
from tests.e2e.browser.conftest import Site
from tests.e2e.browser.hands import Hand, Keyboard, Pointer, from_sign_in_to_handed_in, sign_in, train, type_plan
from tests.e2e.browser.looking import Watch

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("chromium")]
BY_KEYBOARD, WITHOUT_SCRIPT, HURRIED, _ = STATIONS


async def two_of(site: Site, station: Body) -> tuple[str, str]:
    """The clerk and the head, trained."""
    clerk, head = station.account("station_clerk"), station.account("station_head")
    for account in (clerk, head):
        await train(site.house, account)
    return clerk, head


async def test_by_keyboard_alone(bare_site: Site) -> None:
    context = await bare_site.window()
    hand: Hand = Keyboard(await context.new_page())
    await from_sign_in_to_handed_in(hand, *await two_of(bare_site, BY_KEYBOARD), f"{BY_KEYBOARD.code}-2026")


async def test_without_script(bare_site: Site) -> None:
    context = await bare_site.window(script=False)
    hand: Hand = Pointer(await context.new_page())
    await from_sign_in_to_handed_in(hand, *await two_of(bare_site, WITHOUT_SCRIPT), f"{WITHOUT_SCRIPT.code}-2026")


async def test_a_double_click_sends_once(bare_site: Site) -> None:
    clerk, _ = await two_of(bare_site, HURRIED)
    context = await bare_site.window()
    hand = Pointer(await context.new_page())
    await hand.page.goto("/annual-plans/new")
    await sign_in(hand, clerk)
    await type_plan(hand)
    watch, sent, clicked = Watch(context, bare_site.url), asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        sent.set()
        await clicked.wait()
        await route.continue_()

    await hand.page.route("**/annual-plans/new", slowly)
    button = hand.page.locator("main").get_by_role("button", name="保存")
    box = await button.bounding_box()
    assert box is not None
    await hand.page.mouse.click(box["x"] + 5, box["y"] + 5)
    await sent.wait()
    await hand.page.mouse.click(box["x"] + 5, box["y"] + 5)
    clicked.set()
    await expect(hand.page.locator("h1")).to_contain_text(HURRIED.code)
    assert (watch.posts, watch.taken()) == (1, [])


async def test_a_password_may_be_pasted(bare_site: Site) -> None:
    page = await (await bare_site.window()).new_page()
    await page.goto("/sign-in")
    await page.get_by_label("账号").fill("from-a-manager-of-passwords")
    await page.get_by_label("账号").press("Control+a")
    await page.keyboard.press("Control+c")
    await page.get_by_label("密码").focus()
    await page.keyboard.press("Control+v")
    assert await page.get_by_label("密码").input_value() == "from-a-manager-of-passwords"


@pytest.mark.parametrize("query", ["", "?next=/annual-plans"])
async def test_a_sign_in_by_enter_alone(bare_site: Site, query: str) -> None:
    clerk, _ = await two_of(bare_site, BY_KEYBOARD)
    page = await (await bare_site.window()).new_page()
    await page.goto(f"/sign-in{query}")
    hand = Keyboard(page)
    await hand.type("账号", clerk)
    await hand.type("密码", "password-of-a-machine")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url == f"{bare_site.url}{query.partition('=')[2] or '/'}"
