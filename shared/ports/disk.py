"""The disk under a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    async def free(self, folder: Path) -> int | None:
        """Bytes that may still be written there; none of a folder that is not there (yet). Raises Unavailable when it cannot
        be asked."""
        ...
