"""Files by content in a folder: the name is the hash, so writing twice is writing once, and nothing is overwritten."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

from shared.durable import write_durably
from shared.errors import NotFound, Unavailable

_SEAL = re.compile(r"sha256:([0-9a-f]{64})")


class FolderFiles:
    """`<path>/ab/cd/abcd…`: two levels, so that no folder grows beyond what tools can list."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        try:
            await asyncio.to_thread(self._write, self._place(digest), content)
        except OSError as error:
            raise Unavailable(f"the file store does not take sha256:{digest[:12]}…: {error}") from error
        return f"sha256:{digest}"

    async def get(self, seal: str) -> bytes:
        match = _SEAL.fullmatch(seal)
        if match is None:
            raise NotFound(f"no file has the seal {seal}")
        try:
            content = await asyncio.to_thread(self._place(match[1]).read_bytes)
        except FileNotFoundError as error:
            raise NotFound(f"no file has the seal {seal}") from error
        except OSError as error:
            raise Unavailable(f"the file store does not give {seal}: {error}") from error
        if hashlib.sha256(content).hexdigest() != match[1]:
            raise Unavailable(f"what is stored under {seal} is no longer what was stored")
        return content

    def _place(self, digest: str) -> Path:
        return self._path / digest[:2] / digest[2:4] / digest

    def _write(self, place: Path, content: bytes) -> None:
        if place.exists() and place.read_bytes() == content:  # a damaged file is written anew
            return
        write_durably(place, content)
