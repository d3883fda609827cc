"""The Centre's own identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

AWAY = "身份提供方暂无应答，请稍后再试 · the identity provider does not answer, try again later"


@dataclass(frozen=True, slots=True)
class Identification:
    """What it answers for the code of a sign-in, nothing of it verified yet. keys: those that it signs with (JWKs)."""

    id_token: str
    keys: list[dict[str, Any]]


class IdentityProvider(Protocol):
    """OpenID Connect, authorization code flow. Nothing of it is kept between two sign-ins, neither its addresses nor its
    keys: people sign in once a day, and so it may move and change its keys as it likes.

    All methods raise Unavailable, with AWAY, when it does not answer or not as the standard has it."""

    async def page(self) -> str:
        """Where it signs people in: its authorization endpoint."""
        ...

    async def identify(self, code: str, verifier: str, redirect_uri: str) -> Identification | None:
        """Exchange the code that it sent the browser back with, with the PKCE verifier and the address of the sign-in that
        it belongs to. None: it was exchanged before, or is too old."""
        ...

    async def close(self) -> None: ...
