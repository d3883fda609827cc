"""Which steps somebody may take with a production, and why not the others; which productions are in a state."""

from __future__ import annotations

import pytest

from tests.world.house import House, Person
from tests.world.seeding import SMALL, approve, post

PRODUCTION = f"/certificate/productions/{SMALL.id}"
STATION, HEAD = SMALL.station.account("station_clerk"), SMALL.station.account("station_head")


async def may(person: Person) -> dict[str, bool]:
    return {one["verb"]: one["may"] for one in await person.get(f"{PRODUCTION}/steps")}


async def why(person: Person, verb: str) -> str:
    return next(one["why"] for one in await person.get(f"{PRODUCTION}/steps") if one["verb"] == verb)


@pytest.fixture
async def made(house: House) -> House:
    await approve(house, SMALL)
    await house.run_until_quiet()
    return house


async def test_a_step_is_offered_to_whom_it_will_be_allowed(made: House) -> None:
    poster, clerk = made.person(SMALL.poster), made.person(STATION)
    assert (await may(poster), await may(clerk)) == (
        {"mail": True, "receive": False},
        {"mail": False, "receive": False},
    )
    assert "待寄发" in await why(clerk, "receive")
    await post(made, SMALL)
    assert (await may(poster), await may(clerk)) == (
        {"mail": False, "receive": False},
        {"mail": False, "receive": True},
    )
    await clerk.step(PRODUCTION, "receipt", json={"certificates": SMALL.size})
    assert await may(clerk) == {"mail": False, "receive": False}


async def test_an_untrained_person_is_told_so_beforehand(made: House) -> None:
    assert "培训" in await why(made.untrained(SMALL.poster), "mail")


async def test_a_list_of_one_state(made: House) -> None:
    poster = made.person(SMALL.poster)
    assert [one["id"] for one in await poster.everything("/certificate/productions?state=ready")] == [SMALL.id]
    assert await poster.everything("/certificate/productions?state=mailed") == []
    counts = (await poster.get("/certificate/productions/counts"))["states"]
    assert {state: count for state, count in counts.items() if count} == {"ready": 1}
