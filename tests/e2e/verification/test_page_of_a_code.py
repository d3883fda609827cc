"""The page behind a QR code: in one language at a time, with who issued and when it was looked up; refusals are pages too."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.verification.test_wrong_guesses import LIMIT, Counter, a_counter
from tests.world.fixtures import OpenHouse
from tests.world.house import House

BROWSER = {"Accept": "text/html"}


@pytest.fixture
async def counter(house: House) -> Counter:
    return await a_counter(house)


async def opened(counter: Counter, path: str = "") -> httpx.Response:
    async with counter.sitting_at("198.51.100.7") as client:
        return await client.get(path or counter.page, headers=BROWSER)


async def test_it_says_who_issued_and_when_it_was_looked_up(counter: Counter) -> None:
    zh, en = await opened(counter), await opened(counter, f"{counter.page}?language=en")
    found = (await counter.ask(**counter.name)).json()
    assert found["authority_zh"] in zh.text
    assert found["authority_en"] in en.text
    assert found["checked_at"].startswith(counter.house.clock.now().isoformat()[:16])
    assert "核验时间" in zh.text
    assert "Issuing authority" in en.text


async def test_each_page_is_of_one_language(counter: Counter) -> None:
    zh, en = await opened(counter), await opened(counter, f"{counter.page}?language=en")
    assert (zh.headers["Content-Language"], en.headers["Content-Language"]) == ("zh-CN", "en")
    assert "the certificate is valid" not in zh.text
    assert "证书有效" not in en.text


async def test_a_number_that_is_none_is_a_page_for_people_and_a_problem_for_programs(counter: Counter) -> None:
    page = await opened(counter, "/certificate/v/2644051012400001/key")
    assert (page.status_code, page.headers["Content-Type"]) == (422, "text/html; charset=utf-8")
    assert "由地方鉴定机构核发" in page.text
    assert "digits 3-4" not in page.text
    problem = await counter.scan(page="/certificate/v/2644051012400001/key")
    assert problem.headers["Content-Type"] == "application/problem+json"


async def test_of_a_wrong_code_it_does_not_say_that_something_was_entered(counter: Counter) -> None:
    zh, en = await opened(counter, f"{counter.page}x"), await opened(counter, f"{counter.page}x?language=en")
    assert (zh.status_code, en.status_code) == (200, 200)
    assert "没有与此二维码一致的证书" in zh.text and "所填" not in zh.text
    assert "no certificate fits this code" in en.text and "entered" not in en.text


async def test_too_many_wrong_ones_are_a_sentence_on_a_page(open_house: OpenHouse) -> None:
    counter = await a_counter(open_house(verifications_per_minute=LIMIT))
    pages = [await opened(counter, f"{counter.page}x") for _ in range(LIMIT + 1)]
    assert [page.status_code for page in pages] == [200] * LIMIT + [429]
    assert pages[-1].headers["Content-Type"] == "text/html; charset=utf-8"
    assert "查询过于频繁" in pages[-1].text
    assert int(pages[-1].headers["Retry-After"]) > 0
