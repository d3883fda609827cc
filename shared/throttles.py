"""How often something may be asked: buckets of tokens, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from shared.errors import TooOften
from shared.ports import Clock

REMEMBERED = 10_000  # askers remembered by a throttle; the longest unseen are forgotten first


class Throttle:
    """A bucket of tokens per asker: `per_minute` at once, refilled steadily."""

    def __init__(self, per_minute: int, clock: Clock, sentence: str) -> None:
        self._per_minute, self._clock, self._sentence = per_minute, clock, sentence
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, asker: str) -> None:
        """Raises TooOften."""
        now = self._clock.now()
        left, seen = self._buckets.pop(asker, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - seen).total_seconds() * self._per_minute / 60)
        self._buckets[asker] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooOften(self._sentence, max(1, round((1 - left) * 60 / self._per_minute)))

    def forget(self) -> None:
        self._buckets.clear()


class Throttles:
    """All throttles of a service: it makes them at its start, and they end with its process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: list[Throttle] = []

    def new(self, per_minute: int, sentence: str) -> Throttle:
        """sentence: what is said to whoever asks too often."""
        self._made.append(Throttle(per_minute, self._clock, sentence))
        return self._made[-1]

    def forget(self) -> None:
        """As a new process would begin."""
        for throttle in self._made:
            throttle.forget()
