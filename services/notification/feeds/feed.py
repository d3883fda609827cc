"""The head of a feed: how far it goes, and the entries that were written last."""

from __future__ import annotations

from collections.abc import Sequence

from services.notification.feeds.entry import Entry
from shared.contracts.envelope import Envelope


class Feed:
    """last: number of the newest entry; 0 for a feed that has none yet.

    tail: the entries of the newest write. They are stored here first, with the number that they raise, in one write; then
    each in its own place. Whoever dies in between leaves them here, and the next writer finishes what was begun, so the
    numbers have no gap and no fact stands twice."""

    def __init__(self, body: str, last: int = 0, tail: Sequence[Entry] = (), version: int = 0) -> None:
        self.body, self.last, self.tail, self.version = body, last, tuple(tail), version

    def append(self, events: Sequence[Envelope]) -> None:
        """What is not in it yet."""
        self.tail = tuple(Entry.of(self.body, self.last + i, event) for i, event in enumerate(events, 1))
        self.last += len(self.tail)
