"""What the directory answers everybody who checks access tokens: the keys that sign them, and what it ended early."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class PublishedKeys(BaseModel):
    """Answer of `GET /directory/jwks.json`: public keys only."""

    keys: list[dict[str, Any]]


class EndedAccess(BaseModel):
    """Answer of `GET /directory/ended-access`, for services: tokens that end before their time.

    accounts: account → its epoch; tokens of an earlier epoch are void. sign_ins: ids of sign-ins that were ended. Both
    only as far back as a token lives."""

    accounts: dict[str, int] = {}
    sign_ins: list[str] = []
