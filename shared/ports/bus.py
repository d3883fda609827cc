"""Messages at least once: what is handed to a consumer, and what becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.ports.store import Outgoing


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message handed to a consumer, at least once."""

    queue: str
    wire: bytes
    attempt: int
    """0 for the first try; one more after each delayed retry."""
    replays: int
    """How often a person replayed it out of parking."""
    first_seen: datetime
    reason: str = ""
    detail: str = ""
    """On a parked queue: why it was parked."""


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is stored: acknowledge."""


@dataclass(frozen=True, slots=True)
class Again:
    """Come back to this queue only, after `wait` (one of topology.WAITS). `counts`: whether it used up an attempt."""

    wait: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Park:
    """Nobody can apply this now: keep it for a person, with the reason."""

    reason: str
    detail: str


Fate = Done | Again | Park
Handle = Callable[[Delivery], Awaitable[Fate]]


class Bus(Protocol):
    """At least once, durable, one queue per job. The queues exist before anybody uses them (`provision`)."""

    async def publish(self, message: Outgoing) -> None:
        """Returns only when the broker has the message on disk. A fact nobody is bound to goes to `unrouted`, not lost.
        Raises Unavailable (also when a bound queue is full)."""
        ...

    async def consume(self, queue: str, prefetch: int, handle: Handle) -> None:
        """Hand over deliveries, at most `prefetch` at a time, until cancelled; then finish what is being handled.

        The fate that `handle` returns is carried out (a retry or parking is published and confirmed before the original
        is acknowledged: a crash in between doubles, never loses). If `handle` raises, the delivery is given back; given
        back more often than `topology.DELIVERY_LIMIT`, it is parked. No message ends `consume`, whatever bytes it has and
        whatever stands in its headers: a number that is none counts as 0, an instant that is none as now.
        Survives broker restarts by connecting again."""
        ...

    def consuming(self) -> Mapping[str, float]:
        """When each consumer of this process was last known to be registered with the broker, by `Clock.monotonic`; for
        readiness."""
        ...

    async def depths(self) -> Mapping[str, int]:
        """Messages ready, per queue this process consumes, plus `unrouted` where it may look."""
        ...

    async def ping(self) -> None:
        """Raises Unavailable."""
        ...

    async def close(self) -> None: ...
