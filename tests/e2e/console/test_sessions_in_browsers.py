"""Signing in by pages: no token reaches a browser, one window does not end the other's, and what was typed is not lost."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.console.sessions.session import EARLY, Secret
from services.console.sessions.storage import KIND
from services.console.sessions.usecases import Sessions
from services.demo.cast import BRANCHES, STATIONS
from shared.errors import Unavailable
from tests.world.books import everything
from tests.world.browser import TOKEN, Browser, forms
from tests.world.house import PASSWORD, House

HEAD = STATIONS[0].account("station_head")
OFFICER = BRANCHES[0].account("branch_officer")
COOKIE = "__Host-jianding"
LIFE = 15 * 60  # seconds of an access token


@pytest.fixture
async def browser(bare_house: House):  # type: ignore[no-untyped-def]
    opened = Browser(bare_house)
    yield opened
    await opened.close()


async def test_whoever_signs_in_sees_their_name_role_and_office(browser: Browser) -> None:
    page = await browser.sign_in(HEAD)
    assert page.url.path == "/"
    assert "吴刚" in page.text
    assert "鉴定站负责人" in page.text
    assert STATIONS[0].name_zh in page.text
    assert "培训模式" not in page.text


async def test_the_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(
    bare_house: House, browser: Browser
) -> None:
    await browser.sign_in(HEAD)
    (set_cookie,) = [header for answer in browser.page.history for header in answer.headers.get_list("set-cookie")]
    assert set_cookie.startswith(f"{COOKIE}=")
    for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert flag in set_cookie
    assert "Domain" not in set_cookie
    assert TOKEN.search(set_cookie + browser.page.text) is None
    assert TOKEN.search(await bare_house.token(HEAD)), "it would be known as one"


async def test_a_copy_of_the_database_opens_no_session(bare_house: House, browser: Browser) -> None:
    await browser.sign_in(HEAD)
    (stored,) = await everything(bare_house.stores["console"], KIND.name)
    told = json.dumps(stored.body)
    assert browser.client.cookies[COOKIE] not in told + stored.id
    assert HEAD not in told
    assert TOKEN.search(told) is None


@pytest.mark.parametrize(("site", "name"), [("http://127.0.0.1:8000", "jianding"), ("http://localhost", "jianding")])
async def test_without_tls_only_on_this_machine(bare_house: House, site: str, name: str) -> None:
    browser = Browser(bare_house, site)
    await browser.sign_in(HEAD)
    assert browser.page.url.path == "/"
    assert name in browser.client.cookies
    await browser.close()


async def test_without_tls_from_elsewhere_nobody_signs_in(bare_house: House) -> None:
    browser = Browser(bare_house, "http://jianding.example.org")
    assert "未加密" in (await browser.open("/sign-in")).text
    page = await browser.sign_in(HEAD)
    assert page.status_code == 403
    assert not browser.client.cookies
    await browser.close()


async def test_a_wrong_password_is_said_and_the_account_stays_typed(browser: Browser) -> None:
    page = await browser.send("/sign-in", account=HEAD, password="not that one")
    assert page.status_code == 401
    assert f'value="{HEAD}"' in page.text
    assert "not that one" not in page.text


async def test_a_page_is_opened_after_the_sign_in_that_it_asks_for(browser: Browser) -> None:
    page = await browser.open("/annual-plans?state=draft")
    assert page.url.path == "/sign-in"
    await browser._house.operator.create(
        f"/directory/accounts/{HEAD}/training", {"certificate": "T", "passed_on": "2026-04-01"}, "t"
    )
    page = await browser.submit("/sign-in", account=HEAD, password=PASSWORD)
    assert (page.url.path, page.url.query) == ("/annual-plans", b"state=draft")


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
async def test_nobody_is_led_to_another_site(browser: Browser, wanted: str) -> None:
    page = await browser.sign_in(HEAD, next=wanted)
    assert str(page.url) == "https://console.example.org/"


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, False),
        ({"Origin": "https://console.example.org"}, True),
        ({"Origin": "null"}, False),
    ],
)
async def test_a_form_of_another_site_is_refused(browser: Browser, headers: dict[str, str], let_in: bool) -> None:
    await browser.sign_in(HEAD)
    del browser.client.headers["Sec-Fetch-Site"]
    answer = await browser.client.post("/look", data={"language": "en"}, headers=headers)
    assert (answer.status_code == 303) is let_in
    assert let_in or answer.status_code == 403


async def test_signing_out_ends_the_sign_in_and_leaves_nothing_in_the_browser(
    bare_house: House, browser: Browser
) -> None:
    await browser.sign_in(HEAD)
    secret = browser.client.cookies[COOKIE]
    answer = await browser.client.post("/sign-out")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert COOKIE not in browser.client.cookies
    assert not await everything(bare_house.stores["console"], KIND.name)
    browser.client.cookies.set(COOKIE, secret)
    assert (await browser.open("/")).url.path == "/sign-in"


async def test_pages_are_never_kept(browser: Browser) -> None:
    await browser.sign_in(HEAD)
    assert (await browser.open("/annual-plans")).headers["cache-control"] == "no-store"


async def test_two_windows_exchange_the_token_once(bare_house: House, browser: Browser) -> None:
    await browser.sign_in(HEAD)
    bare_house.clock.advance(LIFE)
    before = await everything(bare_house.stores["directory"], "sign_in")
    answers = await asyncio.gather(*(browser.client.get("/") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    after = await everything(bare_house.stores["directory"], "sign_in")
    (opened,) = [one for one in after if one.body["account"] == HEAD]
    (was,) = [one for one in before if one.id == opened.id]
    assert opened.version == was.version + 1
    bare_house.clock.advance(LIFE)
    assert (await browser.open("/")).status_code == 200, "and the sign-in goes on"


async def test_a_fresh_sign_in_beside_an_exchange_in_another_process_ends_nothing(
    bare_house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the sign-in whose token is just being exchanged."""
    await browser.sign_in(HEAD)
    outside = bare_house.outsides["console"]
    elsewhere = Sessions(outside.store, outside.clock, outside.interfaces, timedelta(hours=12))
    secret, ask = Secret(browser.client.cookies[COOKIE]), outside.interfaces.ask

    async def overtaken(question: Any) -> Any:
        if question.form and question.form["grant_type"] == "refresh_token":
            session = await elsewhere.known(secret)
            assert session is not None
            await elsewhere.prove(secret, session, PASSWORD, "127.0.0.1")
        return await ask(question)

    monkeypatch.setattr(outside.interfaces, "ask", overtaken)
    bare_house.clock.advance(LIFE - EARLY.total_seconds())
    assert (await browser.open("/annual-plans")).url.path == "/annual-plans"
    assert (await browser.open("/annual-plans")).url.path == "/annual-plans"


async def test_a_session_that_nobody_uses_ends(bare_house: House, browser: Browser) -> None:
    await browser.sign_in(HEAD)
    bare_house.clock.advance(13 * 3600)
    assert (await browser.open("/")).url.path == "/sign-in"
    bare_house.clock.advance(3 * 3600)
    await bare_house.tick()
    assert not await everything(bare_house.stores["console"], KIND.name)


async def test_what_was_typed_outlives_the_session(bare_house: House, browser: Browser) -> None:
    await browser.sign_in(STATIONS[0].account("station_clerk"))
    page = await browser.open("/annual-plans/new")
    fields = dict(next(fields for action, fields in forms(page.text) if not action))
    browser.client.cookies.delete(COOKIE)
    typed = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"}
    page = await browser.send("/annual-plans/new", **{**fields, **typed})
    assert page.status_code == 401
    assert "内容还在" in page.text
    page = await browser.submit("/sign-in", account=STATIONS[0].account("station_clerk"), password=PASSWORD)
    assert "现在提交" in page.text
    page = await browser.submit("/annual-plans/new")
    assert page.url.path == f"/annual-plans/{STATIONS[0].code}-2026"


async def test_a_wrong_password_and_another_language_lose_nothing(browser: Browser) -> None:
    clerk = STATIONS[0].account("station_clerk")
    await browser.sign_in(clerk)
    page = await browser.open("/annual-plans/new")
    fields = dict(next(fields for action, fields in forms(page.text) if not action))
    browser.client.cookies.delete(COOKIE)
    typed = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"}
    await browser.send("/annual-plans/new", **{**fields, **typed})
    await browser.submit("/sign-in", account=clerk, password="not that one")
    page = await browser.submit("/look", language="en")
    assert page.status_code == 200 and 'lang="en"' in page.text and "What you typed is still here" in page.text
    page = await browser.submit("/look", large="on")
    assert 'class="large"' in page.text and 'lang="en"' in page.text
    page = await browser.submit("/sign-in", account=clerk, password=PASSWORD)
    assert "Send it now" in page.text and "周宁" in page.text
    page = await browser.submit("/look", language="zh")
    assert "现在提交" in page.text
    page = await browser.submit("/annual-plans/new")
    assert page.url.path == f"/annual-plans/{STATIONS[0].code}-2026"


async def test_after_a_wrong_password_the_way_on_is_still_known(browser: Browser) -> None:
    await browser.open("/annual-plans?state=draft")
    await browser.submit("/sign-in", account=HEAD, password="not that one")
    page = await browser.submit("/look", language="en")
    assert page.url.path == "/sign-in" and 'lang="en"' in page.text
    assert 'name="next" value="/annual-plans?state=draft"' in page.text


async def test_what_is_not_there_keeps_head_and_menu(browser: Browser) -> None:
    async def head_of(path: str, status: int) -> str:
        page = await browser.open(path)
        assert page.status_code == status
        return page.text

    assert "吴刚" not in await head_of("/nothing-such", 404)
    await browser.sign_in(HEAD)
    for path, status in (("/nothing-such", 404), ("/approvals/annual_plan", 404), ("/sign-out", 405)):
        text = await head_of(path, status)
        assert "吴刚" in text and "鉴定站负责人" in text and STATIONS[0].name_zh in text
        assert 'href="/annual-plans"' in text, "the menu"


async def test_a_page_that_cannot_be_made_now_keeps_head_and_menu(
    bare_house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token has to be exchanged and nobody answers: the session is known here."""

    async def away(question: Any) -> Any:
        raise Unavailable("系统暂无应答，请稍后再试 · it does not answer")

    await browser.sign_in(HEAD)
    bare_house.clock.advance(LIFE)
    monkeypatch.setattr(bare_house.outsides["console"].interfaces, "ask", away)
    for path, status in (("/annual-plans", 503), ("/nothing-such", 404)):
        page = await browser.open(path)
        assert page.status_code == status
        assert "吴刚" in page.text and 'href="/annual-plans"' in page.text


async def test_who_signs_in_where_another_typed_sees_what_it_is_before_it_is_sent(browser: Browser) -> None:
    """It would be sent in their name."""
    reason = "<b>某人</b>填写的理由"
    page = await browser.send("/annual-plans/x/discard", version='"1"', reason=reason)
    assert page.status_code == 401
    page = await browser.submit("/sign-in", account=HEAD, password=PASSWORD)
    assert "data-go-on" not in page.text, "nothing goes on by itself"
    assert "<strong>吴刚</strong>" in page.text and 'action="/sign-out"' in page.text
    assert 'href="/annual-plans"' in page.text, "the menu"
    assert f"将以吴刚（{HEAD}）的名义提交" in page.text
    assert "<li>&lt;b&gt;某人&lt;/b&gt;填写的理由</li>" in page.text


async def test_training_mode_is_unmistakable(browser: Browser) -> None:
    page = await browser.sign_in(HEAD, practice="on")
    assert 'class="practice"' in page.text
    assert "培训模式" in page.text


async def test_the_language_and_large_type_stay(browser: Browser) -> None:
    await browser.sign_in(HEAD)
    await browser.send("/look", language="en", next="/annual-plans")
    assert browser.page.url.path == "/annual-plans"
    assert 'lang="en"' in browser.page.text
    assert "Annual plans" in browser.page.text
    await browser.send("/look", large="on", next="/")
    assert 'class="large"' in browser.page.text
    assert 'lang="en"' in browser.page.text


async def test_another_language_loses_nothing_of_a_refused_form(browser: Browser) -> None:
    await browser.sign_in(STATIONS[0].account("station_clerk"))
    await browser.open("/annual-plans/new")
    typed = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "many"}
    page = await browser.submit(**typed)
    assert page.status_code == 422
    assert "显示设置" not in page.text, "that page is another one, and takes nothing along"
    page = await browser.submit("/look", language="en")
    assert page.status_code == 200 and "Not sent yet" in page.text and "Signed in again" not in page.text
    page = await browser.submit("/look", large="on")
    assert 'class="large"' in page.text and "Not sent yet" in page.text
    page = await browser.submit("/annual-plans/new")
    assert page.status_code == 422 and 'lang="en"' in page.text
    fields = dict(forms(page.text))[""]
    assert {**fields, **typed} == fields


async def test_a_form_of_another_site_is_not_kept_for_being_sent_here(browser: Browser) -> None:
    await browser.sign_in(HEAD)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    page = await browser.client.post("/annual-plans/x/discard", data={"reason": "theirs"}, headers=elsewhere)
    assert page.status_code == 403
    assert "theirs" not in page.text


async def test_a_wrong_password_of_a_fresh_sign_in_takes_nothing_along(browser: Browser) -> None:
    await browser.sign_in(HEAD)
    page = await browser.send("/sign-in/again?next=/rosters", account=HEAD, password="not that one")
    assert page.status_code == 401
    page = await browser.submit("/look", language="en")
    assert str(page.url).endswith("/sign-in/again?next=/rosters") and 'lang="en"' in page.text


async def test_an_initial_password_is_changed_first_and_then_signs_in(bare_house: House, browser: Browser) -> None:
    initial, own = "initial-password-1", "a-password-of-one's-own"
    person = {"name": "张伟", "email": "zhang.wei@example.org", "body": STATIONS[0].code, "roles": ["station_clerk"]}
    new = {**person, "id": "zhang.wei", "password": initial}
    await bare_house.operator.create("/directory/accounts", new, "zhang.wei")
    page = await browser.send("/sign-in", account="zhang.wei", password=initial)
    assert page.url.path == "/directory/password"
    assert "初始密码只能用来" in page.text
    assert initial not in page.text and initial not in str(page.url)
    assert dict(forms(page.text))["/directory/password"] == {
        "account": "zhang.wei",
        "old": "",
        "password": "",
        "again": "",
    }
    page = await browser.submit(old=initial, password=own, again=own)
    assert "密码已修改" in page.text
    assert 'href="/sign-in"' in page.text
    page = await browser.send("/sign-in", account="zhang.wei", password=own)
    assert page.url.path == "/"
    assert "张伟" in page.text
