"""A mail among the reports that nobody understood: kept so that somebody looks at it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from shared.actor import Actor
from shared.keeping.aggregate import Aggregate
from shared.words import Words

PUZZLING, SEEN_TO = "puzzling", "seen_to"
STATES = (PUZZLING, SEEN_TO)


class Bounce(Aggregate):
    """Where the mail lies, and why it was left there; nothing of what stands in it."""

    KIND: ClassVar[str] = "bounce"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "bounce",
        ("退信邮箱中的邮件", "mail among the bounces"),
        states={PUZZLING: ("待人工查看", "waiting to be looked at"), SEEN_TO: ("已处理", "seen to")},
        verbs={"see_to": ("记为已处理", "seen to")},
    )
    NEXT: ClassVar[dict[str, str]] = {SEEN_TO: "无须处理 · there is nothing to do"}

    state: str = PUZZLING
    uid: int
    because: str
    read_at: datetime

    def see_to(self, by: Actor, at: datetime) -> None:
        """Raises WrongState."""
        self.only_when("see_to", PUZZLING)
        self.move("see_to", SEEN_TO, by, at)
