"""How much of one asker may be under way at the same time, in one process. For what takes long while it waits: connections are
few, and one who opens many would have them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import TooOften


class Places:
    """limit: places of one asker. wait: seconds after which whoever finds none may ask again."""

    def __init__(self, limit: int, sentence: str, wait: int) -> None:
        self._limit, self._sentence, self._wait = limit, sentence, wait
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, asker: str) -> Iterator[None]:
        """Raises TooOften."""
        taken = self._taken
        if taken[asker] >= self._limit:
            raise TooOften(self._sentence, self._wait)
        taken[asker] += 1
        try:
            yield
        finally:
            taken[asker] -= 1
            if not taken[asker]:
                del taken[asker]

    def forget(self) -> None:
        self._taken = Counter()  # whoever leaves later leaves the old one
