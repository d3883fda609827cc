"""An annual plan by pages alone, from the draft to the approval; what goes wrong is said, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import openpyxl
import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from tests.world.browser import Browser, SignedIn, browsers_at
from tests.world.house import House

STATION, BRANCH = STATIONS[0], BRANCHES[0]
PLAN = f"/annual-plans/{STATION.code}-2026"
TYPED = {"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"}


@pytest.fixture
async def browsers(bare_house: House) -> AsyncIterator[SignedIn]:
    await bare_house.run_until_quiet()
    async with browsers_at(bare_house) as signed_in:
        yield signed_in


async def drafted(browsers: SignedIn) -> Browser:
    clerk = await browsers(STATION.account("station_clerk"))
    await clerk.open("/annual-plans/new")
    assert (await clerk.submit(**TYPED)).url.path == PLAN
    return clerk


async def test_from_the_draft_to_the_approval(bare_house: House, browsers: SignedIn) -> None:
    await drafted(browsers)
    for account, verb in (
        (STATION.account("station_head"), "submit"),
        (BRANCH.account("branch_officer"), "endorse"),
        (CENTRE.account("centre_approver"), "approve"),
    ):
        browser = await browsers(account)
        desk = await browser.open("/")
        assert verb == "submit" or f'href="{PLAN}"' in desk.text, "it lies on the desk"
        await browser.open(PLAN)
        page = await browser.submit(f"{PLAN}/{verb}")
        assert page.status_code == 200, page.text
        assert page.url.path == PLAN
    assert "已批准" in page.text


async def test_what_cannot_be_done_is_not_offered_and_says_why(browsers: SignedIn) -> None:
    clerk = await drafted(browsers)
    page = await clerk.open(PLAN)
    assert f'action="{PLAN}/approve"' not in page.text
    assert "先由编制机构呈报" in page.text, "what has to come first"


async def test_wrong_lines_are_marked_and_stay_typed(browsers: SignedIn) -> None:
    clerk = await browsers(STATION.account("station_clerk"))
    await clerk.open("/annual-plans/new")
    page = await clerk.submit(
        **{**TYPED, "heads.0": "many", "occupation.1": "6-04-01-01", "level.1": "", "heads.1": "5"}
    )
    assert page.status_code == 422
    assert 'value="many"' in page.text
    assert page.text.count('class="fault"') >= 2
    page = await clerk.submit(**{"heads.0": "30", "level.1": "3"})
    assert page.url.path == PLAN


async def test_a_second_click_makes_no_second_plan(browsers: SignedIn) -> None:
    clerk = await browsers(STATION.account("station_clerk"))
    page = await clerk.open("/annual-plans/new")
    assert (await clerk.submit(**TYPED)).url.path == PLAN
    clerk.page = page
    assert (await clerk.submit(**TYPED)).url.path == PLAN


async def test_two_clerks_on_one_plan_see_both_versions(browsers: SignedIn) -> None:
    first = await drafted(browsers)
    second = await browsers(STATION.account("station_head"))
    await first.open(f"{PLAN}/edit")
    await second.open(f"{PLAN}/edit")
    assert (await second.submit(**{"heads.0": "44"})).url.path == PLAN
    page = await first.submit(**{"heads.0": "55"})
    assert page.status_code == 412
    assert 'value="55"' in page.text
    assert ">44<" in page.text
    page = await first.submit()
    assert page.url.path == PLAN
    assert ">55<" in page.text


async def test_a_return_says_why(browsers: SignedIn) -> None:
    await drafted(browsers)
    head = await browsers(STATION.account("station_head"))
    await head.open(PLAN)
    await head.submit(f"{PLAN}/submit")
    officer = await browsers(BRANCH.account("branch_officer"))
    await officer.open(PLAN)
    page = await officer.submit(f"{PLAN}/send_back", reason="")
    assert page.status_code == 422
    page = await officer.submit(f"{PLAN}/send_back", reason="人数与设备不符")
    assert "已退回" in page.text
    desk = await head.open("/")
    assert "人数与设备不符" in desk.text


async def test_another_bodys_plan_looks_as_if_it_were_not_there(browsers: SignedIn) -> None:
    await drafted(browsers)
    stranger = await browsers(STATIONS[2].account("station_clerk"))
    page = await stranger.open(PLAN)
    assert page.status_code == 404
    assert "查无" in page.text


async def test_the_list_as_a_workbook(browsers: SignedIn) -> None:
    clerk = await drafted(browsers)
    answer = await clerk.open("/annual-plans.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][:5] == [
        f"{STATION.code}-2026",
        2026,
        STATION.code,
        STATION.name_zh,
        "草稿",
    ]
    assert sheet["C2"].number_format == "@"


async def test_what_is_typed_as_a_script_is_shown_as_text(bare_house: House, browsers: SignedIn) -> None:
    await drafted(browsers)
    head = await browsers(STATION.account("station_head"))
    await head.open(PLAN)
    await head.submit(f"{PLAN}/submit")
    officer = await browsers(BRANCH.account("branch_officer"))
    await officer.open(PLAN)
    await officer.submit(f"{PLAN}/send_back", reason="<script>alert(1)</script>")
    page = await head.open(PLAN)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
