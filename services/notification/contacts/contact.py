"""The official mailbox of a body, as far as letters to it fail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from shared.actor import Actor
from shared.keeping.aggregate import Aggregate
from shared.words import Words

FLAGGED, IN_ORDER = "flagged", "in_order"
STATES = (FLAGGED, IN_ORDER)


def contact_id(body: str, *, deputy: bool) -> str:
    """By the body's code; a deputy's mailbox is another one."""
    return f"{body}-deputy" if deputy else body


class Contact(Aggregate):
    """One of a body: that of its office, or of its deputy."""

    KIND: ClassVar[str] = "contact"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "contact",
        ("公务信箱", "official mailbox"),
        states={FLAGGED: ("不能收信，待更正", "flagged"), IN_ORDER: ("正常", "in order")},
        verbs={"clear": ("消除标记", "cleared")},
    )
    NEXT: ClassVar[dict[str, str]] = {IN_ORDER: "无须处理 · there is nothing to do"}

    state: str = FLAGGED
    body: str
    deputy: bool = False
    path: str
    email: str
    cause: str
    because: str
    mailing: str  # the letter that failed
    flagged_at: datetime

    def flag(self, email: str, cause: str, because: str, mailing: str, at: datetime) -> None:
        """Again and again the same; the latest letter counts."""
        self.state, self.email, self.cause, self.because = FLAGGED, email, cause, because
        self.mailing, self.flagged_at = mailing, at

    def mend(self) -> None:
        """The body has another mailbox by now, or a report says that a letter was delivered to this one."""
        self.state = IN_ORDER

    def clear(self, by: Actor, at: datetime) -> None:
        """An officer made sure that it takes letters again. Raises WrongState."""
        self.only_when("clear", FLAGGED)
        self.move("clear", IN_ORDER, by, at)
