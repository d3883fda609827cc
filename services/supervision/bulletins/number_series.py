"""Document numbers (发文字号) of a year: 机职鉴通〔2026〕3号, consecutive, none twice, none missing.

A number is claimed before the bulletin is written with it, and counts as used once a bulletin is published with it. A claim
whose bulletin was not published is taken over by the next one: `usecases.numbering` sees to it that the former claimant
cannot write any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from pydantic import Field

from shared.keeping.aggregate import Aggregate
from shared.words import Words

OPEN = "open"
PATIENCE = 60  # seconds that a claimant is left in peace: more than drawing takes


class DocumentNumber(NamedTuple):
    serial: int
    text: str


def numbered(prefix: str, year: int, serial: int) -> DocumentNumber:
    return DocumentNumber(serial, f"{prefix}〔{year}〕{serial}号")


class NumberSeries(Aggregate):
    """id: the year, by the day in China."""

    KIND: ClassVar[str] = "bulletin_number_series"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = Words(
        "bulletin_number_series",
        ("发文字号", "series of document numbers"),
        states={OPEN: ("使用中", "in use")},
        verbs={},
    )

    state: str = OPEN
    used: int = 0  # the last one of which it is known that a bulletin was published with it
    claimed_by: str = ""  # id of the bulletin that the next one was given to
    claimed_at: datetime | None = None
    displaced: list[str] = Field(default_factory=list)  # to whom it was given before, and then taken from

    @property
    def following(self) -> int:
        return self.used + 1

    @property
    def claimants(self) -> list[str]:
        """All that the next number was ever given to: whether one of them used it only they know."""
        return [self.claimed_by, *self.displaced] if self.claimed_by else []

    def settle(self) -> None:
        """One of the claimants was published with it."""
        self.used, self.claimed_by, self.displaced = self.following, "", []

    def claim(self, bulletin: str, at: datetime, displaced: Sequence[str]) -> None:
        """displaced: the claimants that might still be published with it."""
        self.claimed_by, self.claimed_at, self.displaced = bulletin, at, list(displaced)

    def is_waiting(self, now: datetime) -> bool:
        """Whether the claim is so young that its publishing may be under way. A clock that was set back makes none young."""
        return self.claimed_at is not None and 0 <= (now - self.claimed_at).total_seconds() < PATIENCE
