"""Who forgot a password, or changed it, finds the way back by pages."""

from __future__ import annotations

import pytest

from services.demo.cast import STATIONS
from tests.world.browser import Browser
from tests.world.house import PASSWORD, House

CLERK = STATIONS[0].account("station_clerk")


@pytest.mark.parametrize("account", [CLERK, "nobody.such"])
async def test_a_link_is_asked_for_and_nobody_learns_whether_there_is_an_account(
    bare_house: House, account: str
) -> None:
    browser = Browser(bare_house)
    page = await browser.open("/sign-in")
    assert 'href="/forgotten-password"' in page.text
    await browser.open("/forgotten-password")
    page = await browser.submit(account=account)
    assert page.status_code == 200
    assert "如账号存在且登记了邮箱" in page.text and account not in page.text
    await browser.close()


async def test_who_asks_too_often_waits_and_keeps_what_was_typed(bare_house: House) -> None:
    browser = Browser(bare_house)
    for _ in range(6):
        await browser.open("/forgotten-password")
        page = await browser.submit(account=CLERK)
    assert page.status_code == 429
    assert "请稍后再试" in page.text and f'value="{CLERK}"' in page.text
    await browser.close()


async def test_after_a_change_there_is_a_way_to_the_sign_in(bare_house: House) -> None:
    browser = Browser(bare_house)
    new = "another good one"
    page = await browser.send("/directory/password", account=CLERK, old=PASSWORD, password=new, again=new)
    assert "密码已修改" in page.text and 'href="/sign-in"' in page.text
    await browser.close()
