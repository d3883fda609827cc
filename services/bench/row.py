"""What a row of the benchmark declares, and what it measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class NotHere(Exception):
    """What a row needs is not installed on this machine. The sentence says what."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row measures. folder: empty, its own. store, bus: addresses of servers; empty for SQLite below the folder.
    url: a running deployment, for the rows that play on one; empty: they start a house of their own."""

    folder: Path
    store: str = ""
    bus: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """what: in both languages. unit: of `ours` and `peer`; `/s` counts things a second. peer: none where it is not there or
    there is none, and then `beside` says so."""

    what: str
    ours: float
    unit: str
    peer: float | None = None
    beside: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's: of a time the lower the better, of a rate the higher."""
        return self.ours / self.peer if self.peer else None


@dataclass(frozen=True, slots=True)
class Row:
    """goal: in words, as the table shows it. sizes: 1×, 4×, 16× where the cost may grow. quick: when all rows are asked for.
    tiny: what the tests run; 0 where that takes
    too long, and a test of its own stands in for the house. servers: whether it means anything on MongoDB or RabbitMQ."""

    what: str
    goal: str
    sizes: tuple[int, ...]
    quick: int
    tiny: int
    measure: Callable[[Place, int], list[Figure]]
    servers: bool = False
