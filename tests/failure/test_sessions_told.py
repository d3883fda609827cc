"""Who else hears of a session that is postponed, cancelled or was held after all: the bulletin's figures and the letters,
whatever dies, repeats or comes in another order."""

from __future__ import annotations

import asyncio
from collections import Counter
from email import message_from_bytes
from email.policy import default
from typing import Any, get_args

import pytest

from services.demo.cast import CENTRE
from services.notification.mailings.mailing import Mailing
from shared.trade.days import day_zh
from tests.failure.test_sessions_changed import NEW_DAY, cancel, postpone
from tests.world.books import everything
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import AGAIN, APPROVER, HELD_ON, LARGE, SECOND, SMALL, Planned, approve
from tests.world.troubles import Fragile, UnrulyBus, When, backwards, shuffled


async def figures(house: House, planned: Planned, quarter: str = "2026-Q2") -> dict[str, Any]:
    rows = (await house.person(APPROVER).get(f"/supervision/figures/{quarter}"))["rows"]
    (row,) = [one for one in rows if one["body"] == planned.station.code and one["kind"] == "station"]
    found: dict[str, Any] = row["figures"]
    return found


async def mailed(house: House, planned: Planned) -> Counter[tuple[str, str]]:
    """(letter, to) about what became of the session."""
    mailings = [Mailing.from_record(one) for one in await everything(house.stores["notification"], Mailing.KIND)]
    assert {one.state for one in mailings} == {"sent"}
    ours = [one for one in mailings if one.subject_of == planned.id and one.letter.startswith("session-")]
    return Counter((one.letter, one.to) for one in ours)


async def changed(house: House) -> None:
    """One postponed, one cancelled; one cancelled and one postponed though their rosters were approved."""
    await postpone(house, SMALL)
    await cancel(house, SECOND)
    await asyncio.gather(cancel(house, LARGE), approve(house, LARGE), postpone(house, AGAIN), approve(house, AGAIN))
    await house.run_until_quiet()
    assert SMALL.branch is not None
    one = await figures(house, SMALL)
    assert (one["sessions"], one["heads_planned"]) == (1, SMALL.size), "of two, one is cancelled"
    other = await figures(house, LARGE)
    assert (other["sessions"], other["held"], other["passed"]) == (1, 1, LARGE.size)
    met = await house.person(APPROVER).get(f"/plan/session-plans/{AGAIN.id}")
    assert (met["state"], met["held_on"], met["reported"]) == ("approved", f"{HELD_ON}", True), (
        "it was held on that day"
    )
    assert await mailed(house, SMALL) == Counter(
        {("session-postponed", SMALL.station.email): 1, ("session-postponed", SMALL.branch.email): 1}
    )
    assert await mailed(house, SECOND) == Counter(
        {("session-cancelled", body.email): 1 for body in (SMALL.station, SMALL.branch, CENTRE)}
    )


async def test_when_nothing_goes_wrong_and_what_the_letters_say(open_house: OpenHouse) -> None:
    house = open_house()
    await changed(house)
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in (house.folder / "mail").glob("*.eml")]
    for name, planned, said in (
        ("session-postponed", SMALL, (day_zh(HELD_ON), day_zh(NEW_DAY), "考场停电")),
        ("session-cancelled", SECOND, (day_zh(HELD_ON), "考场关闭", "free again")),
    ):
        ours = [one for one in letters if one["X-Jianding-Letter"] == name and planned.id in str(one["Subject"])]
        assert len(ours) >= 2
        for letter in ours:
            text = letter.get_body(("plain",)).get_content()
            assert all(word in text for word in (*said, planned.id, planned.station.name_zh)), text
            assert "None" not in text


CALLS = [
    ("plan store", "put"),
    ("plan bus", "handled plan.closing"),
    ("supervision store", "put"),
    ("supervision bus", "handled supervision.records"),
    ("notification store", "add"),
    ("notification bus", "handled notification.plan_single"),
]


@pytest.mark.parametrize(("port", "method"), CALLS)
@pytest.mark.parametrize("when", get_args(When))
async def test_it_dies_anywhere(open_house: OpenHouse, port: str, method: str, when: When) -> None:
    house = open_house()
    fall = Fragile(port, method, when)
    house.troubles.append(fall)
    house.born()
    await changed(house)
    assert fall.fired, f"{fall} never happened: the test tests nothing"


@pytest.mark.parametrize(("order", "times"), [(backwards, 1), (backwards, 3), (shuffled, 2)])
async def test_any_number_of_times_in_any_order(open_house: OpenHouse, order: Any, times: int) -> None:
    await changed(open_house(unruly=lambda bus: UnrulyBus(bus, order, times)))


async def test_put_off_into_the_next_quarter(house: House) -> None:
    path = f"/plan/session-plans/{SMALL.id}"
    for day in ("2026-07-01", "2026-09-30"):
        await house.person(APPROVER).step(path, "postponement", json={"held_on": day, "reason": "高温"})
    await house.run_until_quiet()
    house.clock.advance(100 * 86_400)  # of a quarter that has not begun there are no figures
    assert (await figures(house, SMALL))["sessions"] == 1, "the other one of that station"
    assert (await figures(house, SMALL, "2026-Q3"))["sessions"] == 1
