"""The demo's road, walked by everybody with pages alone: from an annual plan to a posted parcel and a verified certificate."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser

from services.bench.rows.by_pages.road import ACCOUNTS, BRANCH, Road
from services.bench.rows.by_pages.walk import walk
from services.demo.cast import People
from shared.actor import FRESH
from shared.trade.deadline import local_day
from tests.e2e.browser.hands import train
from tests.world.house import PASSWORD, House
from tests.world.seeding import CLERK
from tests.world.sockets import served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("chromium")]
HEADS = 6
MOST_CLICKS, MOST_FIELDS = 100, 100
"""A road that takes more is a worse one."""


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_the_road_from_a_plan_to_a_verified_certificate(
    chromium: Browser, bare_folder: Path, tmp_path: Path, script: bool
) -> None:
    house = House(Path(shutil.copytree(bare_folder, tmp_path / "house")))
    for account in ACCOUNTS.values():
        await train(house, account)

    async def meanwhile() -> None:
        """So long that everybody is asked for the password again where it takes two."""
        house.clock.advance(FRESH.total_seconds() + 1)
        await house.run_until_quiet()

    async with served(house.app) as there:
        road = Road(
            browser=chromium,
            url=f"http://127.0.0.1:{there.port}",
            password_of=lambda _: PASSWORD,
            meanwhile=meanwhile,
            today=local_day(house.clock.now()),
            heads=HEADS,
            people=People(),
            folder=tmp_path,
            script=script,
        )
        id = await walk(road)
    production = await house.person(CLERK).get(f"/certificate/productions/{id}")
    assert (production["state"], production["producer"]) == ("received", BRANCH.code)
    assert production["received"] == production["certificates"] > 0
    roles = {turn.role for turn in road.tally.turns}
    assert len(roles) == len(ACCOUNTS) + 1, "everybody, and somebody without an account"
    assert sum(turn.presses for turn in road.tally.turns) <= MOST_CLICKS
    assert sum(turn.fields for turn in road.tally.turns) <= MOST_FIELDS
    await house.close()
