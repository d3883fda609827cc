"""What takes two people, and identity numbers in full, need a fresh sign-in: every row of the access table, asked by
somebody whose sign-in is fresh, and by somebody whose sign-in is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.actor import CLOCKS_DIFFER, FRESH
from shared.register.access import Row
from shared.trade.roles import MACHINES, Role
from tests.access.actors import KNOCKERS, Knocker, open_accounts
from tests.access.asking import Asked
from tests.access.samples import furnish
from tests.access.table import ASKED, ROWS
from tests.access.test_table import NEVER, request_of
from tests.world.house import House, Person

FOUR_EYES = {
    "POST /directory/bodies/{code}/licence",
    "POST /directory/bodies/{code}/striking-off",
    "POST /plan/session-plans/{id}/draw",
    "POST /plan/session-plans/{id}/postponement",
    "POST /reporting/rosters/{id}/approval",
    "POST /supervision/bulletins/{id}/publication",
    "POST /supervision/sanctions/{id}/confirmation",
    "POST /supervision/violations/{id}/confirmation",
    "POST /supervision/violations/{id}/dismissal",
}
IN_FULL = {
    "GET /certificate/batches/{id}/print-file",
    "GET /certificate/productions/{roster}/form6.pdf",
    "GET /certificate/productions/{roster}/form6.xlsx",
    "GET /reporting/rosters/{id}/pages/{page}",
}
PRINT_FILE = "GET /certificate/batches/{id}/print-file"


@pytest.fixture
async def doors(bare_house: House) -> House:
    await furnish(bare_house)
    await open_accounts(bare_house)
    return bare_house


def test_which_need_it() -> None:
    assert {endpoint for endpoint, row in ROWS.items() if row.fresh} == FOUR_EYES | IN_FULL


def _of(row: Row, *, machines: bool) -> Knocker | None:
    """Somebody whom the row lets in."""
    fitting = (who for who in KNOCKERS if who.role in row.roles and (who.role in MACHINES) is machines)
    return next((who for who in fitting if who.role != Role.SERVICE or who.account in row.services), None)


async def _refused(person: Person, who: Knocker, endpoint: str, asked: Asked) -> bool:
    """Whether it is for the age of the sign-in."""
    method, address, content = request_of(asked, endpoint, who.body, who.role)
    headers = {"Idempotency-Key": f"{who.account} {endpoint}"}
    answer = await person.ask(method, address, NEVER, headers=headers, **content)
    if answer.status_code != 403 or "sign_in" not in answer.json():
        return False
    assert answer.json()["sign_in"] == "fresh"
    assert "重新验证身份" in answer.json()["detail"]
    return True


@pytest.mark.parametrize("is_fresh", [True, False])
async def test_people_are_asked_for_it_by_the_row_alone(doors: House, is_fresh: bool) -> None:
    for endpoint, row in ROWS.items():
        who = _of(row, machines=False)
        if who is None:
            continue
        person = doors.person(who.account) if is_fresh else doors.stale(who.account)
        refused = await _refused(person, who, endpoint, ASKED[endpoint])
        assert refused is (row.fresh and not is_fresh), endpoint


async def test_machines_never_are(doors: House) -> None:
    asked = 0
    for endpoint, row in ROWS.items():
        who = _of(row, machines=True)
        if row.fresh and who is not None:
            assert not await _refused(doors.stale(who.account), who, endpoint, ASKED[endpoint]), endpoint
            asked += 1
    assert asked == 2


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        (timedelta(), False),
        (FRESH - timedelta(seconds=1), False),
        (FRESH, True),
        (timedelta(days=9), True),
        (-CLOCKS_DIFFER, False),  # the directory's clock goes before ours
        (-CLOCKS_DIFFER - timedelta(seconds=1), True),  # somebody set a clock back: nobody knows how long ago
    ],
    ids=str,
)
async def test_how_long_a_sign_in_is_fresh(doors: House, before: timedelta, refused: bool) -> None:
    who = _of(ROWS[PRINT_FILE], machines=False)
    assert who is not None
    assert await _refused(doors.stale(who.account, before), who, PRINT_FILE, ASKED[PRINT_FILE]) is refused


async def test_a_role_that_may_not_is_told_that_first(doors: House) -> None:
    clerk = next(who for who in KNOCKERS if who.role == Role.STATION_CLERK)
    assert not await _refused(doors.stale(clerk.account), clerk, PRINT_FILE, ASKED[PRINT_FILE])
