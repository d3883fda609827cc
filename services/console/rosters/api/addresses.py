"""Where rosters are: in the interface, and as pages."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

KIND: Final = "roster"
INTERFACE, HERE = "/reporting/rosters", "/rosters"
STALE: Final = 412


def address(id: str, *below: str) -> str:
    """Of a roster in the interface, and of what lies below it."""
    return "/".join([INTERFACE, *(quote(part, safe="") for part in (id, *below))])


def page_of(id: str, *below: str) -> str:
    return "/".join([HERE, *(quote(part, safe="") for part in (id, *below))])
