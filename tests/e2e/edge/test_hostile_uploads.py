"""Uploads that would stop the house: while one is read everybody else is answered, and whoever leaves takes it along."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from dataclasses import replace
from typing import Any

import pytest

from services.reporting.rosters.usecases import importing, quarantined
from shared.adapters.quarantine.children import LONGEST_WAIT
from tests.unit.reporting.workbooks import hostile
from tests.world import foreign_work
from tests.world.eventually import eventually
from tests.world.house import House
from tests.world.raw_request import RawRequest
from tests.world.seeding import SMALL, workbook

STATION_CLERK = SMALL.station.account("station_clerk")
PATH = f"{SMALL.path}/workbook"


@pytest.fixture
def house(house_with_children: House) -> House:
    return house_with_children


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that its reader never gets through."""
    monkeypatch.setattr(importing, "CHECK", replace(importing.CHECK, read=foreign_work.hang))


async def begin(house: House) -> tuple[RawRequest, asyncio.Task[None]]:
    version = (await house.person(STATION_CLERK).ask("GET", SMALL.path)).headers["ETag"]
    upload = RawRequest(house, STATION_CLERK, PATH, version)
    upload.sends(b"PK\x03\x04")
    return upload, await upload.begin()


async def put(house: House, content: bytes) -> Any:
    clerk = house.person(STATION_CLERK)
    version = (await clerk.ask("GET", SMALL.path)).headers["ETag"]
    return await clerk.ask("PUT", PATH, version, content=content)


async def test_everybody_else_is_answered_while_a_workbook_hangs_its_reader_and_who_leaves_ends_it(
    house: House, hanging: None, started_processes: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, uploading = await begin(house)
    await eventually(lambda: started_processes)
    for _ in range(20):
        assert (await house.client.get("/directory/jwks.json")).status_code == 200
        assert (await house.person(STATION_CLERK).ask("GET", SMALL.path)).status_code == 200
    assert not uploading.done()
    assert started_processes[0].returncode is None
    upload.leaves()
    await uploading
    assert started_processes[0].returncode == -9
    monkeypatch.undo()
    # The place is free: the next one is read. It is what was imported before, and so changes nothing.
    answer = await put(house, workbook(SMALL))
    assert answer.status_code == 200, answer.text


async def test_who_waits_longer_than_half_a_minute_is_asked_to_come_again(
    house: House, hanging: None, started_processes: list[Process]
) -> None:
    first, uploading = await begin(house)
    await eventually(lambda: started_processes)
    waiting = asyncio.create_task(put(house, workbook(SMALL)))
    await eventually(lambda: house.clock.sleepers == 2)
    house.clock.advance(LONGEST_WAIT)
    answer = await waiting
    assert (answer.status_code, answer.headers["Retry-After"].isdigit()) == (503, True)
    assert "请稍后再试" in answer.json()["detail"]
    house.clock.advance(importing.CHECK.patience)
    await uploading
    assert first.status == 422


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (hostile.far_cell_of_old, quarantined.BROKEN),
        (hostile.endless_row, "文件无法读取"),
        (hostile.column_ranges, "名册有"),
    ],
)
async def test_a_hostile_workbook_is_refused_in_a_sentence(house: House, make: Any, sentence: str) -> None:
    answer = await put(house, make())
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert answer.json()["errors"]


@pytest.mark.parametrize("read", [foreign_work.deaf_and_dumb, foreign_work.echo, foreign_work.talk_without_end])
async def test_a_reader_that_was_taken_over_is_not_believed(
    house: House, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHECK", replace(importing.CHECK, read=read))
    answer = await put(house, b"PK\x03\x04")
    assert answer.status_code == 422
    assert [row["where"] for row in answer.json()["errors"]] == ["工作簿 · workbook"]
