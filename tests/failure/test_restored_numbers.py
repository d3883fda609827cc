"""What the runbook says of a restored home: rosters approved again in the same order give everybody the number on the paper."""

from __future__ import annotations

from pathlib import Path

from tests.failure.test_backup import copy, put_back
from tests.world import books
from tests.world.house import House
from tests.world.seeding import DIRECT, LARGE, SECOND, SMALL, Planned, approve


async def numbers(house: House, *rosters: Planned) -> dict[str, dict[str, str]]:
    return {
        planned.id: {one.holder.ticket: one.number for one in await books.certificates_of(house, planned)}
        for planned in rosters
    }


async def test_the_same_order_gives_the_same_numbers_and_another_one_none_twice(house: House, tmp_path: Path) -> None:
    """SMALL and SECOND share numbers: the same station and level."""
    order = (SMALL, SECOND, LARGE, DIRECT)
    copy(house, tmp_path / "backup")
    for planned in order:
        await approve(house, planned)
        await house.run_until_quiet()
    printed = await numbers(house, *order)
    assert all(printed.values())
    for name, again in (("same", order), ("other", order[::-1])):
        async with put_back(tmp_path / "backup", tmp_path / name, house) as restored:
            await restored.run_until_quiet()
            for planned in again:
                await approve(restored, planned)
                await restored.run_until_quiet()
            given = await numbers(restored, *order)
            assert (given == printed) == (name == "same")
            of_all = [number for some in given.values() for number in some.values()]
            assert sorted(of_all) == sorted(set(of_all)), "no number twice"
