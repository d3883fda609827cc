"""Who asks."""

from __future__ import annotations

from typing import Protocol

from shared.actor import Actor


class Tokens(Protocol):
    """Access tokens, read."""

    async def actor(self, token: str) -> Actor:
        """Raises NotSignedIn, Unavailable."""
        ...
