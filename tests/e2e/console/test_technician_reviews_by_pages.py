"""Approval forms of technicians by pages: typed from the paper, held against the roster, corrected with a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.world.browser import Browser
from tests.world.house import House
from tests.world.seeding import CLERK, DIRECT, HELD_ON, import_roster, lines_of, plan_session, up

PAGE = f"/rosters/{DIRECT.id}/technician-reviews"
NEW = f"/rosters/{DIRECT.id}/new-technician-reviews"
FIRST, SECOND = lines_of(DIRECT)
TYPED = {
    "name.0": FIRST.name,
    "document_no.0": "机职鉴审〔2026〕1号",
    "reviewed_on.0": HELD_ON.isoformat(),
    "panel.0": "郑平、冯强、褚云",
    "name.1": SECOND.name,
}


@pytest.fixture
async def clerk(bare_house: House) -> AsyncIterator[Browser]:
    """Of the Centre, whose desk has a roster with two technicians."""
    await plan_session(bare_house, DIRECT)
    await bare_house.run_until_quiet()
    await import_roster(bare_house, DIRECT)
    await up(bare_house, DIRECT, DIRECT.path, approve=False)
    browser = Browser(bare_house)
    await browser.sign_in(CLERK)
    yield browser
    await browser.close()


async def test_recorded_from_the_paper(clerk: Browser) -> None:
    page = await clerk.open(PAGE)
    assert FIRST.name in page.text
    assert "共 2 人" in page.text
    page = await clerk.open(NEW)
    assert f'value="{FIRST.ticket}"' in page.text
    assert FIRST.name not in page.text, "it is typed from the paper, so that it can be compared"
    page = await clerk.submit(**TYPED)
    assert page.url.path == PAGE
    assert "没有人缺审批表" in page.text
    assert page.text.count("机职鉴审〔2026〕1号") == 2, "the second as the line above"


async def test_a_wrong_name_is_said_at_its_line_and_nothing_is_recorded(clerk: Browser) -> None:
    await clerk.open(NEW)
    page = await clerk.submit(**{**TYPED, "name.1": "王五"})
    assert page.status_code == 422
    assert 'value="王五"' in page.text
    assert page.text.count('class="fault"') == 1
    await clerk.submit(**{"name.1": SECOND.name})
    assert clerk.page.url.path == PAGE, "mended, and sent again from the same page"


async def test_nothing_typed(clerk: Browser) -> None:
    await clerk.open(NEW)
    page = await clerk.submit()
    assert page.status_code == 422
    assert "没有填写任何一行" in page.text


async def test_corrected_with_a_reason_and_both_versions_where_somebody_was_quicker(clerk: Browser) -> None:
    await clerk.open(NEW)
    await clerk.submit(**TYPED)
    one = f"{PAGE}/{FIRST.ticket}"
    page = await clerk.open(one)
    page = await clerk.submit(panel="郑平", reason="误读")
    assert page.status_code == 422
    assert 'value="郑平"' in page.text
    assert "评委不得少于 3 人" in page.text
    before = clerk.page
    assert (await clerk.submit(document_no="2号", panel="郑平、冯强、卫国")).url.path == one
    assert "已保存" in clerk.page.text
    clerk.page = before
    page = await clerk.submit(document_no="3号", panel="郑平、冯强、沈括", reason="误读")
    assert page.status_code == 412
    assert 'value="3号"' in page.text
    assert "<dd>2号</dd>" in page.text


async def test_the_station_reads_them_and_records_none(bare_house: House, clerk: Browser) -> None:
    station = Browser(bare_house)
    await station.sign_in(DIRECT.station.account("station_clerk"))
    page = await station.open(PAGE)
    assert page.status_code == 200
    assert NEW not in page.text
    assert (await station.open(NEW)).status_code == 403
    await station.close()
