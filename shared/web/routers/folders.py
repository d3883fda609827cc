"""The folders that a process writes to: whether they take what is written, and how much room is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.errors import Unavailable
from shared.ports.files import Disk
from shared.settings import PREFIX

MEGABYTE = 1024 * 1024


async def _nothing_to_prove() -> None: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """name: what is kept there, in one word. prove: raises Unavailable while what was last written is refused."""

    name: str
    path: Path
    prove: Callable[[], Awaitable[None]] = _nothing_to_prove


@dataclass(frozen=True, slots=True)
class Folders:
    """least: bytes that have to be free in each of them."""

    disk: Disk
    folders: Sequence[Folder]
    least: int

    async def missing(self) -> list[str]:
        """A sentence for each that is full, or will be soon."""
        found: list[str] = []
        for folder in self.folders:
            try:
                free = await self.disk.free(folder.path)
                if free is not None and free < self.least:
                    found.append(
                        f"{folder.name}: {folder.path} 空间不足 · {free // MEGABYTE} MB are free, and "
                        f"{PREFIX}DISK_FREE_MB asks for {self.least // MEGABYTE}: make room, or enlarge the disk"
                    )
                await folder.prove()
            except Unavailable as error:
                found.append(f"{folder.name}: {error}")
        return found

    async def free(self) -> dict[str, int]:
        """Name → bytes, of those that are there."""
        found: dict[str, int] = {}
        for folder in self.folders:
            try:
                free = await self.disk.free(folder.path)
            except Unavailable:
                free = 0
            if free is not None:
                found[folder.name] = free
        return found
