"""The mailbox to which mail servers report what became of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox was read. validity: of its numbering; with another one, its numbers begin anew. 0, 0: not at all."""

    validity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Reported:
    """One mail. content: its first 128 KiB, as it lies there; empty where it is gone meanwhile."""

    at: Position
    content: bytes


class Reports(Protocol):
    async def after(self, position: Position, most: int) -> Sequence[Reported]:
        """The mails that came since, oldest first; fewer than `most` where there are no more, or time is up. Nothing in the
        mailbox is changed. Raises Unavailable, also where it answers what nobody understands."""
        ...
