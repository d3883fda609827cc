"""Queues and rights as data. Services declare theirs; broker definitions and the embedded bus are made from all of them.

On `events` a service writes its own facts; on every other exchange only keys that start with its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

WAITS = {
    "10s": 10,
    "1m": 60,
    "10m": 600,
    "1h": 3600,
}  # seconds; one queue each, so a long wait never blocks a short one

DELIVERY_LIMIT = 20  # crashes of a consumer over one message before the broker itself parks it
PARKED_SUFFIX = ".parked"


def is_parked(queue: str) -> bool:
    """Whether messages rest there, instead of being handled."""
    return queue.endswith(PARKED_SUFFIX)


def parked_of(queue: str) -> str:
    """Where what comes from `queue` is parked: in its twin, or where it is."""
    return queue if is_parked(queue) else queue + PARKED_SUFFIX


@dataclass(frozen=True, slots=True)
class Queue:
    """One job of one service. `lane` narrows its facts to those published with that lane (`batch.numbered.v1.<lane>`).

    in_lanes: each branch centre that produces gets one more of these. Instead of `takes`: makes_letters: every fact that any
    service declares such letters for, single ones or bulk (`Letter.is_bulk`); fills_feeds: every fact that has readers;
    fills_radar: every fact of a duty.

    in_order: one consumer at a time has it, so that what it takes keeps the order it came in; the next one takes over."""

    service: str
    job: str
    takes: tuple[str, ...]
    prefetch: int
    lane: str = ""
    in_lanes: bool = False
    makes_letters: Literal["", "single", "bulk"] = ""
    fills_feeds: bool = False
    fills_radar: bool = False
    in_order: bool = False

    @property
    def name(self) -> str:
        return f"{self.service}.{self.job}" + (f".{self.lane}" if self.lane else "")

    @property
    def parked(self) -> str:
        return parked_of(self.name)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"{fact}.{self.lane}" if self.lane else fact for fact in self.takes)


@dataclass(frozen=True, slots=True)
class Topology:
    """owners: service → the nouns that it alone writes facts about."""

    queues: tuple[Queue, ...]
    owners: Mapping[str, tuple[str, ...]]

    def queues_of(self, service: str) -> tuple[Queue, ...]:
        return tuple(queue for queue in self.queues if queue.service == service)
