"""What a file store promises."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.adapters.files import FolderFiles
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
