"""A session plan by pages alone: drafted, approved with a reason of the Centre, drawn, put off, cancelled; what goes wrong is
said beside its field, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import openpyxl
import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from tests.world.browser import Browser, SignedIn, browsers_at
from tests.world.house import House
from tests.world.seeding import HELD_ON, TURNER, YEAR

STATION, BRANCH = STATIONS[0], BRANCHES[0]
CLERK, HEAD = STATION.account("station_clerk"), STATION.account("station_head")
OFFICER, APPROVER = BRANCH.account("branch_officer"), CENTRE.account("centre_approver")
CENTRE_CLERK = CENTRE.account("centre_clerk")
PLAN = f"/session-plans/{STATION.code}-{YEAR}-001"
LATER = "2026-06-10"
TYPED = {
    "held_on": str(HELD_ON),
    "place": "第一考场",
    "in_charge": "吴刚",
    "fee_yuan": "280",
    "occupation.0": TURNER.occupation,
    "level.0": str(TURNER.level),
    "heads.0": "10",
    "paper_sets.0": "3",
}


@pytest.fixture
async def signed_in(bare_house: House) -> AsyncIterator[SignedIn]:
    """In a house where an annual plan of 60 heads is approved."""
    item = {"occupation": TURNER.occupation, "level": TURNER.level, "heads": 60}
    made = await bare_house.person(CLERK).create("/plan/annual-plans", {"year": YEAR, "items": [item]}, "annual")
    for account, verb in ((HEAD, "submission"), (OFFICER, "endorsement"), (APPROVER, "approval")):
        await bare_house.person(account).step(f"/plan/annual-plans/{made['id']}", verb)
    await bare_house.run_until_quiet()
    async with browsers_at(bare_house) as signed_in:
        yield signed_in


async def drafted(signed_in: SignedIn, **more: str) -> Browser:
    clerk = await signed_in(CLERK)
    await clerk.open("/session-plans/new")
    page = await clerk.submit(**{**TYPED, **more})
    assert page.url.path == PLAN, page.text
    return clerk


async def led(signed_in: SignedIn, *verbs: str, **reasons: str) -> Browser:
    who = {"submit": HEAD, "endorse": OFFICER, "approve": APPROVER}
    for verb in verbs:
        browser = await signed_in(who[verb])
        await browser.open(PLAN)
        page = await browser.submit(f"{PLAN}/{verb}", **(reasons if verb == "approve" else {}))
        assert page.url.path == PLAN and page.status_code == 200, page.text
    return browser


async def approved(signed_in: SignedIn, **more: str) -> Browser:
    await drafted(signed_in, **{"held_on": LATER, **more})
    return await led(signed_in, "submit", "endorse", "approve")


async def test_the_form_knows_what_need_not_be_asked(signed_in: SignedIn) -> None:
    clerk = await signed_in(CLERK)
    page = await clerk.open("/session-plans/new")
    assert f'name="year" type="text" value="{YEAR}"' in page.text
    assert 'name="number" type="text" value="1"' in page.text
    assert "年度计划尚余" in page.text and ">60<" in page.text
    assert "自编</option>" in page.text and "国家题库" in page.text
    await drafted(signed_in)
    page = await clerk.open("/session-plans/new")
    assert 'name="number" type="text" value="2"' in page.text


async def test_a_plan_shows_all_that_was_typed(signed_in: SignedIn) -> None:
    clerk = await drafted(signed_in)
    page = await clerk.open(PLAN)
    for said in ("第一考场", "吴刚", "280 元", "国家标准", "自编", "车工", STATION.name_zh, "草稿"):
        assert said in page.text, said
    assert "只有" in page.text, "what the Centre will have to let through is said from the draft on"


async def test_from_the_draft_to_an_approval_with_a_reason(signed_in: SignedIn) -> None:
    await drafted(signed_in)
    await led(signed_in, "submit", "endorse")
    approver = await signed_in(APPROVER)
    await approver.open(PLAN)
    page = await approver.submit(f"{PLAN}/approve")
    assert page.status_code == 422
    assert "请写明特批理由" in page.text
    assert "exceptions" not in page.text.replace("id=", ""), "no word of programs"
    page = await approver.submit(f"{PLAN}/approve", **{"exception.lead_time": "设备检修后补考"})
    assert page.status_code == 200 and "已批准" in page.text
    assert "设备检修后补考" in page.text
    assert "lead_time" not in page.text


async def test_wrong_fields_are_marked_and_stay_typed(signed_in: SignedIn) -> None:
    clerk = await signed_in(CLERK)
    await clerk.open("/session-plans/new")
    wrong = {**TYPED, "held_on": "2025-01-01", "fee_yuan": "free", "paper_sets.0": "99", "heads.0": ""}
    page = await clerk.submit(**wrong)
    assert page.status_code == 422
    assert page.text.count('class="fault"') >= 3
    assert 'value="free"' in page.text and 'value="99"' in page.text and "第一考场" in page.text
    page = await clerk.submit(**{**TYPED, "held_on": "2025-01-01"})
    assert page.status_code == 422
    assert 'id="fault-held_on-1"' in page.text
    assert (await clerk.submit(held_on=str(HELD_ON))).url.path == PLAN


async def test_a_second_click_makes_no_second_session(signed_in: SignedIn) -> None:
    clerk = await signed_in(CLERK)
    page = await clerk.open("/session-plans/new")
    assert (await clerk.submit(**TYPED)).url.path == PLAN
    clerk.page = page
    assert (await clerk.submit(**TYPED)).url.path == PLAN


async def test_two_people_on_one_plan_see_both_versions(signed_in: SignedIn) -> None:
    first = await drafted(signed_in)
    second = await signed_in(HEAD)
    await first.open(f"{PLAN}/edit")
    await second.open(f"{PLAN}/edit")
    assert (await second.submit(place="第二考场")).url.path == PLAN
    page = await first.submit(place="第三考场")
    assert page.status_code == 412
    assert 'value="第三考场"' in page.text and 'class="differs">第二考场<' in page.text
    page = await first.submit()
    assert page.url.path == PLAN and "第三考场" in page.text


async def test_an_approved_session_is_put_off(signed_in: SignedIn) -> None:
    approver = await approved(signed_in)
    page = await approver.open(f"{PLAN}/postpone")
    page = await approver.submit(held_on=LATER, reason="")
    assert page.status_code == 422
    page = await approver.submit(held_on=LATER, reason="考场检修")
    assert page.status_code == 422
    assert "原定即为" in page.text and "考场检修" in page.text
    page = await approver.submit(held_on="2026-07-01", reason="考场检修")
    assert page.url.path == PLAN and "2026-07-01" in page.text and "考场检修" in page.text


async def test_who_was_overtaken_sees_how_it_stands(signed_in: SignedIn) -> None:
    approver = await approved(signed_in)
    await approver.open(f"{PLAN}/postpone")
    other = await signed_in(APPROVER)
    await other.open(f"{PLAN}/postpone")
    await other.submit(held_on="2026-08-01", reason="考场检修")
    page = await approver.submit(held_on="2026-07-01", reason="设备检修")
    assert page.status_code == 412
    assert 'class="differs">2026-08-01<' in page.text and "设备检修" in page.text
    page = await approver.submit()
    assert page.url.path == PLAN and "2026-07-01" in page.text


async def test_a_session_is_cancelled_by_the_head_of_its_station(signed_in: SignedIn) -> None:
    await approved(signed_in)
    head = await signed_in(HEAD)
    page = await head.open(PLAN)
    assert f'href="{PLAN}/cancel"' in page.text and f'href="{PLAN}/postpone"' not in page.text
    await head.open(f"{PLAN}/cancel")
    page = await head.submit(reason="报名不足")
    assert page.url.path == PLAN and "已取消" in page.text and "报名不足" in page.text


async def test_an_approved_session_leads_to_its_roster(bare_house: House, signed_in: SignedIn) -> None:
    await drafted(signed_in)
    await led(signed_in, "submit", "endorse", "approve", **{"exception.lead_time": "设备检修后补考"})
    await bare_house.run_until_quiet()
    clerk = await signed_in(CLERK)
    page = await clerk.open(PLAN)
    assert f'href="/rosters/new?session={STATION.code}-{YEAR}-001"' in page.text, "its day has come"
    assert "现在没有要您办理的" not in page.text
    page = await (await signed_in(HEAD)).open(PLAN)
    assert "/rosters/new" not in page.text, "the clerk opens rosters"
    await clerk.open(f"/rosters/new?session={STATION.code}-{YEAR}-001")
    heads = {"applied": "10", "accepted": "10", "examined": "10"}
    page = await clerk.submit(**heads, session=f"{STATION.code}-{YEAR}-001")
    assert "名册已建立" in page.text
    page = await clerk.open(PLAN)
    assert f'href="/rosters/{STATION.code}-{YEAR}-001"' in page.text and "/rosters/new" not in page.text


async def test_before_its_day_a_session_says_when_its_roster_is_opened(signed_in: SignedIn) -> None:
    await approved(signed_in)
    page = await (await signed_in(CLERK)).open(PLAN)
    assert "鉴定日期到后，在这里建立名册" in page.text and "/rosters/new" not in page.text


async def test_papers_are_drawn_by_two_people_and_stay_secret(signed_in: SignedIn) -> None:
    await approved(signed_in)
    drawing = await signed_in(CENTRE_CLERK)
    await drawing.open(f"{PLAN}/draw")
    page = await drawing.submit(**{"set.0": "4", "witness": CENTRE_CLERK})
    assert page.status_code == 422
    assert "只有 3 套" in page.text and "监督人与抽取人为同一人" in page.text and 'value="4"' in page.text
    page = await drawing.submit(**{"set.0": "2", "witness": "何监督"})
    assert page.url.path == PLAN and "第 2 套" in page.text and "何监督" in page.text
    head = await signed_in(HEAD)
    page = await head.open(PLAN)
    assert "何监督" in page.text and "第 2 套" not in page.text and "鉴定日前仅中心可见" in page.text


async def test_what_has_to_be_drawn_stands_on_the_desk_of_the_centre(bare_house: House, signed_in: SignedIn) -> None:
    await approved(signed_in, held_on="2026-05-20")
    await bare_house.run_until_quiet()
    for account in (CENTRE_CLERK, APPROVER):
        page = await (await signed_in(account)).open("/")
        assert "待办</h2>" not in page.text and "待办 <b>1</b>" in page.text
        assert f'href="{PLAN}/draw"' in page.text and "须抽题，最迟 2026-05-19" in page.text
    assert "抽题，最迟" not in (await (await signed_in(HEAD)).open("/")).text, "the Centre draws"
    drawing = await signed_in(CENTRE_CLERK)
    await drawing.open(f"{PLAN}/draw")
    await drawing.submit(**{"set.0": "2", "witness": "何监督"})
    await bare_house.run_until_quiet()
    page = await drawing.open("/")
    assert "待办 <b>0</b>" in page.text and "抽题，最迟" not in page.text


async def test_when_it_was_drawn_is_typed_as_it_is_in_china(signed_in: SignedIn) -> None:
    await approved(signed_in)
    drawing = await signed_in(CENTRE_CLERK)
    await drawing.open(f"{PLAN}/draw")
    page = await drawing.submit(**{"set.0": "2", "witness": "何监督", "drawn_at": "2099-01-01T09:30"})
    assert page.status_code == 422
    assert "抽题时间在将来" in page.text and 'value="2099-01-01T09:30"' in page.text


@pytest.mark.parametrize(
    ("account", "page", "status"),
    [
        (CLERK, f"{PLAN}/postpone", 403),
        (CLERK, f"{PLAN}/cancel", 403),
        (HEAD, f"{PLAN}/draw", 403),
        (CENTRE_CLERK, "/session-plans/new", 403),
        (CENTRE_CLERK, f"{PLAN}/draw", 200),
        (HEAD, f"{PLAN}/edit", 200),
        (OFFICER, PLAN, 200),
        (STATIONS[2].account("station_clerk"), PLAN, 404),
        (CLERK, "/session-plans/nothing-such", 404),
    ],
)
async def test_who_may_open_what(signed_in: SignedIn, account: str, page: str, status: int) -> None:
    await drafted(signed_in)
    browser = await signed_in(account)
    assert (await browser.open(page)).status_code == status


async def test_the_list_counts_filters_and_comes_as_a_workbook(signed_in: SignedIn) -> None:
    clerk = await drafted(signed_in)
    page = await clerk.open("/session-plans?state=draft")
    assert "草稿 <b>1</b>" in page.text and "已批准 <b>0</b>" in page.text and STATION.name_zh in page.text
    page = await clerk.open("/session-plans?state=approved")
    assert "没有这样的鉴定计划" in page.text
    answer = await clerk.open("/session-plans.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][:5] == [
        f"{STATION.code}-{YEAR}-001",
        STATION.code,
        STATION.name_zh,
        str(HELD_ON),
        "第一考场",
    ]


async def test_a_page_in_english_has_no_word_of_programs(signed_in: SignedIn) -> None:
    clerk = await drafted(signed_in)
    await clerk.send("/look", language="en", next=PLAN)
    page = await clerk.open(PLAN)
    for said in ("Session plan", "Submit", "national", "the body itself", STATION.name_en):
        assert said in page.text, said
