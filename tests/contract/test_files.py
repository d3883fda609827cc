"""What a file store promises."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.adapters import files as adapter
from shared.adapters.files import PIECE, FolderFiles
from shared.errors import NotFound, Unavailable

ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of b"abc", FIPS 180-2 appendix B.1


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path / "prints")


async def test_the_name_is_the_hash_of_the_content(files: FolderFiles, tmp_path: Path) -> None:
    assert await files.put(b"abc") == ABC
    assert await files.get(ABC) == b"abc"
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()] == [
        "prints/ba/78/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ]


async def test_it_is_there_for_the_next_process(files: FolderFiles, tmp_path: Path) -> None:
    await files.put(b"abc")
    assert await FolderFiles(tmp_path / "prints").get(ABC) == b"abc"


async def test_writing_twice_is_writing_once(files: FolderFiles, tmp_path: Path) -> None:
    seals = await asyncio.gather(*(files.put(b"abc") for _ in range(20)))
    assert set(seals) == {ABC}
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1


async def test_empty_and_large_content(files: FolderFiles) -> None:
    for content in (b"", bytes(range(256)) * 20_000):
        assert await files.get(await files.put(content)) == content


@pytest.mark.parametrize("seal", ["sha256:" + "0" * 64, "sha256:../../etc/passwd", "", "abc", "md5:" + "0" * 32])
async def test_what_is_not_there_is_not_found(files: FolderFiles, seal: str) -> None:
    with pytest.raises(NotFound):
        await files.get(seal)


async def test_damaged_content_is_never_handed_out_and_is_mended_by_the_next_put(
    files: FolderFiles, tmp_path: Path
) -> None:
    await files.put(b"abc")
    (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
    stored.write_bytes(b"abd")
    with pytest.raises(Unavailable, match="no longer"):
        await files.get(ABC)
    await files.put(b"abc")
    assert await files.get(ABC) == b"abc"


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "prints").write_text("a file where the folder should be")
    files = FolderFiles(tmp_path / "prints")
    with pytest.raises(Unavailable):
        await files.put(b"abc")
    with pytest.raises(Unavailable):
        await files.get(ABC)


# --- files that arrive in pieces -----------------------------------------------------------------------------------------


async def pieces(*content: bytes, then: BaseException | None = None) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece
    if then is not None:
        raise then


def all_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def whole(files: FolderFiles, seal: str) -> bytes:
    return b"".join([piece async for piece in (await files.stream(seal)).pieces])


async def test_a_file_in_pieces_is_that_of_the_pieces_together(files: FolderFiles, tmp_path: Path) -> None:
    draft = await files.receive(pieces(b"a", b"", b"bc"))
    assert (draft.seal, draft.size) == (ABC, 3)
    with pytest.raises(NotFound):
        await files.get(ABC)
    assert await files.keep(draft) == ABC
    await files.drop(draft)
    assert await files.get(ABC) == b"abc"
    assert all_files(tmp_path) == ["prints/ba/78/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]


async def test_it_is_given_back_in_pieces(files: FolderFiles) -> None:
    for content in (b"", b"abc", bytes(range(256)) * 8000):
        draft = await files.receive(pieces(*(content[at : at + 60_000] for at in range(0, len(content), 60_000))))
        stored = await files.stream(await files.keep(draft))
        found = [piece async for piece in stored.pieces]
        assert (stored.size, b"".join(found)) == (len(content), content)
        assert all(len(piece) <= PIECE for piece in found)


async def test_pieces_are_not_held(files: FolderFiles, tmp_path: Path) -> None:
    """What has come is on the disk before the next is asked for."""
    sizes = []

    async def many() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield bytes(PIECE)
            sizes.append(sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()))

    await files.drop(await files.receive(many()))
    assert sizes[-1] >= 3 * PIECE


async def test_a_draft_that_is_dropped_leaves_nothing(files: FolderFiles, tmp_path: Path) -> None:
    await files.drop(await files.receive(pieces(b"abc")))
    assert all_files(tmp_path) == []


@pytest.mark.parametrize("end", [ZeroDivisionError(), asyncio.CancelledError()])
async def test_a_file_that_does_not_come_to_its_end_leaves_nothing(
    files: FolderFiles, tmp_path: Path, end: BaseException
) -> None:
    with pytest.raises(type(end)):
        await files.receive(pieces(bytes(PIECE + 1), then=end))
    assert all_files(tmp_path) == []


async def test_two_who_send_the_same_keep_one(files: FolderFiles, tmp_path: Path) -> None:
    one, two = await asyncio.gather(*(files.receive(pieces(b"abc")) for _ in range(2)))
    assert [await files.keep(one), await files.keep(two)] == [ABC, ABC]
    assert len(all_files(tmp_path)) == 1


async def test_what_a_killed_process_left_goes_with_the_next_file_and_nobody_elses(
    files: FolderFiles, tmp_path: Path
) -> None:
    program = f"""
import asyncio, os, signal
from pathlib import Path
from shared.adapters.files import FolderFiles

async def pieces():
    yield bytes({PIECE + 1})
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(FolderFiles(Path({str(tmp_path / "prints")!r})).receive(pieces()))
"""
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(all_files(tmp_path)) == 1
    mine = await files.receive(pieces(b"abc"))
    other = await FolderFiles(tmp_path / "prints").receive(pieces(b"abd"))
    assert len(all_files(tmp_path)) == 2, "theirs is gone, mine and the other's are there"
    await files.keep(mine)
    await files.drop(other)
    assert await whole(files, ABC) == b"abc"


async def test_a_file_system_without_locks_takes_files_too(
    files: FolderFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def none_here(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", none_here)
    one, two = await files.receive(pieces(b"abc")), await FolderFiles(tmp_path / "prints").receive(pieces(b"abd"))
    assert len(all_files(tmp_path)) == 2, "nobody takes another one's draft for one of the dead"
    await files.keep(one)
    assert await whole(files, ABC) == b"abc"
    await files.drop(two)


@pytest.mark.parametrize("step", ["_add", "_flush"])
async def test_a_full_disk_is_unavailable_and_leaves_nothing(
    files: FolderFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(adapter, step, full)
    with pytest.raises(Unavailable, match="No space left"):
        await files.receive(pieces(b"abc"))
    assert all_files(tmp_path) == []


async def test_a_full_disk_at_the_very_end_is_unavailable_and_leaves_nothing(
    files: FolderFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    draft = await files.receive(pieces(b"abc"))
    monkeypatch.setattr(adapter, "name_durably", full)
    with pytest.raises(Unavailable, match="No space left"):
        await files.keep(draft)
    assert all_files(tmp_path) == []


async def test_nothing_to_write_to_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "prints").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        await FolderFiles(tmp_path / "prints").receive(pieces(b"abc"))


async def test_damaged_content_is_not_streamed_either(files: FolderFiles, tmp_path: Path) -> None:
    await files.put(b"abc")
    (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
    stored.write_bytes(b"abd")
    with pytest.raises(Unavailable, match="no longer"):
        await files.stream(ABC)
    await files.keep(await files.receive(pieces(b"abc")))
    assert await whole(files, ABC) == b"abc"
    for seal in ("sha256:" + "0" * 64, "sha256:../../etc/passwd"):
        with pytest.raises(NotFound):
            await files.stream(seal)
