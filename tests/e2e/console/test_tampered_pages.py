"""What no page of ours sends: fields that somebody changed, headers that somebody made up. Each is refused with a page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services.console.typed import MOST_FIELDS
from services.demo.cast import BRANCHES, STATIONS
from shared.web.uploads import Places
from tests.world.browser import Browser
from tests.world.house import House
from tests.world.seeding import SMALL

STATION, BRANCH = STATIONS[0], BRANCHES[0]
CLERK, HEAD, OFFICER = (
    STATION.account("station_clerk"),
    STATION.account("station_head"),
    BRANCH.account("branch_officer"),
)
PLAN = f"/annual-plans/{STATION.code}-2026"
TYPED = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"}


@pytest.fixture
async def clerk(bare_house: House) -> AsyncIterator[Browser]:
    await bare_house.run_until_quiet()
    browser = Browser(bare_house)
    await browser.sign_in(CLERK)
    yield browser
    await browser.close()


async def drafted(clerk: Browser) -> None:
    await clerk.open("/annual-plans/new")
    assert (await clerk.submit(**TYPED)).url.path == PLAN


def is_a_refusal(page: httpx.Response) -> bool:
    return 400 <= page.status_code < 500 and "</html>" in page.text


async def test_a_line_of_a_number_that_nobody_counts_to(clerk: Browser) -> None:
    await clerk.open("/annual-plans/new")
    page = await clerk.submit(**{f"heads.{'9' * 5000}": "30", "year": "2026"})
    assert is_a_refusal(page), page.text


@pytest.mark.parametrize("version", ["", "第三版", '"3"\r\nAuthorization: Bearer x', "\x00", "9" * 100_000, '"99"'])
async def test_a_version_that_is_none(clerk: Browser, version: str) -> None:
    await drafted(clerk)
    assert is_a_refusal(await clerk.send(f"{PLAN}/edit", version=version, **TYPED))
    assert is_a_refusal(await clerk.send(f"{PLAN}/discard", version=version))


async def test_a_key_that_is_none_of_ours_does_as_well(clerk: Browser) -> None:
    for _ in range(2):
        assert (await clerk.send("/annual-plans/new", key="钥匙", **TYPED)).url.path == PLAN


async def test_more_lines_than_any_plan_has(clerk: Browser) -> None:
    page = await clerk.send("/annual-plans/new", **{f"heads.{n}": "1" for n in range(MOST_FIELDS + 1)})
    assert is_a_refusal(page)
    assert "heads." not in page.text, "they are not shown again"


async def test_what_is_too_long_for_an_address(clerk: Browser) -> None:
    """Of these fields the addresses of questions to the services are made."""
    assert is_a_refusal(await clerk.send("/session-plans/new", year="9" * 70_000))


async def test_halves_of_characters(clerk: Browser) -> None:
    """Some encodings that a form may be in can name them."""
    part = 'Content-Disposition: form-data; name="year"\r\n\r\n\\ud800'
    page = await clerk.client.post(
        "/annual-plans/new",
        content=f"--b\r\n{part}\r\n--b--\r\n".encode(),
        headers={"Content-Type": "multipart/form-data; boundary=b; charset=unicode_escape"},
    )
    assert is_a_refusal(page), page.text


@pytest.mark.parametrize(
    "wanted", ["//[", "//\u2100.example", "http://[", "/\\[", "/x\rSet-Cookie: a=b", "//", "///evil"]
)
async def test_an_address_that_is_none_leads_to_the_desk(clerk: Browser, wanted: str) -> None:
    page = await clerk.open(str(httpx.URL("/sign-in", params={"next": wanted})))
    assert (page.url.path, page.status_code) == ("/", 200)
    page = await clerk.send("/look", next=wanted)
    assert (page.url.path, page.status_code) == ("/", 200)


@pytest.mark.parametrize("origin", ["http://[", "null", "", "https://console.example.org.evil.example", "file://"])
async def test_an_origin_that_is_none_of_ours(clerk: Browser, origin: str) -> None:
    del clerk.client.headers["Sec-Fetch-Site"]
    page = await clerk.client.post("/sign-out", headers={"Origin": origin})
    assert page.status_code == 403
    assert (await clerk.open("/")).url.path == "/", "still signed in"


async def test_a_part_of_a_page_that_is_nowhere(clerk: Browser) -> None:
    clerk.client.cookies.clear()
    for there in ("http://[", "https://console.example.org//evil.example/x", "nonsense"):
        part = await clerk.client.get(f"{PLAN}", headers={"HX-Request": "true", "HX-Current-URL": there})
        assert part.status_code == 401
        assert 'href="/"' in part.text


async def test_a_reason_of_several_lines_is_one(bare_house: House, clerk: Browser) -> None:
    await drafted(clerk)
    browsers = [Browser(bare_house), Browser(bare_house)]
    for browser, account, verb in zip(browsers, (HEAD, OFFICER), ("submit", "send_back"), strict=True):
        await browser.sign_in(account)
        await browser.open(PLAN)
        page = await browser.submit(
            f"{PLAN}/{verb}", **({"reason": "人数与设备不符\r\n请改"} if verb == "send_back" else {})
        )
        assert page.status_code == 200, page.text
    plan = await bare_house.person(CLERK).get(f"/plan{PLAN}")
    assert plan["returned_because"] == "人数与设备不符 请改"
    for browser in browsers:
        await browser.close()


async def test_files_of_strangers_take_places_too(bare_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who is not signed in has the console hold more files than those who are."""
    monkeypatch.setattr(bare_house.services["console"].app.state, "places", Places(0))
    stranger = Browser(bare_house)
    page = await stranger.send(f"/rosters/{SMALL.id}/workbook/check", {"file": ("f.xlsx", b"x" * 1000, "a/b")})
    assert page.status_code == 401
    assert "文件须重新选择" not in page.text, "it was not read"
    await stranger.close()
