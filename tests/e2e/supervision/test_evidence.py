"""Evidence on its way in: to the disk as it comes, and nothing half stays there."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from shared.adapters import files
from shared.adapters.files import PIECE
from tests.e2e.supervision.test_supervision import FINDINGS, HEAD, plan
from tests.world.eventually import eventually
from tests.world.house import House
from tests.world.raw_request import RawRequest
from tests.world.seeding import CLERK

EVIDENCE = "findings/1/evidence?title=photo"


@pytest.fixture
async def performed(bare_house: House) -> str:
    inspection = await plan(bare_house)
    await bare_house.person(CLERK).step(inspection, "performance", json=FINDINGS)
    return inspection


def kept(house: House) -> list[Path]:
    return [path for path in (house.folder / "files").rglob("*") if path.is_file()]


async def begin(house: House, inspection: str, by: str = CLERK) -> tuple[RawRequest, Any]:
    tag = (await house.person(CLERK).ask("GET", inspection)).headers["ETag"]
    request = RawRequest(house, by, f"{inspection}/{EVIDENCE}", tag)
    return request, await request.begin()


async def test_what_comes_goes_to_the_disk(bare_house: House, performed: str) -> None:
    request, sending = await begin(bare_house, performed)
    for _ in range(3):
        request.sends(bytes(PIECE), more=True)
    await eventually(lambda: sum(path.stat().st_size for path in kept(bare_house)) >= 2 * PIECE)
    request.sends(b"end")
    await sending
    assert request.status == 200
    (file,) = kept(bare_house)
    assert file.stat().st_size == 3 * PIECE + 3


async def test_whoever_leaves_half_way_leaves_nothing(
    bare_house: House, performed: str, caplog: pytest.LogCaptureFixture
) -> None:
    request, sending = await begin(bare_house, performed)
    request.sends(bytes(PIECE), more=True)
    await eventually(lambda: kept(bare_house))
    request.leaves()
    await sending
    assert kept(bare_house) == []
    assert "request failed" not in caplog.text


async def test_what_becomes_too_large_on_the_way_leaves_nothing(bare_house: House, performed: str) -> None:
    request, sending = await begin(bare_house, performed)
    for _ in range(21):
        request.sends(bytes(1024 * 1024), more=True)
    await sending
    assert request.status == 413
    assert kept(bare_house) == []


async def test_who_may_add_none_fills_no_disk(bare_house: House, performed: str) -> None:
    request, sending = await begin(bare_house, performed, by=HEAD)
    await sending
    assert request.status == 403, "refused before anything was sent"


async def test_a_full_disk_is_said(bare_house: House, performed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "_add", full)
    request, sending = await begin(bare_house, performed)
    request.sends(b"photo")
    await sending
    assert request.status == 503
    assert b"retry-after" in {name for name, _ in request.said[0]["headers"]}
    assert kept(bare_house) == []
    assert (await bare_house.person(CLERK).get(performed))["findings"][0]["evidence"] == []
