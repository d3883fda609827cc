"""A roster that lacks approval forms of technicians: whose turn it is, and that nobody learns of it only when it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.demo.cast import STATIONS
from tests.world.browser import SignedIn, browsers_at
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, DIRECT, HELD_ON, TECHNICIAN, Planned, lines_of, plan_session, workbook

UNDER_A_BRANCH = Planned(STATIONS[0], 1, ((TECHNICIAN, 2),), emails=0)
LACKING = "2 名技师、高级技师尚无审批表"


@pytest.fixture
async def signed_in(bare_house: House) -> AsyncIterator[SignedIn]:
    async with browsers_at(bare_house) as signed_in:
        yield signed_in


async def handed_in(house: House, planned: Planned) -> None:
    await plan_session(house, planned)
    await house.run_until_quiet()
    station = house.person(planned.station.account("station_clerk"))
    heads = dict.fromkeys(("applied", "accepted", "examined"), planned.size)
    await station.create("/reporting/rosters", {"session": planned.id, "attendance": heads}, "roster")
    _, etag = await station.look(planned.path)
    await station.ask("PUT", f"{planned.path}/workbook", etag, content=workbook(planned))
    await house.person(planned.station.account("station_head")).step(planned.path, "submission")


async def record(house: House, planned: Planned) -> None:
    form = {"document_no": "机职鉴审〔2026〕1号", "reviewed_on": HELD_ON.isoformat(), "panel": ["郑平", "冯强", "褚云"]}
    reviews = [{"ticket": line.ticket, "name": line.name, **form} for line in lines_of(planned)]
    await house.person(CLERK).create(f"{planned.path}/technician-reviews", {"reviews": reviews}, "reviews")


async def test_recording_them_is_the_clerks_and_approving_comes_after(bare_house: House, signed_in: SignedIn) -> None:
    await handed_in(bare_house, DIRECT)
    clerk, approver = await signed_in(CLERK), await signed_in(APPROVER)
    waiting = (await clerk.open("/")).text.partition("<h2>待办")[2].partition("<h2>")[0]
    assert f'href="/rosters/{DIRECT.id}/technician-reviews"' in waiting and "须登记技师审批表" in waiting
    theirs = (await approver.open("/")).text.partition("<h2>待办")[2].partition("<h2>")[0]
    assert DIRECT.id not in theirs

    assert "缺审批表 2 份" in (await approver.open("/approvals")).text
    here = f"/approvals/roster/{DIRECT.id}"
    page = await approver.open(here)
    assert LACKING in page.text and "不得批准" in page.text
    assert f'action="{here}/approve"' not in page.text
    assert f'action="{here}/send_back"' in page.text

    await record(bare_house, DIRECT)
    page = await approver.open(here)
    assert LACKING not in page.text and f'action="{here}/approve"' in page.text
    assert "缺审批表" not in (await approver.open("/approvals")).text
    assert DIRECT.id in (await approver.open("/")).text.partition("<h2>待办")[2].partition("<h2>")[0]
    assert DIRECT.id not in (await clerk.open("/")).text.partition("<h2>待办")[2].partition("<h2>")[0]


async def test_steps_say_it_beforehand(bare_house: House) -> None:
    await bare_house.run_until_quiet()
    await handed_in(bare_house, DIRECT)

    async def approving() -> tuple[bool, str]:
        steps = await bare_house.person(APPROVER).get(f"{DIRECT.path}/steps")
        return next((one["may"], one["why"]) for one in steps if one["verb"] == "approve")

    may, why = await approving()
    assert not may and LACKING in why
    await record(bare_house, DIRECT)
    assert await approving() == (True, "")


async def test_a_branch_hears_of_it_and_endorses_all_the_same(bare_house: House, signed_in: SignedIn) -> None:
    await handed_in(bare_house, UNDER_A_BRANCH)
    assert UNDER_A_BRANCH.branch is not None
    officer = await signed_in(UNDER_A_BRANCH.branch.account("branch_officer"))
    assert UNDER_A_BRANCH.id in (await officer.open("/")).text.partition("<h2>待办")[2].partition("<h2>")[0]
    here = f"/approvals/roster/{UNDER_A_BRANCH.id}"
    page = await officer.open(here)
    assert LACKING in page.text and "缺审批表 2 份" in page.text
    assert f'action="{here}/endorse"' in page.text
