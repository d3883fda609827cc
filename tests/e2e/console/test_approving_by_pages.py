"""One form after the other on the desks of a branch officer and the Centre's approver: what is unusual first, the next one opens
by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from shared.errors import Unavailable
from tests.world.browser import Browser, SignedIn, browsers_at
from tests.world.house import House
from tests.world.seeding import HELD_ON, SMALL, TURNER, YEAR

STATION, DIRECT, BRANCH = STATIONS[0], STATIONS[3], BRANCHES[0]
OFFICER, APPROVER = BRANCH.account("branch_officer"), CENTRE.account("centre_approver")
SESSION = f"{STATION.code}-{YEAR}"
ITEM = {"occupation": TURNER.occupation, "level": TURNER.level}
LATER = "2026-06-10"


@pytest.fixture
async def signed_in(bare_house: House) -> AsyncIterator[SignedIn]:
    await bare_house.run_until_quiet()
    async with browsers_at(bare_house) as signed_in:
        yield signed_in


async def annual_plan(house: House, year: int, heads: int, until: str = "approval", body: Any = STATION) -> str:
    content = {"year": year, "items": [{**ITEM, "heads": heads}]}
    made = await house.person(body.account("station_clerk")).create("/plan/annual-plans", content, f"annual {year}")
    await led(house, f"/plan/annual-plans/{made['id']}", until, body)
    return str(made["id"])


async def session_plan(
    house: House, number: int, held_on: str = LATER, until: str = "submission", heads: int = 5
) -> str:
    content = {
        "year": YEAR,
        "number": number,
        "held_on": held_on,
        "place": f"第{number}考场",
        "in_charge": "吴刚",
        "items": [{**ITEM, "heads": heads, "paper_sets": 3}],
    }
    made = await house.person(STATION.account("station_clerk")).create(
        "/plan/session-plans", content, f"session {number}"
    )
    await led(house, f"/plan/session-plans/{made['id']}", until)
    return str(made["id"])


async def led(house: House, address: str, until: str, body: Any = STATION) -> None:
    way = [("submission", body.account("station_head")), ("endorsement", OFFICER), ("approval", APPROVER)]
    for verb, account in way:
        if verb != "endorsement" or body is STATION:
            await house.person(account).step(address, verb)
        if verb == until:
            break


def order(page: str) -> list[str]:
    """Ids of the list, from above."""
    return [part.partition('"')[0].rpartition("/")[2] for part in page.split('<td><a href="/approvals/')[1:]]


async def test_what_is_unusual_stands_first_and_says_why(bare_house: House, signed_in: SignedIn) -> None:
    house = bare_house
    await annual_plan(house, YEAR, 60)
    await session_plan(house, 1)
    await session_plan(house, 2, str(HELD_ON))
    await session_plan(house, 3)
    more = await annual_plan(house, YEAR + 1, 90, "submission")
    officer = await signed_in(OFFICER)
    page = await officer.open("/approvals")
    assert "4 件" in page.text
    assert order(page.text) == [f"{SESSION}-002", more, f"{SESSION}-001", f"{SESSION}-003"]
    assert "提前天数不足" in page.text and "比上年多 30 人（50%）" in page.text
    assert STATION.name_zh in page.text


async def test_after_a_step_the_next_one_opens(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60)
    for number in (1, 2, 3):
        await session_plan(bare_house, number)
    officer = await signed_in(OFFICER)
    await officer.open("/approvals")
    here = "/approvals/session_plan/" + SESSION
    page = await officer.open(f"{here}-001")
    assert "第 1 件，共 3 件" in page.text
    page = await officer.submit(f"{here}-001/endorse")
    assert page.url.path == f"{here}-002" and "已审核同意" in page.text and "第 1 件，共 2 件" in page.text
    page = await officer.submit(f"{here}-002/send_back", reason="")
    assert page.status_code == 422 and page.url.path == f"{here}-002/send_back"
    page = await officer.submit(f"{here}-002/send_back", reason="考场未定")
    assert page.url.path == f"{here}-003"
    page = await officer.submit(f"{here}-003/endorse")
    assert page.url.path == "/approvals" and "没有等您办理的" in page.text
    plan = await bare_house.person(OFFICER).get(f"/plan/session-plans/{SESSION}-002")
    assert (plan["state"], plan["returned_because"]) == ("returned", "考场未定")


async def test_what_is_passed_over_comes_again_at_the_end(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60)
    for number in (1, 2):
        await session_plan(bare_house, number)
    officer = await signed_in(OFFICER)
    await officer.open("/approvals")
    here = "/approvals/session_plan/" + SESSION
    page = await officer.open(f"{here}-001")
    assert f'rel="next" data-key="j" href="{here}-002"' in page.text
    page = await officer.open(f"{here}-002")
    assert f'rel="prev" data-key="k" href="{here}-001"' in page.text
    page = await officer.submit(f"{here}-002/endorse")
    assert page.url.path == f"{here}-001"


async def test_the_centre_lets_through_with_a_reason(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60)
    await session_plan(bare_house, 1, str(HELD_ON), "endorsement")
    approver = await signed_in(APPROVER)
    here = f"/approvals/session_plan/{SESSION}-001"
    page = await approver.open(here)
    assert 'data-key="a"' in page.text and "年度计划可用" in page.text and ">60<" in page.text
    page = await approver.submit(f"{here}/approve")
    assert page.status_code == 422 and "请写明特批理由" in page.text
    page = await approver.submit(f"{here}/approve", **{"exception.lead_time": "设备检修后补考"})
    assert page.url.path == "/approvals"
    assert (await bare_house.person(APPROVER).get(f"/plan/session-plans/{SESSION}-001"))["state"] == "approved"


async def test_an_annual_plan_stands_beside_the_year_before(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60)
    more = await annual_plan(bare_house, YEAR + 1, 90, "submission")
    officer = await signed_in(OFFICER)
    page = await officer.open(f"/approvals/annual_plan/{more}")
    assert "+30" in page.text and "上一年度 60" in page.text


async def test_what_was_done_elsewhere_meanwhile_says_so(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60)
    for number in (1, 2):
        await session_plan(bare_house, number)
    officer = await signed_in(OFFICER)
    await officer.open("/approvals")
    here = f"/approvals/session_plan/{SESSION}-001"
    await officer.open(here)
    await bare_house.person(OFFICER).step(f"/plan/session-plans/{SESSION}-001", "endorsement")
    page = await officer.submit(f"{here}/endorse")
    assert page.status_code == 412
    assert "您查看时，内容已变" in page.text and "下一件" in page.text
    assert f'action="{here}/endorse"' not in page.text


async def test_a_double_click_decides_once(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60)
    for number in (1, 2):
        await session_plan(bare_house, number)
    officer = await signed_in(OFFICER)
    here = f"/approvals/session_plan/{SESSION}-001"
    page = await officer.open(here)
    await officer.submit(f"{here}/endorse")
    officer.page = page
    assert (await officer.submit(f"{here}/endorse")).status_code == 412
    plan = await bare_house.person(OFFICER).get(f"/plan/session-plans/{SESSION}-002")
    assert plan["state"] == "submitted", "nothing happened to the next one"


async def test_the_centre_has_what_comes_from_a_station_without_a_branch(
    bare_house: House, signed_in: SignedIn
) -> None:
    direct = await annual_plan(bare_house, YEAR + 1, 40, "submission", DIRECT)
    await annual_plan(bare_house, YEAR + 1, 40, "submission")  # lies on the branch's desk
    approver = await signed_in(APPROVER)
    page = await approver.open("/approvals")
    assert order(page.text) == [direct]
    page = await approver.open(f"/approvals/annual_plan/{direct}")
    page = await approver.submit(f"/approvals/annual_plan/{direct}/approve")
    assert page.url.path == "/approvals" and "已批准" in page.text


async def test_a_service_that_does_not_answer_hides_nothing_of_the_others(
    bare_house: House, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await annual_plan(bare_house, YEAR, 60, "submission")
    officer = await signed_in(OFFICER)
    interfaces = bare_house.outsides["console"].interfaces
    ask = interfaces.ask

    async def half_away(question: Any) -> Any:
        if question.path.startswith("/supervision/"):
            raise Unavailable("系统暂无应答，请稍后再试 · supervision does not answer")
        return await ask(question)

    monkeypatch.setattr(interfaces, "ask", half_away)
    page = await officer.open("/approvals")
    assert "工作报告：系统暂无应答" in page.text and "1 件" in page.text


@pytest.mark.parametrize("role", ["station_clerk", "station_head"])
async def test_who_decides_nothing_has_no_such_page(signed_in: SignedIn, role: str) -> None:
    browser = await signed_in(STATION.account(role))
    page = await browser.open("/")
    assert 'href="/approvals"' not in page.text
    assert (await browser.open("/approvals")).status_code == 403


async def test_addresses_that_name_nothing(bare_house: House, signed_in: SignedIn) -> None:
    id = await annual_plan(bare_house, YEAR, 60, "submission")
    officer = await signed_in(OFFICER)
    for path in ("/approvals/nothing/1", "/approvals/annual_plan/nothing-2026"):
        assert (await officer.open(path)).status_code == 404
    assert (await officer.send(f"/approvals/annual_plan/{id}/discard", version="")).status_code == 404


async def test_single_keys_may_be_switched_off(bare_house: House, signed_in: SignedIn) -> None:
    await annual_plan(bare_house, YEAR, 60, "submission")
    officer = await signed_in(OFFICER)
    page = await officer.open("/approvals")
    assert "<body data-keys" in page.text and "快捷键" in page.text
    page = await officer.open("/look?next=/approvals")
    assert "单键快捷键" in page.text and '<input type="hidden" name="next" value="/approvals">' in page.text
    page = await officer.send("/look", keys="off", next="/approvals")
    assert page.url.path == "/approvals"
    assert "data-keys" not in page.text and "快捷键" not in page.text


async def test_rosters_and_work_reports_come_the_same_way(house: House) -> None:
    """In a house where rosters wait for the Centre, as do the reports of a station directly under it."""
    clerk, head = (DIRECT.account(role) for role in ("station_clerk", "station_head"))
    house.clock.advance(timedelta(days=90).total_seconds())  # the quarter is over
    report = {"quarter": "2026-Q2", "work_done": "鉴定两批", "problems": "考场不足", "suggestions": "增设考场"}
    made = await house.person(clerk).create("/supervision/work-reports", report, "report")
    await house.person(head).step(f"/supervision/work-reports/{made['id']}", "submission")
    approver = Browser(house)
    await approver.sign_in(APPROVER)
    page = await approver.open("/approvals")
    assert made["id"] in order(page.text) and SMALL.id in order(page.text)
    page = await approver.open(f"/approvals/work_report/{made['id']}")
    assert page.status_code == 200
    for said in ("鉴定两批", "考场不足", "增设考场", "2026-Q2"):
        assert said in page.text, said
    await approver.submit(f"/approvals/work_report/{made['id']}/approve")
    assert (await house.person(clerk).get(f"/supervision/work-reports/{made['id']}"))["state"] == "approved"
    here = f"/approvals/roster/{SMALL.id}"
    page = await approver.open(here)
    assert page.status_code == 200 and "实考" in page.text and "四级/中级工" in page.text
    page = await approver.submit(f"{here}/approve")
    assert (await house.person(APPROVER).get(SMALL.path))["state"] == "approved", page.text
    await approver.close()
