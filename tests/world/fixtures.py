"""Fixtures that open houses: seeded with rosters that wait for approval, or bare."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.world.house import House
from tests.world.seeding import open_the_house, seed

OpenHouse = Callable[..., House]


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house whose rosters wait for the Centre's approval (`tests/world/seeding.py`), at rest on disk."""
    folder = tmp_path_factory.mktemp("seeded")
    asyncio.run(_build(folder, seed))
    return folder


@pytest.fixture(scope="session")
def bare_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with machines, bodies and officers, where nothing is planned yet."""
    folder = tmp_path_factory.mktemp("bare")
    asyncio.run(_build(folder, open_the_house))
    return folder


async def _build(folder: Path, furnish: Callable[[House], object]) -> None:
    house = House(folder)
    await furnish(house)  # type: ignore[misc]
    await house.close()


@pytest.fixture
async def open_house(seeded_folder: Path, tmp_path: Path) -> AsyncIterator[OpenHouse]:
    """Opens a copy of the seeded house with the given options of `House`, and closes it after the test."""
    opened: list[House] = []

    def copy_of_it(**options: object) -> House:
        shutil.copytree(seeded_folder, tmp_path / "house")
        opened.append(House(tmp_path / "house", **options))  # type: ignore[arg-type]
        return opened[-1]

    yield copy_of_it
    for house in opened:
        await house.close()


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    return open_house()


@pytest.fixture
async def bare_house(bare_folder: Path, tmp_path: Path) -> AsyncIterator[House]:
    shutil.copytree(bare_folder, tmp_path / "bare")
    opened = House(tmp_path / "bare")
    yield opened
    await opened.close()
