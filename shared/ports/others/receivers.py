"""Receivers of webhooks: software of others, called at addresses that others wrote down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """status: of HTTP; a redirect is an answer like any other. retry_after: the header, empty where there is none."""

    status: int
    retry_after: str = ""


class Receivers(Protocol):
    """Nobody is called in a network that is not open to the world, unless the settings allow it: names are looked up once at each
    call, all addresses found are judged, and what was looked up is what is connected to. No redirect is followed."""

    async def must_be_allowed(self, url: str) -> None:
        """Raises Invalid where it leads to, or cannot be found, as of now."""
        ...

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answered:
        """Raises Invalid as above, before anything is sent; Unavailable when nobody answers in time."""
        ...

    async def close(self) -> None: ...
