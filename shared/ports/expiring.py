"""What every store asks before it deletes."""

from __future__ import annotations

from collections.abc import Mapping

from shared.ports.store import Kind


def must_expire(kinds: Mapping[str, Kind], kind: str) -> None:
    """Raises ValueError: a fault of the caller's, before anything was asked of the database."""
    if kind not in kinds or not kinds[kind].expires:
        raise ValueError(f"{kind!r} is no kind whose records expire: nothing of it is ever deleted")
