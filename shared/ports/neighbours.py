"""The other services."""

from __future__ import annotations

from typing import Protocol, TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)


class Neighbours(Protocol):
    """The other services, read over HTTP with this service's own token."""

    async def get(self, service: str, path: str, model: type[M]) -> M:
        """Raises NotFound, NotAllowed, NotYet (409), Unavailable (no answer, 5xx, 429)."""
        ...
