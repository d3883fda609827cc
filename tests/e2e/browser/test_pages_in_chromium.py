"""Every page of the menu, as everybody who may open it: WCAG 2.2 AA, our policy of content, one host, each width, by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

from services.console.menu import MENU
from tests.e2e.browser.conftest import Site
from tests.e2e.browser.looking import Watch, at_a_glance, axe, closely, large
from tests.e2e.browser.walking import COOKIE, ROUTES, SITE, Walked, opened_by
from tests.world.browser import Browser

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("chromium")]
TAG = re.compile(r"<script.*?</script>|<[^>]*>", re.DOTALL)
FOR_PROGRAMS = re.compile(
    r"\b(?:GET|POST|PUT|PATCH|DELETE)\b.{0,40}|….{0,40}/|(?<![\w./])/[a-z]+[a-z/{-]+|\bscope=|\bIf-Match\b|\bJSON\b"
)
LOOKED_AT = [(entry.name, role) for entry in MENU for role in opened_by(entry.name)]


@pytest.mark.parametrize(("entry", "role"), LOOKED_AT, ids=[f"{entry}:{role or 'nobody'}" for entry, role in LOOKED_AT])
async def test_pages_are_for_everybody(site: Site, walked: Walked, entry: str, role: str) -> None:
    context = await site.window(walked.cookies.get(role, ""))
    watch, page, faults = Watch(context, site.url), await context.new_page(), list[str]()
    for route, address in walked.found[role].items():
        if ROUTES[route][0].name != entry or not walked.is_page(route, role) or not walked.new_parts(route, role):
            continue
        await page.goto(address)
        found = await at_a_glance(page)
        if walked.best(route) == role:
            found += await closely(page)
        faults += [f"{route} ({address}): {fault}" for fault in [*found, *watch.taken()]]
    await context.close()
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("entry", [entry.name for entry in MENU])
async def test_pages_in_large_type_and_in_english(site: Site, walked: Walked, entry: str) -> None:
    faults, windows = list[str](), dict[str, tuple[Watch, Page]]()
    for route, (holder, _) in ROUTES.items():
        role = walked.best(route)
        if holder.name != entry or role == "none" or not walked.is_page(route, role):
            continue
        if role not in windows:
            context = await site.window(walked.cookies.get(role, ""), look="en.large")
            windows[role] = Watch(context, site.url), await context.new_page()
        watch, page = windows[role]
        await page.goto(walked.found[role][route])
        faults += [f"{route}: {fault}" for fault in [*await axe(page), *await large(page), *watch.taken()]]
    for _, page in windows.values():
        await page.context.close()
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("look", ["zh", "en"])
async def test_no_page_names_what_is_for_programs(site: Site, walked: Walked, look: str) -> None:
    faults = []
    for role, pages in walked.found.items():
        browser = Browser(site.house, SITE)
        browser.client.cookies.set("jianding-look", look)
        if role in walked.cookies:
            browser.client.cookies.set(COOKIE, walked.cookies[role])
        for route, address in pages.items():
            if walked.is_page(route, role):
                read = TAG.sub(" ", (await browser.open(address)).text)
                faults += [f"{route} ({address}) as {role}: {found.group()}" for found in FOR_PROGRAMS.finditer(read)]
        await browser.close()
    assert not faults, "\n" + "\n".join(faults)


async def test_every_page_was_seen(walked: Walked) -> None:
    """A page that no link leads to is looked at by nobody here: give it a link, or an address in `walking.py`. What lies on the
    way through a sign-in is opened by that alone (`test_signing_in_anew_by_pages`)."""
    unseen = [route for route in ROUTES if walked.best(route) == "none"]
    assert [route for route in unseen if not route.startswith("GET /sign-in/")] == []


async def test_no_link_leads_nowhere(walked: Walked) -> None:
    broken = {
        f"{route} as {role or 'nobody'} ({walked.found[role][route]}): {status}"
        for route, answers in walked.answers.items()
        for role, (status, _) in answers.items()
        if status >= 500 or (status == 404 and walked.found[role][route] in walked.linked)
    }
    assert not walked.dead | broken
