"""A clock that tests drive by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

TOLERANCE = 1e-6  # seconds; sums of floats
MORNING = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


class HandClock:
    """Stands still until `advance`. A `sleep` returns once the clock was advanced past its end."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now
        self._monotonic = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return await asyncio.sleep(0)
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sleeper = (self._monotonic + seconds, waking)
        self._sleepers.append(sleeper)
        try:
            await waking
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    def advance(self, seconds: float) -> None:
        """Move on and wake whoever slept until then. They run at the next turn of the event loop."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        here = self._monotonic + TOLERANCE
        due = sorted((sleeper for sleeper in self._sleepers if sleeper[0] <= here), key=lambda sleeper: sleeper[0])
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > here]
        for _, waking in due:
            if not waking.done():
                waking.set_result(None)

    def set_by(self, seconds: float) -> None:
        """Somebody sets the wall clock, forward or (negative) back; no time passes, so nobody wakes."""
        self._now += timedelta(seconds=seconds)

    @property
    def sleepers(self) -> int:
        """How many are waiting for the clock."""
        return len(self._sleepers)
