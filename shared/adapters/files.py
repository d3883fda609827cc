"""Files by content in a folder: the name is the hash, so writing twice is writing once, and nothing is overwritten."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import sys
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO, Final

from shared.durable import Refusals, name_durably, write_durably
from shared.errors import NotFound, Unavailable
from shared.ports.files import Draft, StoredFile

PIECE: Final = 256 * 1024  # bytes that go to the disk, or come from it, at once

_SEAL = re.compile(r"sha256:([0-9a-f]{64})")


class FolderFiles:
    """`<path>/ab/cd/abcd…`: two levels, so that no folder grows beyond what tools can list. `<path>/drafts`: what is on
    its way in. Several processes may share the folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._drafts = path / "drafts"
        self._refusals = Refusals(path)
        self._held: dict[Path, IO[bytes]] = {}
        """Drafts of this process, open until they are kept or dropped."""

    async def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        try:
            with self._refusals.noted():
                await asyncio.to_thread(self._write, self._place(digest), content)
        except OSError as error:
            raise Unavailable(
                f"文件库暂时无法写入，请稍后再试 · the file store does not take sha256:{digest[:12]}…: {error}",
                self.ping,
            ) from error
        return f"sha256:{digest}"

    async def get(self, seal: str) -> bytes:
        digest = _digest(seal)
        with _not_given(seal):
            content = await asyncio.to_thread(self._place(digest).read_bytes)
        if hashlib.sha256(content).hexdigest() != digest:
            raise _damaged(seal)
        return content

    async def receive(self, pieces: AsyncIterable[bytes]) -> Draft:
        try:
            with self._refusals.noted():
                file = await asyncio.to_thread(self._new_draft)
        except OSError as error:
            raise Unavailable(
                f"文件库暂时无法写入，请稍后再试 · the file store takes nothing: {error}", self.ping
            ) from error
        place = Path(file.name)
        self._held[place] = file
        try:
            digest, size = hashlib.sha256(), 0
            async for piece in _gathered(pieces):
                size += len(piece)
                with self._refusals.noted():
                    await asyncio.to_thread(_add, file, digest, piece)
            with self._refusals.noted():
                await asyncio.to_thread(_flush, file)
        except OSError as error:
            self._let_go(place)
            raise Unavailable(
                f"文件库暂时无法写入，请稍后再试 · the file store does not take what is sent: {error}", self.ping
            ) from error
        except BaseException:
            self._let_go(place)
            raise
        return Draft(f"sha256:{digest.hexdigest()}", size, place)

    async def keep(self, draft: Draft) -> str:
        try:
            if sys.platform == "win32":  # which gives no open file another name
                self._held.pop(draft.place).close()
            with self._refusals.noted():
                await asyncio.to_thread(name_durably, draft.place, self._place(_digest(draft.seal)))
        except OSError as error:
            raise Unavailable(
                f"文件库暂时无法写入，请稍后再试 · the file store does not take {draft.seal}: {error}", self.ping
            ) from error
        finally:
            self._let_go(draft.place)
        return draft.seal

    async def drop(self, draft: Draft) -> None:
        self._let_go(draft.place)

    async def stream(self, seal: str) -> StoredFile:
        digest = _digest(seal)
        with _not_given(seal):
            file = await asyncio.to_thread(self._place(digest).open, "rb")
            try:
                found = await asyncio.to_thread(hashlib.file_digest, file, "sha256")
                size = file.tell()
                if found.hexdigest() != digest:
                    raise _damaged(seal)
                file.seek(0)
            except BaseException:
                file.close()
                raise
        return StoredFile(size, _pieces(file))

    async def ping(self) -> None:
        """Raises Unavailable while the folder does not take what is written."""
        try:
            await asyncio.to_thread(self._refusals.prove)
        except OSError as error:
            raise Unavailable(f"{self._path} 无法写入 · takes no files: {error.strerror}", self.ping) from error

    def _place(self, digest: str) -> Path:
        return self._path / digest[:2] / digest[2:4] / digest

    def _write(self, place: Path, content: bytes) -> None:
        if place.exists() and place.read_bytes() == content:  # a damaged file is written anew
            return
        write_durably(place, content)

    def _new_draft(self) -> IO[bytes]:
        """Locked for as long as it is open, so that one whose process was killed is known, and goes now. Raises OSError."""
        self._drafts.mkdir(parents=True, exist_ok=True)
        for left in self._drafts.iterdir():
            _remove_if_nobodys(left)
        while True:
            draft = NamedTemporaryFile(dir=self._drafts, delete=False)  # noqa: SIM115
            try:
                is_ours = _lock(draft)
            except OSError:  # a file system without locks: there nobody removes a draft but its owner
                return draft
            if is_ours and os.fstat(draft.fileno()).st_nlink:
                return draft
            draft.close()  # somebody took it for one of the dead before it was locked

    def _let_go(self, place: Path) -> None:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
        held = self._held.pop(place, None)
        if held is not None:
            with contextlib.suppress(OSError):  # a full disk is met again by what is still to be written
                held.close()


def _digest(seal: str) -> str:
    """Raises NotFound."""
    match = _SEAL.fullmatch(seal)
    if match is None:
        raise NotFound(f"文件库中没有摘要为 {seal} 的文件 · no file has the seal {seal}")
    return match[1]


@contextlib.contextmanager
def _not_given(seal: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"文件库中没有摘要为 {seal} 的文件 · no file has the seal {seal}") from error
    except OSError as error:
        raise Unavailable(f"文件库暂时无法读取，请稍后再试 · the file store does not give {seal}: {error}") from error


def _damaged(seal: str) -> Unavailable:
    return Unavailable(f"文件与其摘要不符，请运行管理员核查 · what is stored under {seal} is no longer what was stored")


async def _gathered(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Small pieces together, so that not every one costs a thread."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        if len(waiting) >= PIECE:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def _add(file: IO[bytes], digest: hashlib._Hash, piece: bytes) -> None:
    digest.update(piece)
    file.write(piece)


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _remove_if_nobodys(draft: Path) -> None:
    """On Windows, which locks none, an open one cannot be removed either."""
    with contextlib.suppress(OSError), draft.open("rb") as file:
        if _lock(file):
            draft.unlink()


def _lock(file: IO[bytes]) -> bool:
    """False: somebody else has it. Raises OSError where the file system knows no locks."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
