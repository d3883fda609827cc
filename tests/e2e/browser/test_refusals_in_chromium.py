"""Pages that no link leads to: of what was typed wrongly, is not there or not for somebody; what a look-up found; training mode;
and those outside the console."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.e2e.browser.conftest import Site
from tests.e2e.browser.hands import Keyboard, Pointer, type_plan
from tests.e2e.browser.looking import Watch, ask, at_a_glance, axe, closely
from tests.e2e.browser.walking import ACCOUNTS, Walked
from tests.world.house import PASSWORD
from tests.world.seeding import CLERK as CENTRE_CLERK
from tests.world.seeding import SMALL

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("chromium")]
CLERK = "station_clerk"


async def must_be_for_everybody(page: Page, watch: Watch, *, framed: bool = True) -> None:
    faults = [*await (at_a_glance(page) if framed else axe(page)), *await closely(page), *watch.taken()]
    assert not faults, "\n" + "\n".join(faults)


async def test_a_wrong_password(site: Site) -> None:
    context = await site.window()
    watch, page = Watch(context, site.url), await context.new_page()
    await page.goto("/sign-in")
    hand = Pointer(page)
    await hand.type("账号", ACCOUNTS[CLERK])
    await hand.type("密码", "not that one")
    await hand.press("登录")
    await must_be_for_everybody(page, watch)


async def test_a_form_with_faults(site: Site, walked: Walked) -> None:
    context = await site.window(walked.cookies[CLERK])
    watch, page = Watch(context, site.url), await context.new_page()
    await page.goto("/annual-plans/new")
    hand = Pointer(page)
    await type_plan(hand, heads="many")
    await hand.press("保存")
    assert await page.locator("main .fault").count() >= 1
    assert await page.evaluate("() => document.activeElement.id") == "refusal", "what is wrong is read first"
    await must_be_for_everybody(page, watch)


@pytest.mark.parametrize(
    ("address", "says"),
    [("/no/such/page", "没有这个页面"), ("/rosters/none", "查无"), ("/approvals", "不属于您的角色")],
)
async def test_a_page_that_is_not_there_or_not_for_somebody(
    site: Site, walked: Walked, address: str, says: str
) -> None:
    context = await site.window(walked.cookies[CLERK])
    watch, page = Watch(context, site.url), await context.new_page()
    await page.goto(address)
    assert says in await page.locator("main").inner_text()
    await must_be_for_everybody(page, watch)


async def test_training_mode(site: Site, walked: Walked) -> None:
    context = await site.window()
    watch, page = Watch(context, site.url), await context.new_page()
    await page.goto("/sign-in")
    await page.get_by_label("账号").fill(ACCOUNTS[CLERK])
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_label("培训模式：").check()
    await Pointer(page).press("登录")
    assert await page.locator("body.practice").count() == 1
    await must_be_for_everybody(page, watch)


@pytest.mark.parametrize(("known", "outcome"), [(True, "done"), (False, "wrong")])
async def test_what_a_look_up_finds(site: Site, known: bool, outcome: str) -> None:
    """By an employer, who has a number and a name and no account."""
    listed = await site.house.person(CENTRE_CLERK).get(f"/certificate/certificates?roster={SMALL.id}")
    context = await site.window()
    watch, page = Watch(context, site.url), await context.new_page()
    await page.goto("/look-up")
    hand = Keyboard(page)
    await hand.type("证书编号", listed["items"][0]["number"])
    await hand.type("姓名", listed["items"][0]["holder"]["name"] if known else "无名氏")
    await hand.press("查询")
    assert outcome in (await page.locator("main .outcome").get_attribute("class") or "").split()
    await must_be_for_everybody(page, watch)


@pytest.mark.parametrize("address", ["/directory/password", "/directory/reset", "/certificate/v/0/0"])
async def test_pages_outside_the_console(site: Site, address: str) -> None:
    context = await site.window()
    watch, page = Watch(context, site.url), await context.new_page()
    await page.goto(address)
    assert await ask(page, "targets") == []
    await must_be_for_everybody(page, watch, framed=False)
