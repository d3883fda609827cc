"""A roster that lacks approval forms of technicians: whose turn it is, and that nobody learns of it only when it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.demo.cast import STATIONS
from tests.world.browser import SignedIn, browsers_at, part
from tests.world.house import House
from tests.world.seeding import (
    APPROVER,
    CLERK,
    DIRECT,
    TECHNICIAN,
    Planned,
    import_roster,
    plan_session,
    review_technicians,
)

UNDER_A_BRANCH = Planned(STATIONS[0], 1, ((TECHNICIAN, 2),), emails=0)
LACKING = "2 名技师、高级技师尚无审批表"


@pytest.fixture
async def signed_in(bare_house: House) -> AsyncIterator[SignedIn]:
    async with browsers_at(bare_house) as signed_in:
        yield signed_in


async def handed_in(house: House, planned: Planned) -> None:
    await plan_session(house, planned)
    await house.run_until_quiet()
    await import_roster(house, planned)
    await house.person(planned.station.account("station_head")).step(planned.path, "submission")


async def test_recording_them_is_the_clerks_and_approving_comes_after(bare_house: House, signed_in: SignedIn) -> None:
    await handed_in(bare_house, DIRECT)
    clerk, approver = await signed_in(CLERK), await signed_in(APPROVER)
    waiting = part(await clerk.open("/"), "待办")
    assert f'href="/rosters/{DIRECT.id}/technician-reviews"' in waiting and "须登记技师审批表" in waiting
    theirs = part(await approver.open("/"), "待办")
    assert DIRECT.id not in theirs

    assert "缺审批表 2 份" in (await approver.open("/approvals")).text
    here = f"/approvals/roster/{DIRECT.id}"
    page = await approver.open(here)
    assert LACKING in page.text and "不得批准" in page.text
    assert f'action="{here}/approve"' not in page.text
    assert f'action="{here}/send_back"' in page.text

    await review_technicians(bare_house.person(CLERK), DIRECT)
    page = await approver.open(here)
    assert LACKING not in page.text and f'action="{here}/approve"' in page.text
    assert "缺审批表" not in (await approver.open("/approvals")).text
    assert DIRECT.id in part(await approver.open("/"), "待办")
    assert DIRECT.id not in part(await clerk.open("/"), "待办")


async def test_steps_say_it_beforehand(bare_house: House) -> None:
    await bare_house.run_until_quiet()
    await handed_in(bare_house, DIRECT)

    async def approving() -> tuple[bool, str]:
        steps = await bare_house.person(APPROVER).get(f"{DIRECT.path}/steps")
        return next((one["may"], one["why"]) for one in steps if one["verb"] == "approve")

    may, why = await approving()
    assert not may and LACKING in why
    await review_technicians(bare_house.person(CLERK), DIRECT)
    assert await approving() == (True, "")


async def test_a_branch_hears_of_it_and_endorses_all_the_same(bare_house: House, signed_in: SignedIn) -> None:
    await handed_in(bare_house, UNDER_A_BRANCH)
    assert UNDER_A_BRANCH.branch is not None
    officer = await signed_in(UNDER_A_BRANCH.branch.account("branch_officer"))
    assert UNDER_A_BRANCH.id in part(await officer.open("/"), "待办")
    here = f"/approvals/roster/{UNDER_A_BRANCH.id}"
    page = await officer.open(here)
    assert LACKING in page.text and "缺审批表 2 份" in page.text
    assert f'action="{here}/endorse"' in page.text
