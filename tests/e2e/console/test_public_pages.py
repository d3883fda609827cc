"""Pages that everybody may open: a certificate looked up, the privacy notice, training."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from shared.adapters.http.interfaces import HttpInterfaces
from tests.e2e.verification.test_wrong_guesses import HERE, LIMIT, THERE, Counter, a_counter
from tests.world.browser import SITE, Browser, forms
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import CLERK, SMALL
from tests.world.sockets import served

STATION = SMALL.station.account("station_clerk")
LOCAL = "2644051012400001"


def marked(html: str) -> set[str]:
    """Names of the fields in which something is wrong, each of which says what."""
    fields = re.findall(r'<input id="f-(\w+)"[^>]*aria-invalid="true" aria-errormessage="([\w-]+)"', html)
    assert all(f'id="{message}"' in html for _, message in fields)
    return {name for name, _ in fields}


@pytest.fixture
async def counter(house: House) -> Counter:
    return await a_counter(house)


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[Browser]:
    browser = Browser(house)
    yield browser
    await browser.close()


# --- looking up -------------------------------------------------------------------------------------------------------


async def test_a_certificate_is_found_by_number_and_name(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    page = await stranger.submit("/look-up", number=counter.number, **counter.name)
    found = (await counter.ask(**counter.name)).json()
    assert "证书有效" in page.text
    assert found["authority_zh"] in page.text
    assert "核验时间" in page.text
    assert counter.line.id_number not in page.text
    assert "the certificate is valid" not in page.text


async def test_no_address_holds_what_was_typed(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    page = await stranger.submit("/look-up", number=counter.number, **counter.tail)
    assert (str(page.url), page.headers["Cache-Control"]) == (f"{SITE}/look-up", "no-store")
    assert "证书有效" in page.text


async def test_what_does_not_fit_tells_nothing(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    page = await stranger.submit("/look-up", number=counter.number, name="别人")
    assert page.status_code == 200
    assert "没有与所填信息一致的证书" in page.text
    assert counter.line.name not in page.text


async def test_what_does_not_fit_is_still_there_to_be_corrected(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    typed = {"number": counter.number, "name": "别人", "id_last": "123X"}
    page = await stranger.submit("/look-up", **typed)
    assert "没有与所填信息一致的证书" in page.text
    assert dict(forms(page.text))["/look-up"] == typed
    assert "再查一份" not in page.text
    page = await stranger.submit("/look-up", **{**counter.name, "id_last": ""})
    assert "证书有效" in page.text and "再查一份" in page.text
    assert set(dict(forms(page.text))["/look-up"].values()) == {""}, "another one is asked for"


async def test_a_local_number_is_explained(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    page = await stranger.submit("/look-up", number=LOCAL, name="张三")
    assert page.status_code == 422
    assert "由地方鉴定机构核发" in page.text
    assert f'value="{LOCAL}"' in page.text
    assert 'value="张三"' in page.text
    assert "digits" not in page.text


async def test_nothing_besides_the_number_is_not_enough(counter: Counter, stranger: Browser) -> None:
    page = await stranger.open("/look-up")
    assert "可不填" not in page.text
    assert "<legend>姓名或证件号码后四位，填一项</legend>" in page.text
    page = await stranger.submit("/look-up", number=counter.number)
    assert page.status_code == 422
    assert "请填写姓名或证件号码后四位" in page.text
    assert marked(page.text) == {"name", "id_last"}


async def test_a_wrong_number_is_marked_where_it_is_typed(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    page = await stranger.submit("/look-up", number="123", name="张三")
    assert marked(page.text) == {"number"}
    assert "全部：应为 16 位，现为 3 位" in page.text
    page = await stranger.submit("/look-up", number=LOCAL, name="张三")
    assert marked(page.text) == {"number"}
    assert "请看上面标出的各组数字" in page.text


async def test_too_many_wrong_ones_are_a_sentence(open_house: OpenHouse) -> None:
    """Counted by who asks, not by the console through which all of them come."""
    house = open_house(verifications_per_minute=LIMIT)
    counter = await a_counter(house)
    browser = Browser(house)
    for n in range(LIMIT + 1):
        page = await browser.send("/look-up", number=counter.number, name=f"别人{n}")
    assert page.status_code == 429
    assert "查询过于频繁" in page.text
    assert await counter.guess(1) == [200], "somebody elsewhere is still answered"
    await browser.close()


async def test_over_the_network_it_is_the_visitor_who_is_counted(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console in a process of its own: to the services all of its visitors come from one address."""
    house = open_house(verifications_per_minute=LIMIT)
    counter = await a_counter(house)
    here, there = Browser(house, office=HERE), Browser(house, office=THERE)
    async with served(house.app) as services:
        interfaces = HttpInterfaces(lambda _: f"http://127.0.0.1:{services.port}")
        monkeypatch.setattr(house.services["console"].app.state, "interfaces", interfaces)
        for n in range(LIMIT + 1):
            refused = await here.send("/look-up", number=counter.number, name=f"别人{n}")
        answered = await there.send("/look-up", number=counter.number, name="别人")
        claimed = await there.client.post(
            "/look-up", data={"number": counter.number, "name": "别人"}, headers={"X-Forwarded-For": HERE}
        )
        await interfaces.close()
    assert (refused.status_code, answered.status_code, claimed.status_code) == (429, 200, 200)
    for browser in (here, there):
        await browser.close()


async def test_it_is_there_in_english(counter: Counter, stranger: Browser) -> None:
    await stranger.send("/look", language="en", next="/look-up")
    page = await stranger.submit("/look-up", number=counter.number, **counter.name)
    assert "the certificate is valid" in page.text
    assert "Issuing authority" in page.text
    assert "证书有效" not in page.text


async def test_another_language_loses_nothing_of_what_was_asked(counter: Counter, stranger: Browser) -> None:
    await stranger.open("/look-up")
    typed = {"number": "123", "name": "张三", "id_last": ""}
    await stranger.submit("/look-up", **typed)
    page = await stranger.submit("/look", language="en")
    assert page.status_code == 200 and "Not sent yet" in page.text, "nobody has to sign in for it"
    assert 'href="/look-up">Do not send it' in page.text and "张三" in page.text
    page = await stranger.submit("/look-up")
    assert marked(page.text) == {"number"} and 'lang="en"' in page.text
    assert dict(forms(page.text))["/look-up"] == typed


# --- privacy ----------------------------------------------------------------------------------------------------------


async def test_the_privacy_notice_says_whom_to_ask(open_house: OpenHouse) -> None:
    browser = Browser(open_house(help_line="010-1234"))
    page = await browser.open("/privacy")
    assert page.status_code == 200
    assert "联系方式：010-1234" in page.text
    assert 'href="/look-up"' in page.text
    await browser.close()


@pytest.mark.parametrize("provider", ["", "https://login.example.org"])
async def test_the_privacy_notice_names_each_cookie(open_house: OpenHouse, provider: str) -> None:
    browser = Browser(open_house(oidc_issuer=provider, oidc_client_id="jianding"))
    for language, third in (("zh", "另有一个在登录期间使用，最长 10 分钟"), ("en", "ten minutes at the most")):
        await browser.send("/look", language=language)
        assert (third in (await browser.open("/privacy")).text) is bool(provider)
    await browser.close()


# --- training ---------------------------------------------------------------------------------------------------------


async def test_a_browser_without_a_token_sees_a_page_about_training(stranger: Browser) -> None:
    """Letters of earlier releases lead to the address for programs."""
    for path in ("/training", "/directory/training"):
        page = await stranger.open(path)
        assert (page.status_code, page.url.path) == (200, "/training")
        assert "怎样参加培训" in page.text


async def test_a_program_is_told_as_ever(house: House) -> None:
    assert (await house.client.get("/directory/training")).status_code == 401
    own = await house.person(STATION).get("/directory/training")
    assert own["training"] == "https://certificates.example.org/training"


async def test_whoever_is_signed_in_sees_their_own_training(house: House, stranger: Browser) -> None:
    await stranger.sign_in(STATION, trained=False)
    page = await stranger.open("/training")
    assert "尚无培训记录" in page.text
    assert "no training is recorded" not in page.text
    await stranger.send("/sign-out")
    await stranger.sign_in(STATION)
    page = await stranger.open("/training")
    assert f"T-{STATION}" in page.text
    assert 'href="/training" aria-current="page"' in page.text, "it stands in the menu"


async def test_the_page_says_whether_one_practises(house: House, stranger: Browser) -> None:
    await stranger.sign_in(CLERK, trained=False, practice="on")
    assert "您正在培训模式中" in (await stranger.open("/training")).text


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_of_these_pages_has_its_help(stranger: Browser, language: str) -> None:
    await stranger.send("/look", language=language)
    for path, name in (("/look-up", "look_up"), ("/privacy", "privacy"), ("/training", "practice")):
        page = await stranger.open(path)
        assert f'href="/help/{name}"' in page.text
        page = await stranger.open(f"/help/{name}")
        assert page.status_code == 200
        assert f'href="/help/{name}"' in page.text and "/help/help" not in page.text, "there is no help for help"
    assert (await stranger.open("/help/productions")).status_code == 200


async def test_whoever_is_refused_for_want_of_training_is_led_there(house: House, stranger: Browser) -> None:
    await stranger.sign_in(STATION, trained=False)
    await stranger.open("/annual-plans/new")
    page = await stranger.submit(year="2027")
    assert page.status_code == 403
    assert 'href="https://certificates.example.org/training"' in page.text
