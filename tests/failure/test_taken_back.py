"""An annual plan that is taken back, returned, amended, given up and amended again: whatever dies, repeats or comes in another
order, it ends as it was decided, and every office has each of its letters once."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import get_args

import httpx
import pytest

from services.demo.cast import CENTRE
from shared.ports import Outgoing
from tests.world.books import everything, parked
from tests.world.house import House
from tests.world.seeding import APPROVER, SMALL, YEAR, insist
from tests.world.topology import INTERFACES
from tests.world.troubles import Doomed, Fragile, UnrulyBus, When, backwards

STATION, BRANCH = SMALL.station, SMALL.branch
assert BRANCH is not None
CLERK, HEAD = STATION.account("station_clerk"), STATION.account("station_head")
OFFICER = BRANCH.account("branch_officer")
PLAN = f"/plan/annual-plans/{STATION.code}-{YEAR}"


def planned(heads: int) -> list[dict[str, object]]:
    return [{"occupation": "6-04-01-01", "level": 4, "heads": heads}]


STEPS = [
    (HEAD, "submission", "submitted"),
    (HEAD, "withdrawal", "draft"),
    (HEAD, "submission", "submitted"),
    (OFFICER, "endorsement", "endorsed"),
    (OFFICER, "withdrawal", "submitted"),
    (OFFICER, "endorsement", "endorsed"),
    (APPROVER, "approval", "approved"),
    (CLERK, "amendment", "draft"),
    (HEAD, "submission", "submitted"),
    (OFFICER, "return", "returned"),
    (CLERK, "discarding", "approved"),
    (CLERK, "amendment", "draft"),
    (HEAD, "submission", "submitted"),
    (OFFICER, "endorsement", "endorsed"),
    (APPROVER, "approval", "approved"),
]
CONTENT = {
    "amendment": {"json": {"items": planned(90), "reason": "增加人数"}},
    "return": {"json": {"reason": "请核对人数"}},
}
LETTERS = Counter(
    {
        ("awaiting-review", BRANCH.email): 4,
        ("awaiting-review", CENTRE.email): 3,
        ("withdrawn", BRANCH.email): 1,
        ("withdrawn", CENTRE.email): 1,
        ("annual-plan-amended", BRANCH.email): 2,
        ("returned", STATION.email): 1,
        ("discarded", BRANCH.email): 1,
        ("approved", STATION.email): 2,
    }
)
"""By hand: what the steps above make."""


@pytest.fixture
async def open_bare(bare_folder: Path, tmp_path: Path) -> AsyncIterator[Callable[..., House]]:
    opened: list[House] = []

    def copy_of_it(**options: object) -> House:
        shutil.copytree(bare_folder, tmp_path / "bare")
        opened.append(House(tmp_path / "bare", **options))  # type: ignore[arg-type]
        return opened[-1]

    yield copy_of_it
    for house in opened:
        await house.close()


async def the_way(house: House, *, rest: bool = False) -> None:
    """By people who look what became of it when the connection ends. rest: everybody hears of a step before the next."""
    while True:
        try:
            await house.person(CLERK).create("/plan/annual-plans", {"year": YEAR, "items": planned(60)}, "annual")
            break
        except httpx.ReadError:
            continue
    for account, verb, state in STEPS:
        await insist(house.person(account), PLAN, verb, state, **CONTENT.get(verb, {}))
        if rest:
            await house.run_until_quiet()
    await house.run_until_quiet()


async def ends_well(house: House) -> None:
    plan = await house.person(CLERK).get(PLAN)
    assert (plan["state"], plan["number"], plan["in_force"]) == ("approved", 2, plan["items"])
    assert [(one["number"], one["items"][0]["heads"]) for one in plan["versions"]] == [(1, 60), (2, 90)]
    assert len(plan["history"]) == len(STEPS) + 1, "no step was taken twice"
    for service in INTERFACES:
        assert await parked(house, service) == [], service
    mailings = await everything(house.stores["notification"], "mailing")
    about = [record.body for record in mailings if record.body["subject_of"] == f"{STATION.code}-{YEAR}"]
    assert Counter((letter["letter"], letter["to"]) for letter in about) == LETTERS
    assert {letter["state"] for letter in about} == {"sent"}


CALLS = [
    ("plan store", "get"),
    ("plan store", "add"),
    ("plan store", "put"),
    ("plan store", "pending"),
    ("plan store", "sent"),
    ("plan bus", "publish"),
    ("notification store", "add"),
    ("notification store", "put"),
    ("notification bus", "handled notification.plan_single"),
    ("notification bus", "handled notification.deliver"),
    ("mailer", "send"),
]


@pytest.mark.parametrize(("port", "method"), CALLS)
@pytest.mark.parametrize("when", get_args(When))
async def test_it_dies_anywhere(open_bare: Callable[..., House], port: str, method: str, when: When) -> None:
    house = open_bare()
    fall = Fragile(port, method, when, nth=2)
    house.troubles.append(fall)
    house.born()
    await the_way(house, rest=True)
    assert fall.fired, f"{fall} never happened: the test tests nothing"
    await ends_well(house)


@pytest.mark.parametrize("nth", range(3, 17, 2))
async def test_it_dies_at_each_step(open_bare: Callable[..., House], nth: int) -> None:
    """After the step is stored, before anybody was answered or told."""
    house = open_bare()
    fall = Fragile("plan store", "put", "after", nth)
    house.troubles.append(fall)
    house.born()
    await the_way(house)
    assert fall.fired
    await ends_well(house)


@pytest.mark.parametrize("seed", range(3))
async def test_it_dies_again_and_again(open_bare: Callable[..., House], seed: int) -> None:
    house = open_bare()
    house.troubles.append(Doomed(set(random.Random(seed).sample(range(1, 500), 10))))
    await the_way(house)
    house.troubles.clear()
    assert len(house.deaths) >= 3
    await ends_well(house)


def shuffled(messages: list[Outgoing]) -> list[Outgoing]:
    return random.Random(5).sample(messages, len(messages))


@pytest.mark.parametrize("order", [backwards, shuffled])
@pytest.mark.parametrize("times", [1, 2])
async def test_what_is_told_twice_and_in_disorder_is_told_once(
    open_bare: Callable[..., House], order: Callable[[list[Outgoing]], list[Outgoing]], times: int
) -> None:
    house = open_bare(unruly=lambda bus: UnrulyBus(bus, order, times))
    await the_way(house)
    await ends_well(house)
