"""Signing in at the Centre's identity provider, by pages: it lands in the console, and a fresh sign-in is asked for there."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import httpx
import pytest

from services.demo.cast import STATIONS
from shared.actor import FRESH
from shared.adapters.http.identity_provider import HttpIdentityProvider
from tests.world.books import everything
from tests.world.browser import TOKEN, Browser
from tests.world.house import PASSWORD, House
from tests.world.provider import CALLBACK_OF_PAGES, CLIENT, ISSUER, SECRET, IdentityProvider

CLERK, HEAD = STATIONS[0].account("station_clerk"), STATIONS[0].account("station_head")
SITE = "https://certificates.example.org"
OIDC = {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
PLANS, START, AGAIN = "/annual-plans", "/sign-in/provider", "/sign-in/again"
PLAN = f"{PLANS}/{STATIONS[0].code}-2026"
TYPED = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"}
LATER = FRESH.total_seconds() + 1
COOKIE, SESSION = "__Host-jianding-provider", "__Host-jianding"


@dataclass
class Office:
    """Somebody's browser in front of the pages and of the provider."""

    house: House
    provider: IdentityProvider
    browser: Browser

    async def leave(self, address: str = START) -> httpx.URL:
        """To the provider's page."""
        answer = await self.browser.client.get(address)
        assert answer.status_code == 303, answer.text
        return httpx.URL(answer.headers["location"])

    async def come_back(self, there: httpx.URL, name: str) -> httpx.Response:
        back = self.provider.let_in(str(there), name)
        assert back.startswith(f"{CALLBACK_OF_PAGES}?")
        return await self.browser.open(back.removeprefix(SITE))

    async def sign_in(self, name: str = CLERK, address: str = START) -> httpx.Response:
        return await self.come_back(await self.leave(address), name)


@pytest.fixture
async def office(bare_folder: Path, tmp_path: Path) -> AsyncIterator[Office]:
    shutil.copytree(bare_folder, tmp_path / "bare")
    house = House(tmp_path / "bare", **OIDC)
    there = IdentityProvider(house.clock)
    house.identity_provider = HttpIdentityProvider(ISSUER, CLIENT, SECRET, there.transport)
    browser = Browser(house, SITE)
    training = {"certificate": "T", "passed_on": house.clock.now().date().isoformat()}
    await house.operator.create(f"/directory/accounts/{CLERK}/training", training, "t")
    table = house.services["plan"].app.state.access
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(table, "POST /annual-plans", replace(table["POST /annual-plans"], fresh=True))
        yield Office(house, there, browser)
    await browser.close()
    await house.identity_provider.close()
    await house.close()


async def test_it_lands_in_the_console_at_the_page_that_was_asked_for(office: Office) -> None:
    page = await office.browser.open(f"{PLANS}?state=draft")
    assert "统一身份认证" in page.text
    page = await office.sign_in(address=f"{START}?next={PLANS}%3Fstate=draft")
    assert (page.url.path, page.url.query, page.status_code) == (PLANS, b"state=draft", 200)
    assert "周宁" in page.text
    assert COOKIE not in office.browser.client.cookies, "it is of no use any more"
    assert TOKEN.search(page.text + str(office.browser.client.cookies)) is None


async def test_the_button_is_there_only_where_there_is_a_provider(bare_house: House) -> None:
    browser = Browser(bare_house)
    assert "统一身份认证" not in (await browser.open("/sign-in")).text
    assert (await browser.open(START)).status_code == 404
    await browser.close()


async def test_what_lies_in_the_browser_meanwhile(office: Office) -> None:
    answer = await office.browser.client.get(START)
    (cookie,) = answer.headers.get_list("set-cookie")
    name, *rest = cookie.split("; ")
    assert name.startswith(f"{COOKIE}=")
    wanted = {"httponly", "secure", "samesite=lax", "max-age=600", "path=/"}
    assert {attribute.casefold() for attribute in rest} == wanted
    assert SECRET not in cookie + answer.headers["location"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", f"/{'x' * 3000}"])
async def test_nobody_is_led_elsewhere(office: Office, wanted: str) -> None:
    page = await office.sign_in(address=str(httpx.URL(START, params={"next": wanted})))
    assert (str(page.url), page.status_code) == (f"{SITE}/", 200)


async def test_an_answer_that_was_not_begun_in_this_browser_opens_nothing(office: Office) -> None:
    there = await office.leave()
    office.browser.client.cookies.clear()
    page = await office.come_back(there, CLERK)
    assert page.status_code == 401
    assert "不在此浏览器中开始" in page.text
    assert SESSION not in office.browser.client.cookies


async def test_an_answer_is_taken_once(office: Office) -> None:
    there = await office.leave()
    cookie = office.browser.client.cookies[COOKIE]
    back = office.provider.let_in(str(there), CLERK).removeprefix(SITE)
    office.provider.careless = True
    assert (await office.browser.open(back)).url.path == "/"
    office.browser.client.cookies.clear()
    office.browser.client.cookies.set(COOKIE, cookie)
    assert (await office.browser.open(back)).status_code == 401


@pytest.mark.parametrize(
    ("query", "said", "status"),
    [("error=access_denied", "身份提供方未予登录", 401), ("error=server_error", "身份提供方暂无应答", 503)],
)
async def test_a_no_of_the_provider_is_said_on_the_sign_in_page(
    office: Office, query: str, said: str, status: int
) -> None:
    there = await office.leave(f"{START}?next={PLANS}")
    page = await office.browser.open(f"{START}/callback?{query}&state={there.params['state']}")
    assert page.status_code == status
    assert said in page.text
    assert f'name="next" value="{PLANS}"' in page.text


async def test_whom_nobody_knows_here_stays_outside(office: Office) -> None:
    page = await office.sign_in("somebody.else")
    assert page.status_code == 401
    assert "没有可用的账号" in page.text


async def test_a_fresh_sign_in_is_one_at_the_provider(office: Office) -> None:
    """Without a password of ours, and what was typed waits here meanwhile."""
    office.provider.proved_at = int(office.house.clock.now().timestamp())
    await office.sign_in()
    session = office.browser.client.cookies[SESSION]
    await office.browser.open(f"{PLANS}/new")
    page = await office.browser.submit(**TYPED)
    assert page.url.path == AGAIN, "the provider did not say when they proved who they are"
    assert 'type="password"' not in page.text
    office.house.clock.advance(LATER)
    there = await office.leave(str(httpx.URL(START, params={"fresh": "on", "next": page.url.params["next"]})))
    assert there.params["max_age"] == "300"
    page = await office.come_back(there, CLERK)
    assert page.url.path == "/sign-in/go-on"
    assert office.browser.client.cookies[SESSION] == session
    page = await office.browser.submit(f"{PLANS}/new")
    assert page.url.path == PLAN


async def test_what_was_typed_outlives_a_session_that_began_there(office: Office) -> None:
    """Nobody is signed in, so nothing is kept for them: it waits in the window in which it was typed."""
    office.provider.proved_at = int(office.house.clock.now().timestamp())
    await office.sign_in()
    await office.browser.open(f"{PLANS}/new")
    office.browser.client.cookies.clear()
    page = await office.browser.submit(**TYPED)
    assert page.status_code == 401 and "内容还在" in page.text
    (link,) = re.findall(r'<a [^>]*href="(/sign-in/provider[^"]*)"[^>]*target="_blank"', page.text)
    beside = await office.sign_in(address=unescape(link))
    assert (beside.status_code, beside.url.path) == (200, "/")
    assert "回到原来的窗口" in beside.text
    office.browser.page = page
    page = await office.browser.submit(f"{PLANS}/new")
    assert page.url.path in (PLAN, AGAIN), page.text


async def test_another_account_there_goes_on_with_nothing(office: Office) -> None:
    await office.sign_in()
    await office.browser.open(f"{PLANS}/new")
    page = await office.browser.submit(**TYPED)
    address = str(httpx.URL(START, params={"fresh": "on", "next": page.url.params["next"]}))
    page = await office.sign_in(HEAD, address)
    assert page.status_code == 404
    assert "吴刚" in page.text
    sign_ins = [one.body for one in await everything(office.house.stores["directory"], "sign_in")]
    assert [one["state"] for one in sign_ins if one["account"] == CLERK] == ["ended"], "whoever was signed in before"


async def test_who_signed_in_with_a_password_is_asked_for_it(office: Office) -> None:
    await office.browser.send("/sign-in", account=CLERK, password=PASSWORD)
    page = await office.browser.open(f"{AGAIN}?next={PLANS}")
    assert 'type="password"' in page.text
    assert START not in page.text
