"""Everybody ends with the same picture of a body that was struck off: whatever repeats, comes late or in another order."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.directory.striking_off import usecases as striking_off
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Outgoing
from shared.trade.practice import twin
from tests.e2e.bodies.test_striking_off import PATH, RIGHT, TWICE, register, strike
from tests.world import winding
from tests.world.books import parked
from tests.world.doors import letters
from tests.world.house import House
from tests.world.seeding import APPROVER, LICENCE, body_entry
from tests.world.troubles import UnrulyBus, backwards, shuffled

Open = Callable[..., House]
COPIERS = ("plan", "reporting", "certificate", "notification", "supervision")


@pytest.fixture
async def open_bare(bare_folder: Path, tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[House] = []

    def copy_of_it(**options: Any) -> House:
        shutil.copytree(bare_folder, tmp_path / "bare")
        opened.append(House(tmp_path / "bare", **options))
        return opened[-1]

    yield copy_of_it
    for house in opened:
        await house.close()


async def must_be_known(house: House) -> None:
    for service in COPIERS:
        for code in (TWICE.code, twin(TWICE.code)):
            known = await local_copies.seek(house.stores[service], BodyRegistered, code)
            assert known is not None and known.state == "struck_off", (service, code)
        assert await parked(house, service) == []


@pytest.mark.parametrize(("order", "times"), [(backwards, 1), (backwards, 3), (shuffled, 2)])
async def test_any_number_of_times_in_any_order(
    open_bare: Open, order: Callable[[list[Outgoing]], list[Outgoing]], times: int
) -> None:
    """Registered and struck off before anybody heard of either."""
    house = open_bare(unruly=lambda bus: UnrulyBus(bus, order, times))
    await house.operator.create("/directory/bodies", body_entry(TWICE), "twice")
    assert (await strike(house)).status_code == 200
    await house.run_until_quiet()
    await must_be_known(house)
    assert len([one for one in letters(house, "standing-changed") if "已除名" in one["Subject"]]) == 2


async def test_several_workers_and_relays(open_bare: Open) -> None:
    house = open_bare(workers=2, relays=2)
    await house.operator.create("/directory/bodies", body_entry(TWICE), "twice")
    assert (await strike(house)).status_code == 200
    await house.run_until_quiet()
    await must_be_known(house)


async def test_a_sanction_of_the_moment_between_changes_nothing(
    open_bare: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposed and confirmed while nobody there had heard: the directory notes it, and supervision hears that it did
    nothing."""
    house = open_bare()
    await register(house)
    await house.person(APPROVER).step(PATH, "licence", json=LICENCE)
    await house.run_until_quiet()
    asked = striking_off._in_other_services

    async def and_then(*given: Any) -> Any:
        found = await asked(*given)
        proposed = await winding.propose(house, "suspension", body=TWICE.code)
        await winding.confirm(house, proposed["id"], APPROVER)
        return found

    monkeypatch.setattr(striking_off, "_in_other_services", and_then)
    assert (await strike(house)).status_code == 200
    await house.run_until_quiet()
    await must_be_known(house)
    body = await house.operator.get(PATH)
    assert (body["state"], body["instead"]) == ("struck_off", RIGHT.code)
    assert [act["verb"] for act in body["history"]][-2:] == ["strike_off", "suspend"]
    (sanction,) = await house.person(APPROVER).everything("/supervision/sanctions")
    assert sanction["state"] == "without_effect"
