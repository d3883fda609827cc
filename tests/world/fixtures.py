"""Fixtures that open houses, seeded with rosters that wait for approval, or bare; and one that sees children start."""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.quarantine import children
from shared.adapters.quarantine.children import QuarantineChildren
from tests.world.clock import HandClock
from tests.world.house import House
from tests.world.seeding import open_the_house, seed
from tests.world.sharing import Once

OpenHouse = Callable[..., House]


@pytest.fixture(scope="session")
def seeded_folder(once: Once) -> Path:
    """A house whose rosters wait for the Centre's approval (`tests/world/seeding.py`), at rest on disk."""
    return once("seeded", built_by(seed))


@pytest.fixture(scope="session")
def bare_folder(once: Once) -> Path:
    """A house with machines, bodies and officers, where nothing is planned yet."""
    return once("bare", built_by(open_the_house))


def built_by(furnish: Callable[[House], Awaitable[object]]) -> Callable[[Path], None]:
    """Furnishes a house in a folder and leaves it at rest: for `once`."""

    async def build(folder: Path) -> None:
        house = House(folder)
        await furnish(house)
        await house.close()

    return lambda folder: asyncio.run(build(folder))


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


@pytest.fixture
def started_processes(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """Every child of a quarantine, from its start on."""
    found: list[Process] = []
    start = asyncio.create_subprocess_exec

    async def noted(*given: Any, **named: Any) -> Process:
        process = await start(*given, **named)
        found.append(process)
        return process

    monkeypatch.setattr(children.asyncio, "create_subprocess_exec", noted)
    return found


@pytest.fixture
async def house_with_children(open_house: OpenHouse, started_processes: list[Process]) -> AsyncIterator[House]:
    """Reads foreign files in children of its own, as in production; none is left when it closes."""
    clock = HandClock()
    quarantine = QuarantineChildren(clock)
    yield open_house(clock=clock, quarantine=quarantine)
    await quarantine.close()
    assert all(process.returncode is not None for process in started_processes)
