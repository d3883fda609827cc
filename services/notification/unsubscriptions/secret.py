"""What the address in a letter opens: whoever has the letter may unsubscribe its mailbox from letters of its kind."""

from __future__ import annotations

import secrets
from hmac import compare_digest

_BYTES = 24


def drawn() -> str:
    return secrets.token_urlsafe(_BYTES)


def token_of(mailing: str, secret: str) -> str:
    return f"{mailing}.{secret}"


def parts_of(token: str) -> tuple[str, str]:
    """(id of the mailing, secret)"""
    mailing, _, secret = token.rpartition(".")
    return mailing, secret


def fits(secret: str, known: str) -> bool:
    """In the same time, however much of it is right. Letters that are duty have none, which nothing fits."""
    return bool(known) and compare_digest(secret.encode(), known.encode())
