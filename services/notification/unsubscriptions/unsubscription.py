"""One mailbox that wants no letters of one kind. It may change its mind."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from shared.keeping.aggregate import Aggregate
from shared.words import Words

UNSUBSCRIBED, SUBSCRIBED = "unsubscribed", "subscribed"


class Unsubscription(Aggregate):
    """No history: nobody of ours did it, and whoever holds the letter is nobody we know."""

    KIND: ClassVar[str] = "unsubscription"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "unsubscription",
        ("退订", "unsubscription"),
        states={UNSUBSCRIBED: ("已退订", "in force"), SUBSCRIBED: ("已恢复", "taken back")},
        verbs={"unsubscribe": ("退订", "made"), "subscribe": ("恢复", "taken back")},
    )
    state: str = UNSUBSCRIBED
    letter: str
    changed_at: datetime

    def turn(self, state: str, at: datetime) -> bool:
        """False: it is so already."""
        if self.state == state and self.version:
            return False
        self.state, self.changed_at = state, at
        return True
