"""Training mode by pages: what somebody practises lies on the desk of the twin, as it would on their own."""

from __future__ import annotations

from services.demo.cast import STATIONS
from tests.world.browser import Browser
from tests.world.house import House

STATION = STATIONS[0]
TWIN = f"99{STATION.code[2:]}"


async def test_a_plan_that_is_practised_lies_on_the_desk(bare_house: House) -> None:
    await bare_house.run_until_quiet()
    clerk = Browser(bare_house)
    page = await clerk.sign_in(STATION.account("station_clerk"), practice="on")
    assert "培训模式" in page.text
    assert f"（培训）{STATION.name_zh}" in page.text
    page = await clerk.open("/annual-plans/new")
    assert 'value="6-04-01-01"' in page.text, "what the licence of the twin allows"
    plan = f"/annual-plans/{TWIN}-2026"
    page = await clerk.submit(**{"year": "2026", "occupation.0": "6-04-01-01", "level.0": "4", "heads.0": "30"})
    assert page.url.path == plan
    assert page.text.count(f"（培训）{STATION.name_zh}") > 1, "in the head, and of the plan"
    assert f'href="{plan}"' in (await clerk.open("/")).text
    await clerk.close()
