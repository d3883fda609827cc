"""A desk worked off by keys alone: an annual plan, a session plan and rosters, one after the other; one goes back with a
reason, and after each the next one opens."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from shared.actor import FRESH
from tests.e2e.browser.conftest import Site
from tests.e2e.browser.hands import Pointer, sign_in, train
from tests.world.house import PASSWORD, House
from tests.world.seeding import SECOND, SMALL, TURNER, YEAR
from tests.world.sockets import served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("chromium")]
STATION, OFFICER, APPROVER = STATIONS[0], BRANCHES[0].account("branch_officer"), CENTRE.account("centre_approver")
SEEN = "() => performance.now() > 1000"
"""A page that was just opened takes no keys yet."""
ITEM = {"occupation": TURNER.occupation, "level": TURNER.level, "heads": 5}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(chromium: Browser, seeded_folder: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """Where rosters, an annual plan and a session plan wait for the Centre."""
    house = House(Path(shutil.copytree(seeded_folder, tmp_path / "house")))
    annual = {"year": YEAR + 1, "items": [ITEM]}
    session = {"year": YEAR, "number": 7, "held_on": f"{YEAR}-06-10", "place": "第七考场", "in_charge": "吴刚"}
    await up(house, "/plan/annual-plans", annual)
    await up(house, "/plan/session-plans", {**session, "items": [{**ITEM, "paper_sets": 3}]})
    await train(house, APPROVER)
    async with served(house.app) as there:
        opened = Site(house, f"http://127.0.0.1:{there.port}", chromium)
        yield opened
        await opened.close()
    await house.close()


async def up(house: House, address: str, content: object) -> None:
    made = await house.person(STATION.account("station_clerk")).create(address, content, address)
    await house.person(STATION.account("station_head")).step(f"{address}/{made['id']}", "submission")
    await house.person(OFFICER).step(f"{address}/{made['id']}", "endorsement")


async def press(page: Page, key: str) -> None:
    await page.wait_for_function(SEEN)
    await page.keyboard.press(key)


async def leads_on(page: Page, key: str) -> str:
    """The address that it leads to."""
    await page.wait_for_function(SEEN)
    async with page.expect_navigation():
        await page.keyboard.press(key)
    return page.url.partition("?")[0]


async def test_every_kind_of_form_goes_by_keys_alone(desk: Site) -> None:
    page = await (await desk.window()).new_page()
    await page.goto("/approvals")
    await sign_in(Pointer(page), APPROVER)
    waiting = await page.locator("table[data-rows] tbody a").all_inner_texts()
    assert {SMALL.id, SECOND.id, f"{STATION.code}-{YEAR}-007", f"{STATION.code}-{YEAR + 1}"} <= set(waiting)
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        await press(page, key)
        await expect(page.locator("table[data-rows] tbody a").nth(row)).to_be_focused()
    first = await leads_on(page, "Enter")
    second = await leads_on(page, "j")
    assert await leads_on(page, "k") == first != second
    sent_back = ""
    for _ in waiting:
        here = page.url.partition("?")[0]
        kind = here.split("/")[-2]
        if kind == "roster" and not sent_back:
            sent_back = here.split("/")[-1]
            await press(page, "r")
            await page.keyboard.type("照片不清")
            await page.keyboard.press("Tab")
            following = await leads_on(page, "Enter")
        else:
            following = await leads_on(page, "a")
        assert following != here, await page.locator("main").inner_text()
        await expect(page.locator("main [role=status]")).to_be_visible()
    assert page.url.partition("?")[0] == f"{desk.url}/approvals"
    await expect(page.locator("main")).to_contain_text("没有等您办理的")
    person = desk.house.person(APPROVER)
    states = {
        (await person.get(f"{address}/{id}"))["state"]
        for address, ids in (
            ("/reporting/rosters", {SMALL.id, SECOND.id} - {sent_back}),
            ("/plan/session-plans", {f"{STATION.code}-{YEAR}-007"}),
            ("/plan/annual-plans", {f"{STATION.code}-{YEAR + 1}"}),
        )
        for id in ids
    }
    assert states == {"approved"}
    assert (await person.get(f"/reporting/rosters/{sent_back}"))["state"] == "returned"


async def test_a_password_in_between_and_the_next_one_opens(desk: Site) -> None:
    """Rosters take a fresh sign-in: where it is asked for, it is typed at once."""
    page = await (await desk.window()).new_page()
    await page.goto(f"/approvals/roster/{SMALL.id}")
    await sign_in(Pointer(page), APPROVER)
    desk.house.clock.advance(FRESH.total_seconds() + 1)
    assert await leads_on(page, "a") == f"{desk.url}/sign-in/again"
    await expect(page.get_by_label("密码")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/approvals/**")
    assert not page.url.partition("?")[0].endswith(SMALL.id)
    await expect(page.locator("main [role=status]")).to_contain_text("已批准")
    assert (await desk.house.person(APPROVER).get(SMALL.path))["state"] == "approved"
