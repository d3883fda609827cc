"""The same workbook from somebody else's hands: both have prepared the roster, and neither decides on it (rules §8)."""

from __future__ import annotations

from services.demo.cast import CENTRE
from services.reporting.rosters.storage import PAGES, lines_of
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.house import House
from tests.world.seeding import ALL, APPROVER, SMALL, workbook

CLERK, HEAD = SMALL.station.account("station_clerk"), SMALL.station.account("station_head")
COLLEAGUE = "second.clerk"


async def upload(house: House, account: str) -> str:
    """Who imported the lines, as the roster says after it."""
    person = house.person(account)
    seen = await person.ask("GET", SMALL.path)
    answer = await person.ask("PUT", f"{SMALL.path}/workbook", seen.headers["ETag"], content=workbook(SMALL))
    assert answer.status_code == 200, answer.text
    return str((await person.get(SMALL.path))["imported_by"])


async def test_who_imports_the_same_workbook_again_has_imported_it(house: House) -> None:
    assert SMALL.branch is not None
    officer, path = SMALL.branch.account("branch_officer"), f"/{CENTRE.code}/{SMALL.branch.code}/{SMALL.station.code}/"
    await house.seed_account(COLLEAGUE, Role.STATION_CLERK, SMALL.station.code, path)
    for account in (APPROVER, officer):
        await house.person(account).step(SMALL.path, "return", json={"reason": "请核对"})
    before = len((await house.person(HEAD).get(SMALL.path))["history"])
    assert await upload(house, CLERK) == CLERK
    assert await upload(house, COLLEAGUE) == COLLEAGUE
    assert await upload(house, COLLEAGUE) == COLLEAGUE
    roster = await house.person(HEAD).get(SMALL.path)
    assert [(act["verb"], act["by"]) for act in roster["history"][before:]] == [("import", COLLEAGUE)], (
        "the same person with the same lines changes nothing: neither the first time here, nor the third"
    )
    pages = await everything(house.stores["reporting"], PAGES)
    lines = [line for page in pages for line in lines_of(page.body["lines"].encode())]
    assert len(lines) == sum(planned.size for planned in ALL), "the lines are there once"
    await house.run_until_quiet()
