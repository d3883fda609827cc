"""The process dies at any call to the world between approval and the letters to the holders: the books are right."""

from __future__ import annotations

import random
from typing import get_args

import pytest

from tests.world import books
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import AGAIN, DIRECT, LARGE, SECOND, SMALL, Planned, approve, post
from tests.world.troubles import Doomed, Fragile, Trouble, When

ONE, TWO = (1,), (1, 2)
"""At the first of these calls; at the first, and in another run at the second."""

CALLS = {
    ("reporting store", "get"): TWO,
    ("reporting store", "get_many"): ONE,
    ("reporting store", "add"): ONE,
    ("reporting store", "add_many"): ONE,
    ("reporting store", "find"): ONE,
    ("reporting store", "put"): ONE,
    ("reporting store", "pending"): TWO,
    ("reporting store", "sent"): ONE,
    ("reporting bus", "publish"): ONE,
    ("certificate store", "get"): TWO,
    ("certificate store", "add"): TWO,
    ("certificate store", "add_many"): ONE,
    ("certificate store", "put"): TWO,
    ("certificate store", "find"): TWO,
    ("certificate store", "count"): ONE,
    ("certificate store", "pending"): TWO,
    ("certificate store", "sent"): TWO,
    ("certificate bus", "publish"): TWO,
    ("certificate bus", "handled certificate.intake"): ONE,
    ("certificate bus", "handled certificate.produce"): ONE,
    ("certificate bus", "handled certificate.tally"): ONE,
    ("workshop", "do"): ONE,
    ("files", "put"): ONE,
    ("notification store", "get"): TWO,
    ("notification store", "add"): TWO,
    ("notification store", "put"): TWO,
    ("notification store", "pending"): TWO,
    ("notification store", "sent"): TWO,
    ("notification bus", "publish"): TWO,
    ("notification bus", "handled notification.plan"): ONE,
    ("notification bus", "handled notification.plan_single"): TWO,
    ("notification bus", "handled notification.deliver"): TWO,
    ("mailer", "send"): TWO,
    ("directory store", "get"): ONE,
}


async def road(house: House, planned: Planned, trouble: Trouble) -> None:
    """From the approval of a roster to the letters to its holders, with a trouble on the way."""
    house.troubles[:] = [trouble]
    house.born()
    await approve(house, planned)
    await house.run_until_quiet()
    await post(house, planned)
    await house.run_until_quiet()


@pytest.mark.parametrize(("port", "method"), CALLS)
async def test_nothing_is_lost_or_doubled_whatever_dies(house: House, port: str, method: str) -> None:
    points: list[tuple[When, int]] = [(when, nth) for nth in CALLS[port, method] for when in get_args(When)]
    travelled: list[Planned] = []
    for (when, nth), planned in zip(points, (SMALL, SECOND, DIRECT, AGAIN), strict=False):
        fall = Fragile(port, method, when, nth)
        await road(house, planned, fall)
        travelled.append(planned)
        assert fall.fired, f"{fall} never happened: the test tests nothing"
        assert len(house.deaths) == len(travelled)
        await books.are_right(house, *travelled, mailed=travelled)


async def test_it_dies_in_the_middle_of_many_batches(house: House) -> None:
    house.troubles += [
        Fragile("certificate store", "add_many", "after", 2),
        Fragile("certificate store", "put", "before", 3),
        Fragile("files", "put", "after", 2),
    ]
    await approve(house, LARGE)
    await house.run_until_quiet()
    assert len(house.deaths) == 3
    await books.are_right(house, LARGE)


@pytest.mark.parametrize("seed", range(6))
async def test_it_dies_again_and_again(open_house: OpenHouse, seed: int) -> None:
    """Thirteen deaths at random calls while three rosters are on the road at once."""
    house, chance = open_house(), random.Random(seed)
    doom = Doomed(set(chance.sample(range(1, 550), 13)))
    house.troubles.append(doom)
    rosters = (SMALL, SECOND, DIRECT)
    await approve(house, *rosters)
    await house.run_until_quiet()
    await post(house, *rosters)
    await house.run_until_quiet()
    assert len(house.deaths) > 5, f"only {doom.falls}"
    await books.are_right(house, *rosters, mailed=rosters)
