"""How often something may be asked: buckets of tokens, in the memory of one process.

Time is the clock's monotonic reading: whoever sets the wall clock, in either direction, fills and empties no bucket.
"""

from __future__ import annotations

from collections import OrderedDict

from shared.errors import TooOften
from shared.memory.memory import Memory
from shared.ports import Clock

REMEMBERED = 10_000
"""Askers remembered by a throttle. The longest unseen, whose bucket has refilled most, are forgotten first; whoever has more
addresses than this to ask from gains nothing by it, for each of them begins with a full bucket anyway."""


class Throttle:
    """A bucket of tokens per asker: `limit` at once, refilled steadily, so that an empty one is full after `seconds`."""

    def __init__(self, limit: int, clock: Clock, sentence: str, seconds: float = 60.0) -> None:
        self._limit, self._clock, self._sentence, self._seconds = limit, clock, sentence, seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # asker → (tokens, seen at; monotonic)

    def take(self, asker: str) -> None:
        """Raises TooOften."""
        now = self._clock.monotonic()
        left, seen = self._buckets.pop(asker, (float(self._limit), now))
        left = min(float(self._limit), left + (now - seen) * self._limit / self._seconds)
        self._buckets[asker] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooOften(self._sentence, max(1, round((1 - left) * self._seconds / self._limit)))

    def give_back(self, asker: str) -> None:
        """One that was taken, and does not count after all. A bucket that is full again need not be remembered."""
        left, seen = self._buckets.pop(asker, (float(self._limit), 0.0))
        if left + 1 < self._limit:
            self._buckets[asker] = (left + 1, seen)

    def forget(self) -> None:
        self._buckets.clear()


class Throttles:
    """Makes the throttles of a service, which end with its process."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory, self._clock = memory, clock

    def new(self, limit: int, sentence: str, seconds: float = 60.0) -> Throttle:
        """limit: in how many seconds. sentence: what is said to whoever asks too often."""
        return self._memory.keep(Throttle(limit, self._clock, sentence, seconds))
