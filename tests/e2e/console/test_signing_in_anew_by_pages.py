"""What needs a fresh sign-in, by pages: the password is asked for again, what was typed goes on, and nobody else's act with it.

No entry of this test needs one, so rows of the plans' access table are made such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from services.console.sessions.session import MOST_KEPT
from services.demo.cast import STATIONS
from shared.actor import FRESH
from tests.world.books import everything
from tests.world.browser import Browser, forms
from tests.world.house import PASSWORD, House

CLERK, HEAD = STATIONS[0].account("station_clerk"), STATIONS[0].account("station_head")
PLANS, AGAIN = "/annual-plans", "/sign-in/again"
PLAN = f"{PLANS}/{STATIONS[0].code}-2026"
TYPED = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"}
LATER = FRESH.total_seconds() + 1


@pytest.fixture(autouse=True)
def fresh_rows(bare_house: House) -> Iterator[None]:
    table = bare_house.services["plan"].app.state.access
    changed = {name: replace(table[name], fresh=True) for name in ("POST /annual-plans", "GET /annual-plans")}
    with pytest.MonkeyPatch.context() as patch:
        for name, row in changed.items():
            patch.setitem(table, name, row)
        yield


@pytest.fixture
async def clerk(bare_house: House):  # type: ignore[no-untyped-def]
    browser = Browser(bare_house)
    await browser.sign_in(CLERK)
    await bare_house.run_until_quiet()
    await prove(browser)
    yield browser
    await browser.close()


async def prove(browser: Browser, password: str = PASSWORD, next: str = "") -> httpx.Response:
    """Without `next`: by the form of the present page, as it stands there."""
    if next or browser.page.url.path != AGAIN:
        return await browser.send(str(httpx.URL(AGAIN, params={"next": next})), password=password)
    ((action, fields),) = [one for one in forms(browser.page.text) if one[0].startswith(AGAIN)]
    return await browser.send(action, **{**fields, "password": password})


async def asked_again(house: House, clerk: Browser) -> None:
    """Somebody typed a plan, and it took them too long."""
    await clerk.open(f"{PLANS}/new")
    house.clock.advance(LATER)
    page = await clerk.submit(**TYPED)
    assert (page.url.path, page.status_code) == (AGAIN, 200)
    assert "填写的内容还在" in page.text
    assert f'value="{CLERK}"' in page.text


async def test_within_the_minutes_nobody_is_asked(clerk: Browser) -> None:
    await clerk.open(f"{PLANS}/new")
    assert (await clerk.submit(**TYPED)).url.path == PLAN


async def test_what_was_typed_goes_on_after_the_password(bare_house: House, clerk: Browser) -> None:
    await asked_again(bare_house, clerk)
    page = await prove(clerk)
    assert page.url.path == "/sign-in/go-on"
    assert "data-go-on" in page.text, "by itself, where scripts run"
    ((_, fields),) = [one for one in forms(page.text) if one[0] == f"{PLANS}/new"]
    assert {**fields, **TYPED} == fields
    page = await clerk.submit(f"{PLANS}/new")
    assert (page.url.path, page.status_code) == (PLAN, 200)


async def test_a_wrong_password_is_said_and_nothing_is_lost(bare_house: House, clerk: Browser) -> None:
    await asked_again(bare_house, clerk)
    page = await prove(clerk, "not that one")
    assert page.status_code == 401
    assert "not that one" not in page.text
    await clerk.submit("/look", language="en")
    await prove(clerk)
    assert (await clerk.submit(f"{PLANS}/new")).url.path == PLAN


async def test_a_page_is_opened_after_it(bare_house: House, clerk: Browser) -> None:
    bare_house.clock.advance(LATER)
    page = await clerk.open(f"{PLANS}?state=draft")
    assert page.url.path == AGAIN
    page = await prove(clerk)
    assert (page.url.path, page.url.query) == (PLANS, b"state=draft")


async def test_after_it_a_file_is_pressed_once_more(bare_house: House, clerk: Browser) -> None:
    """A browser that is sent on to a file fetches it, and goes on showing the page of the sign-in."""
    bare_house.clock.advance(LATER)
    assert (await clerk.open(f"{PLANS}.xlsx?state=draft")).url.path == AGAIN
    page = await prove(clerk)
    assert (page.url.path, page.url.params["state"]) == (PLANS, "draft")
    assert "请再点一次要取的文件" in page.text
    page = await clerk.open(f"{PLANS}.xlsx?state=draft")
    assert "spreadsheet" in page.headers["content-type"]


async def test_the_sign_in_before_ends_and_the_session_is_the_same(bare_house: House, clerk: Browser) -> None:
    cookie = dict(clerk.client.cookies)
    bare_house.clock.advance(LATER)
    await prove(clerk, next="/")
    assert dict(clerk.client.cookies) == cookie
    sign_ins = [one.body for one in await everything(bare_house.stores["directory"], "sign_in")]
    assert [one["state"] for one in sign_ins if one["account"] == CLERK].count("open") == 1


async def test_whoever_practises_goes_on_practising(bare_house: House) -> None:
    browser = Browser(bare_house)
    await browser.sign_in(HEAD, practice="on")
    bare_house.clock.advance(LATER)
    await browser.open(PLANS)
    page = await prove(browser)
    assert page.url.path == PLANS
    assert 'class="practice"' in page.text
    await browser.close()


async def test_each_window_goes_on_with_its_own(bare_house: House, clerk: Browser) -> None:
    windows = []
    for heads in ("30", "40"):
        await clerk.open(f"{PLANS}/new")
        bare_house.clock.advance(LATER)
        windows.append((heads, await clerk.submit(**{**TYPED, "heads.0": heads})))
    for heads, page in windows:
        clerk.page = page
        page = await prove(clerk)
        assert f'name="heads.0" value="{heads}"' in page.text


async def test_so_many_wait_and_no_more(bare_house: House, clerk: Browser) -> None:
    pages = []
    for _ in range(MOST_KEPT + 1):
        await clerk.open(f"{PLANS}/new")
        bare_house.clock.advance(LATER)
        pages.append(await clerk.submit(**TYPED))
    clerk.page = pages[0]
    page = await prove(clerk)
    assert page.status_code == 404
    assert "已不在" in page.text
    assert {action for action, _ in forms(page.text)} == {"/sign-out", "/look"}, "none that sends anything"


async def test_nobody_goes_on_with_what_another_typed(bare_house: House, clerk: Browser) -> None:
    await asked_again(bare_house, clerk)
    address = str(clerk.page.url.params["next"])
    await clerk.send("/sign-in", account=HEAD, password=PASSWORD, next=address)
    assert clerk.page.status_code == 404
    clerk.client.cookies.clear()
    assert (await clerk.open(address)).url.path == "/sign-in"


async def test_a_password_is_not_tried_on_whoever_signed_in_meanwhile(bare_house: House, clerk: Browser) -> None:
    """In another window of the same browser."""
    await asked_again(bare_house, clerk)
    before = clerk.page
    await clerk.sign_in(HEAD)
    clerk.page = before
    page = await prove(clerk, "the clerk's own")
    assert page.status_code == 409
    assert f'value="{HEAD}"' in page.text
    assert "密码未送出" in page.text
    accounts = await everything(bare_house.stores["directory"], "account")
    assert [one.body["failures"] for one in accounts if one.id == HEAD] == [0]


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_nobody_is_led_elsewhere(clerk: Browser, wanted: str) -> None:
    page = await prove(clerk, next=wanted)
    assert str(page.url) == "https://console.example.org/"


async def test_without_a_session_there_is_only_the_sign_in(bare_house: House) -> None:
    browser = Browser(bare_house)
    for page in (await browser.open(f"{AGAIN}?next={PLANS}"), await prove(browser, next=PLANS)):
        assert page.url.path == "/sign-in"
        assert page.url.params["next"] == PLANS
    await browser.close()


async def test_a_program_is_told_as_problem_details(bare_house: House, clerk: Browser) -> None:
    bare_house.clock.advance(LATER)
    answer = await clerk.client.get(PLANS, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["sign_in"]) == (403, "fresh")


async def test_in_english(clerk: Browser, bare_house: House) -> None:
    await clerk.send("/look", language="en", next="/")
    bare_house.clock.advance(LATER)
    assert "Sign in again" in (await clerk.open(PLANS)).text
