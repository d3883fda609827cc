"""The password of a queue's user. Only the broker ever compares it, so we keep what the broker keeps: its salted hash."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from typing import Final

_SALT: Final = 4  # bytes, as the broker has it


def drawn() -> str:
    return secrets.token_urlsafe(32)


def hashed(password: str, salt: bytes = b"") -> str:
    """As `rabbit_password_hashing_sha256` has it. salt: drawn where none is given."""
    chosen = salt or os.urandom(_SALT)
    return base64.b64encode(chosen + hashlib.sha256(chosen + password.encode()).digest()).decode()
