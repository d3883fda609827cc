"""Where session plans are asked for, and where their pages stand."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

KIND: Final = "session_plan"
INTERFACE, HERE = "/plan/session-plans", "/session-plans"
STALE: Final = 412


def address(id: str) -> str:
    """Of a document in the interface."""
    return f"{INTERFACE}/{quote(id, safe='')}"


def here(id: str) -> str:
    """Of its page."""
    return f"{HERE}/{quote(id, safe='')}"
