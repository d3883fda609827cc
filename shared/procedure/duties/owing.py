"""What a service says of one kind of duty: who owes it, and whether it is still owed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from shared.procedure.duties.duty import Found, Key
from shared.register.duties import DutyRow
from shared.trade.ladder import Ladder


class Owing(Protocol):
    @property
    def row(self) -> DutyRow: ...

    @property
    def ladder(self) -> Ladder: ...

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        """How it stands with each of them, in the same order: by the documents as they are stored now."""
        ...

    def round(self, now: datetime) -> str:
        """Another text whenever everybody has to be gone through: a new year, a new quarter. The first time is at the first
        start, so that what was open before there were duties is found too."""
        ...

    def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        """Whatever may be owed, some at a time."""
        ...
