"""The first page: what lies on this desk wherever in the lists it stands, what was done last, and what does not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.console.documents import at_desk
from services.demo.cast import BRANCHES, CENTRE, STATIONS
from shared.errors import Unavailable
from shared.ports import Undeliverable
from shared.trade.undelivered import NO_SUCH_ADDRESS
from tests.world.browser import SignedIn, browsers_at, part
from tests.world.house import House
from tests.world.seeding import TURNER, YEAR
from tests.world.troubles import Trouble

DIRECT, UNDER_A_BRANCH = STATIONS[3], STATIONS[0]
APPROVER, CLERK = CENTRE.account("centre_approver"), CENTRE.account("centre_clerk")
OFFICER = BRANCHES[0].account("branch_officer")


@pytest.fixture
async def signed_in(bare_house: House) -> AsyncIterator[SignedIn]:
    await bare_house.run_until_quiet()
    async with browsers_at(bare_house) as signed_in:
        yield signed_in


async def handed_in(house: House, station: Any) -> str:
    items = [{"occupation": TURNER.occupation, "level": TURNER.level, "heads": 60}]
    clerk, head = (house.person(station.account(role)) for role in ("station_clerk", "station_head"))
    plan = await clerk.create("/plan/annual-plans", {"year": YEAR, "items": items}, f"annual {station.code}")
    await head.step(f"/plan/annual-plans/{plan['id']}", "submission")
    return str(plan["id"])


async def away(house: House, monkeypatch: pytest.MonkeyPatch, *services: str) -> None:
    interfaces = house.outsides["console"].interfaces
    ask = interfaces.ask

    async def asked(question: Any) -> Any:
        if question.path.split("/")[1] in services:
            raise Unavailable("系统暂无应答，请稍后再试 · it does not answer")
        return await ask(question)

    monkeypatch.setattr(interfaces, "ask", asked)


@pytest.mark.parametrize("first", [DIRECT, UNDER_A_BRANCH], ids=["handed in first", "handed in last"])
async def test_what_lies_elsewhere_hides_nothing(
    bare_house: House, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, first: Any
) -> None:
    """A list goes by the whole subtree: on a page of one, one of the two stands behind what lies at a branch."""
    monkeypatch.setattr(at_desk, "PER_QUESTION", 1)
    for station in sorted((DIRECT, UNDER_A_BRANCH), key=lambda one: one is not first):
        await handed_in(bare_house, station)
    page = await (await signed_in(APPROVER)).open("/")
    assert f"/annual-plans/{DIRECT.code}-{YEAR}" in page.text
    assert f"/annual-plans/{UNDER_A_BRANCH.code}-{YEAR}" not in page.text, "it lies at its branch"


async def test_what_does_not_answer_is_said_and_the_rest_is_there(
    bare_house: House, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await handed_in(bare_house, DIRECT)
    browser = await signed_in(APPROVER)
    await away(bare_house, monkeypatch, "notification", "reporting")
    page = await browser.open("/")
    assert page.status_code == 200
    assert f"/annual-plans/{plan}" in page.text
    assert "期限和信函：系统暂无应答" in page.text
    assert "名册：系统暂无应答" in page.text
    assert "没有等您办理的事" not in page.text
    await away(bare_house, monkeypatch, "plan")
    page = await browser.open("/")
    assert "没有等您办理的事" not in page.text, "nobody knows"


async def test_what_was_done_stands_there_as_long_as_it_is_news(bare_house: House, signed_in: SignedIn) -> None:
    first = await handed_in(bare_house, DIRECT)
    await bare_house.run_until_quiet()
    await bare_house.person(APPROVER).step(f"/plan/annual-plans/{first}", "approval")
    await bare_house.run_until_quiet()
    browser = await signed_in(APPROVER)
    done = (await browser.open("/")).text.partition("<h2>已办</h2>")[2]
    assert first in done
    bare_house.clock.advance(100 * 24 * 3600)
    browser = await signed_in(APPROVER)
    assert first not in (await browser.open("/")).text.partition("<h2>已办</h2>")[2], "no news any more"


async def test_what_waits_for_another_role_of_the_office_stands_apart(bare_house: House, signed_in: SignedIn) -> None:
    plan = await handed_in(bare_house, DIRECT)
    theirs = part(await (await signed_in(APPROVER)).open("/"), "待办")
    assert plan in theirs
    desk = await (await signed_in(CLERK)).open("/")
    assert plan not in part(desk, "待办")
    assert plan in part(desk, "本单位待办，由同事办理")
    assert plan not in (await (await signed_in(CENTRE.account("auditor"))).open("/")).text, "an auditor has none"


async def test_who_handed_something_in_sees_where_it_lies(bare_house: House, signed_in: SignedIn) -> None:
    plan = await handed_in(bare_house, UNDER_A_BRANCH)
    clerk, head, officer = [
        await signed_in(account)
        for account in (UNDER_A_BRANCH.account("station_clerk"), UNDER_A_BRANCH.account("station_head"), OFFICER)
    ]
    for browser in (clerk, head):
        handed = part(await browser.open("/"), "本单位已呈报")
        assert f'href="/annual-plans/{plan}"' in handed
        assert "已呈报" in handed and BRANCHES[0].name_zh in handed
    assert "本单位已呈报" not in (await officer.open("/")).text, "it lies here"
    await bare_house.person(OFFICER).step(f"/plan/annual-plans/{plan}", "endorsement")
    for browser in (clerk, officer):
        desk = await browser.open("/")
        assert plan not in part(desk, "待办")
        assert CENTRE.name_zh in part(desk, "本单位已呈报")
    assert "本单位已呈报" not in (await (await signed_in(APPROVER)).open("/")).text, "nobody stands above the Centre"


class NobodyThere(Trouble):
    async def before(self, port: str, method: str, call: int) -> None:
        if (port, method) == ("mailer", "send"):
            raise Undeliverable("550 no such mailbox", NO_SUCH_ADDRESS)


async def test_a_letter_that_did_not_arrive_stands_before_the_work(bare_house: House, signed_in: SignedIn) -> None:
    bare_house.troubles.append(NobodyThere())
    plan = await handed_in(bare_house, UNDER_A_BRANCH)
    await bare_house.run_until_quiet()
    desk = await (await signed_in(OFFICER)).open("/")
    failed = part(desk, "未能送达的信函")
    assert plan in failed and "收信地址不存在" in failed
    assert desk.text.index("未能送达的信函") < desk.text.index("<h2>待办")
