"""A roster by pages alone: opened, its heads, its steps, its lines, the filled form 6."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import openpyxl
import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from shared.actor import FRESH
from tests.world.browser import Browser, SignedIn, browsers_at, forms
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, DIRECT, SECOND, SMALL, approve, bring_roster, lines_of, plan_session

CLERK = SMALL.station.account("station_clerk")
HEAD = SMALL.station.account("station_head")
PAGE = f"/rosters/{SMALL.id}"
HEADS = {"applied": "5", "accepted": "4", "examined": "3"}


@pytest.fixture
async def browsers(request: pytest.FixtureRequest) -> AsyncIterator[SignedIn]:
    """At the house of the test, whichever it is."""
    name = "house" if "house" in request.fixturenames else "bare_house"
    house: House = request.getfixturevalue(name)
    async with browsers_at(house) as signed_in:
        yield signed_in


@pytest.fixture
async def held(bare_house: House) -> House:
    """The exam was held; nobody opened a roster."""
    await plan_session(bare_house, SMALL)
    await bare_house.run_until_quiet()
    return bare_house


async def opened(browsers: SignedIn) -> Browser:
    clerk = await browsers(CLERK)
    await clerk.open("/rosters/new")
    assert (await clerk.submit(session=SMALL.id, **HEADS)).url.path == PAGE
    return clerk


async def test_a_roster_is_opened_for_a_session_that_waits_for_one(held: House, browsers: SignedIn) -> None:
    clerk = await browsers(CLERK)
    page = await clerk.open("/rosters/new")
    assert f'value="{SMALL.id}" required checked' in page.text, "the only one that waits"
    page = await clerk.submit(**HEADS)
    assert page.url.path == PAGE
    assert "下载模板" in page.text
    page = await clerk.open("/rosters/new")
    assert SMALL.id not in page.text, "it has its roster"


async def test_wrong_heads_stay_typed_and_are_told_where_they_stand(held: House, browsers: SignedIn) -> None:
    clerk = await browsers(CLERK)
    await clerk.open("/rosters/new")
    page = await clerk.submit(applied="3", accepted="4", examined="5")
    assert page.status_code == 422
    assert 'value="4"' in page.text
    assert page.text.count("报名 ≥ 审查通过 ≥ 实考") == 2, "the hint, and the fault in the same place"
    page = await clerk.submit(applied="lots")
    assert 'value="lots"' in page.text
    assert 'class="fault"' in page.text
    assert (await clerk.submit(**HEADS)).url.path == PAGE


async def test_a_second_click_opens_no_second_roster(held: House, browsers: SignedIn) -> None:
    clerk = await browsers(CLERK)
    page = await clerk.open("/rosters/new")
    await clerk.submit(**HEADS)
    clerk.page = page
    assert (await clerk.submit(**HEADS)).url.path == PAGE


async def test_two_people_on_the_heads_see_both_versions(held: House, browsers: SignedIn) -> None:
    first, second = await opened(browsers), await browsers(CLERK)
    await first.open(f"{PAGE}/edit")
    await second.open(f"{PAGE}/edit")
    assert (await second.submit(applied="44")).url.path == PAGE
    page = await first.submit(applied="55")
    assert page.status_code == 412
    assert 'value="55"' in page.text
    assert "<dd>44</dd>" in page.text
    assert (await first.submit()).url.path == PAGE
    assert "<dd>55</dd>" in first.page.text


async def test_without_a_workbook_it_is_not_handed_in(held: House, browsers: SignedIn) -> None:
    await opened(browsers)
    head = await browsers(HEAD)
    page = await head.open(PAGE)
    assert f'action="{PAGE}/submit"' not in page.text and "尚未导入附表六，导入后方可呈报" in page.text
    version = dict(forms(page.text))[f"{PAGE}/discard"]["version"]
    page = await head.send(f"{PAGE}/submit", version=version)  # from a page that was opened before
    assert page.status_code == 422
    assert "尚未导入名册；先由本站经办人导入工作簿<" in page.text, "and no address of an interface"


async def test_the_list_and_its_export(house: House, browsers: SignedIn) -> None:
    officer = await browsers(BRANCHES[0].account("branch_officer"))
    page = await officer.open("/rosters?state=endorsed")
    assert f'href="{PAGE}"' in page.text
    assert DIRECT.id not in page.text, "of another branch"
    assert f"{CENTRE.name_zh} <code>{CENTRE.code}</code>" in page.text, "whose turn it is, by name"
    answer = await officer.open("/rosters.xlsx?state=endorsed")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet["A2"].value == SMALL.id
    assert [cell.value for cell in sheet[1]][-1] == "批准日期"


async def test_lines_in_pages(house: House, browsers: SignedIn) -> None:
    clerk = await browsers(STATIONS[2].account("station_clerk"))
    page = await clerk.open(f"/rosters/{STATIONS[2].code}-2026-001/lines")
    assert "第 1 页，共 3 页" in page.text
    assert 'id="n200"' in page.text
    page = await clerk.open(f"/rosters/{STATIONS[2].code}-2026-001/lines?n=3")
    assert 'id="n450"' in page.text
    page = await clerk.open(f"/rosters/{STATIONS[2].code}-2026-001/lines?n=4")
    assert page.status_code == 404
    assert "查无此页" in page.text


async def test_the_filled_form_6_is_passed_on_once_it_is_there(house: House, browsers: SignedIn) -> None:
    approver = await browsers(APPROVER)
    await approver.open(PAGE)
    page = await approver.submit(f"{PAGE}/approve")
    assert page.status_code == 200, page.text
    assert "form6.pdf" not in page.text, "numbers are still to be given"
    assert "附表六（已填证书编号）" in page.text
    await house.run_until_quiet()
    page = await approver.open(PAGE)
    assert f'href="{PAGE}/form6.pdf?part=1"' in page.text
    for ending in ("pdf", "xlsx"):
        passed = await approver.open(f"{PAGE}/form6.{ending}?part=1")
        given = await house.person(APPROVER).ask("GET", f"/certificate/productions/{SMALL.id}/form6.{ending}")
        assert passed.content == given.content
        for header in ("content-type", "content-disposition", "content-length"):
            assert passed.headers[header] == given.headers[header]
        assert passed.headers["cache-control"] == "no-store"
    page = await approver.open(f"{PAGE}/form6.pdf?part=99")
    assert page.status_code == 404
    assert "没有第 99 个" in page.text


async def test_for_form_6_one_signs_in_anew_and_for_the_page_of_its_roster_not(
    house: House, browsers: SignedIn
) -> None:
    await approve(house, SMALL)
    await house.run_until_quiet()
    clerk = await browsers(CLERK)
    house.clock.advance(FRESH.total_seconds() + 1)
    page = await clerk.open(PAGE)
    assert (page.status_code, page.url.path) == (200, PAGE)
    assert f'href="{PAGE}/form6.pdf?part=1"' in page.text
    page = await clerk.open(f"{PAGE}/form6.pdf?part=1")
    ((again, fields),) = [form for form in forms(page.text) if form[0].startswith("/sign-in/again")]
    page = await clerk.send(again, **{**fields, "password": PASSWORD})
    assert page.url.path == PAGE, "where the link stands"
    assert "请再点一次" in page.text
    assert (await clerk.open(f"{PAGE}/form6.pdf?part=1")).headers["content-type"] == "application/pdf"


async def test_whose_page_it_is_not(held: House, browsers: SignedIn) -> None:
    await opened(browsers)
    stranger = await browsers(STATIONS[2].account("station_clerk"))
    for path in (PAGE, f"{PAGE}/edit", f"{PAGE}/lines", f"{PAGE}/workbook"):
        page = await stranger.open(path)
        assert page.status_code == 404, path
        assert "查无" in page.text
    head = await browsers(HEAD)
    for path in ("/rosters/new", f"{PAGE}/edit", f"{PAGE}/workbook"):
        page = await head.open(path)
        assert page.status_code == 403, path


async def test_what_is_found_at_the_approval_is_asked_for_there(bare_house: House, browsers: SignedIn) -> None:
    """Somebody on the second roster is certified by the first, which is approved while the second one is looked at."""
    for planned in (SMALL, SECOND):
        await plan_session(bare_house, planned)
    await bare_house.run_until_quiet()
    person = lines_of(SMALL)[0]
    same = {name: getattr(person, name) for name in ("name", "sex", "birth", "id_number")}
    first, *others = lines_of(SECOND)
    await bring_roster(bare_house, SMALL)
    await bring_roster(bare_house, SECOND, [first.model_copy(update=same), *others])
    approver, page = await browsers(APPROVER), f"/rosters/{SECOND.id}"
    await approver.open(page)
    await approve(bare_house, SMALL)
    refused = await approver.submit(f"{page}/approve")
    assert refused.status_code == 422
    assert 'name="exception.certified_before/1"' in refused.text
    assert "`exceptions`" not in refused.text, "a word of programs"
    approved = await approver.submit(f"{page}/approve", **{"exception.certified_before/1": "另有批文"})
    assert approved.url.path == page, approved.text
    assert "另有批文" in approved.text
    assert "certified_before" not in approved.text, "no name of a rule"
