"""A disk that is full, or will be soon, is told of before somebody's work is refused."""

from __future__ import annotations

import errno
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from shared import durable
from shared.adapters.disk import SystemDisk
from shared.adapters.files import FolderFiles
from shared.adapters.mail.folder import MailFolder
from shared.errors import Unavailable
from shared.web.routers import health
from shared.web.routers.folders import MEGABYTE, Folder, Folders
from tests.contract.test_mailer import a_letter
from tests.world.clock import HandClock

DATA, FILES, GONE = Path("/data/store"), Path("/data/files"), Path("/data/unreachable")


class HandDisk:
    def __init__(self, **free: int) -> None:
        self.free_in: dict[Path, int] = {Path(f"/data/{name}"): free for name, free in free.items()}

    async def free(self, folder: Path) -> int | None:
        if folder == GONE:
            raise Unavailable(f"{folder} cannot be reached")
        return self.free_in.get(folder)


async def asked(folders: Folders, path: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(health.router([], HandClock(), {}, folders))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.parametrize(("free", "status"), [(50 * MEGABYTE, 200), (50 * MEGABYTE - 1, 503), (0, 503)])
async def test_below_the_setting_it_is_not_ready_and_names_the_folder(free: int, status: int) -> None:
    folders = Folders(
        HandDisk(store=90 * MEGABYTE, files=free), [Folder("store", DATA), Folder("files", FILES)], 50 * MEGABYTE
    )
    answer = await asked(folders, "/readyz")
    assert answer.status_code == status
    said = answer.json()["missing"]
    assert said == [] if status == 200 else (len(said) == 1 and said[0].startswith("files: /data/files 空间不足"))
    found = re.search(r'jianding_disk_free_bytes\{folder="files"\} (\S+)', (await asked(folders, "/metrics")).text)
    assert found is not None and float(found[1]) == free


async def test_a_folder_that_is_not_there_yet_is_no_fault_and_one_that_cannot_be_asked_is() -> None:
    folders = Folders(HandDisk(), [Folder("store", DATA)], 50)
    assert (await asked(folders, "/readyz")).status_code == 200
    assert "folder=" not in (await asked(folders, "/metrics")).text
    folders = Folders(HandDisk(), [Folder("mail", GONE)], 50)
    assert (await asked(folders, "/readyz")).json()["missing"] == ["mail: /data/unreachable cannot be reached"]
    assert 'jianding_disk_free_bytes{folder="mail"} 0.0' in (await asked(folders, "/metrics")).text


async def test_what_is_free_is_what_the_system_says(tmp_path: Path) -> None:
    disk = SystemDisk()
    assert (await disk.free(tmp_path) or 0) > 0
    assert await disk.free(tmp_path / "not there") is None
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be reached"):
        await disk.free(tmp_path / "file" / "below")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A disk that takes nothing while the list is not empty."""
    state, real = [True], durable.NamedTemporaryFile

    def draft(*given: object, **named: object) -> object:
        if state:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*given, **named)  # type: ignore[call-overload]

    for room in ("shared.durable", "shared.adapters.files"):
        monkeypatch.setattr(f"{room}.NamedTemporaryFile", draft)
    return state


async def _pieces() -> AsyncIterator[bytes]:
    yield b"evidence"


@pytest.mark.parametrize("what", ["put", "receive", "send"])
async def test_a_refused_write_is_told_until_one_is_taken(tmp_path: Path, full: list[bool], what: str) -> None:
    """Also by a disk that says it has room: a quota, a limit of files."""
    files, mail = FolderFiles(tmp_path / "files"), MailFolder(tmp_path / "mail")
    watched = [Folder("files", tmp_path / "files", files.ping), Folder("mail", tmp_path / "mail", mail.ping)]
    folders = Folders(HandDisk(), watched, 0)
    assert await folders.missing() == []
    write = {
        "put": lambda: files.put(b"a print file"),
        "receive": lambda: files.receive(_pieces()),
        "send": lambda: mail.send(a_letter()),
    }[what]
    with pytest.raises(Unavailable) as caught:
        await write()
    assert caught.value.ping is not None
    with pytest.raises(Unavailable):
        await caught.value.ping()
    name = "mail" if what == "send" else "files"
    (said,) = await folders.missing()
    assert said.startswith(f"{name}: {tmp_path / name} 无法写入") and "No space left" in said
    full.clear()
    assert await folders.missing() == []
    await caught.value.ping()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [], "the proof is gone again"
