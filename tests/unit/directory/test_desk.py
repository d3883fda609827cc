"""Who goes first where passwords are looked at, and how much is remembered for that."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

import pytest

from services.directory.accounts import desk as desks
from services.directory.accounts.desk import AT_ONCE, MACHINES_AT_ONCE, REMEMBERED, WAITING, WRONG_FOR, Desk
from services.directory.accounts.fair_queue import Rank
from shared.errors import Unavailable
from tests.world.clock import HandClock


def a_desk(clock: HandClock) -> Desk:
    return Desk(clock.monotonic)


def test_whoever_was_right_goes_first_and_whoever_was_wrong_last() -> None:
    clock = HandClock()
    desk = a_desk(clock)
    assert desk.rank("a", "zhou") == Rank.NEW
    desk.asker("a", "zhou").note(right=True)
    assert (desk.rank("a", "zhou"), desk.rank("a", "wu"), desk.rank("b", "zhou")) == (Rank.KNOWN, Rank.NEW, Rank.NEW)
    desk.asker("a", "wu").note(right=False)
    assert (desk.rank("a", "zhou"), desk.rank("a", "wu"), desk.rank("a", "qian")) == (
        Rank.KNOWN,
        Rank.WRONG,
        Rank.WRONG,
    )
    assert desk.rank("b", "wu") == Rank.NEW, "another range is not concerned"
    desk.asker("a", "zhou").note(right=False)
    assert desk.rank("a", "zhou") == Rank.WRONG


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_range_that_was_wrong_is_forgiven_whatever_the_wall_clock_says(jump: int) -> None:
    clock = HandClock()
    desk = a_desk(clock)
    desk.note("a", "wu", right=False)
    clock.set_by(jump)
    clock.advance(WRONG_FOR - 1)
    assert desk.rank("a", "wu") == Rank.WRONG
    clock.advance(1)
    assert desk.rank("a", "wu") == Rank.NEW


def test_so_much_is_remembered_and_no_more() -> None:
    desk = a_desk(HandClock())
    for n in range(REMEMBERED + 1):
        desk.note(f"right {n}", "zhou", right=True)
        desk.note(f"wrong {n}", "zhou", right=False)
    assert (desk.rank("right 0", "zhou"), desk.rank("right 1", "zhou")) == (Rank.NEW, Rank.KNOWN)
    assert (desk.rank("wrong 0", "zhou"), desk.rank("wrong 1", "zhou")) == (Rank.NEW, Rank.WRONG)
    desk.note("right 1", "zhou", right=True)  # seen again
    desk.note("right one more", "zhou", right=True)
    assert (desk.rank("right 1", "zhou"), desk.rank("right 2", "zhou")) == (Rank.KNOWN, Rank.NEW)


async def test_so_many_wait_and_no_more() -> None:
    begun = 0

    def never(work: Any) -> Future[Any]:
        nonlocal begun
        begun += 1
        return Future()

    desk = Desk(HandClock().monotonic, never)
    asked = [asyncio.create_task(desk.asker(f"range {n}", "x").hashed("x")) for n in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0)
    assert desk.people.waiting == WAITING
    with pytest.raises(Unavailable):
        await desk.asker("one more", "x").hashed("x")
    asked.append(asyncio.create_task(desk.officer("qian.wen").hashed("x")))
    await asyncio.sleep(0)
    assert desk.people.waiting == WAITING, "an officer at work takes the place of a stranger"
    machine = asyncio.create_task(desk.asker("plan", "plan").fits("x", "x", machine=True))
    await asyncio.sleep(0)
    assert (begun, desk.machines.waiting) == (AT_ONCE + MACHINES_AT_ONCE, 0), "machines are next at once"
    for task in (*asked, machine):
        task.cancel()
    await asyncio.gather(*asked, machine, return_exceptions=True)


async def test_officers_share_by_officer_and_hashes_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = a_desk(HandClock())
    officer = desk.officer("qian.wen")
    kept = await officer.hashed("a good password")
    assert await officer.fits(kept, "a good password")
    assert not await officer.fits(kept, "another password", machine=True)
    assert desks.Asker(desk, "a", "x", proven=True)._place.rank == Rank.KNOWN
    assert desk.asker("a", "x")._place.rank == Rank.NEW
