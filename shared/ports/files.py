"""Files by their content."""

from __future__ import annotations

from typing import Protocol


class Files(Protocol):
    async def put(self, content: bytes) -> str:
        """Store by content and return `sha256:<hex>`. Writing it twice is writing it once."""
        ...

    async def get(self, seal: str) -> bytes:
        """Raises NotFound, or Unavailable when what is stored does not match its hash."""
        ...
