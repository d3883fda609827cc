"""Files by their content."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that has arrived and is not kept yet. seal: of its content; size: bytes; place: the store's own affair."""

    seal: str
    size: int
    place: Path


@dataclass(frozen=True, slots=True)
class StoredFile:
    """size: bytes. pieces: the content, which was compared with its hash before."""

    size: int
    pieces: AsyncIterator[bytes]


class Files(Protocol):
    async def put(self, content: bytes) -> str:
        """Store by content and return `sha256:<hex>`. Writing it twice is writing it once."""
        ...

    async def get(self, seal: str) -> bytes:
        """Raises NotFound, or Unavailable when what is stored does not match its hash."""
        ...

    async def receive(self, pieces: AsyncIterable[bytes]) -> Draft:
        """Write and hash a file as it comes, never holding it whole. Nothing is left of one that does not come to its
        end, whatever ends it. Whoever receives a draft keeps or drops it. Raises Unavailable, and what `pieces` raises."""
        ...

    async def keep(self, draft: Draft) -> str:
        """As `put`: from now on `get` has it. The draft is used up. Raises Unavailable."""
        ...

    async def drop(self, draft: Draft) -> None:
        """Nothing for a draft that was kept."""
        ...

    async def stream(self, seal: str) -> StoredFile:
        """As `get`, in pieces."""
        ...


class Disk(Protocol):
    """The disk under a folder."""

    async def free(self, folder: Path) -> int | None:
        """Bytes that may still be written there; none of a folder that is not there (yet). Raises Unavailable when it cannot
        be asked."""
        ...
