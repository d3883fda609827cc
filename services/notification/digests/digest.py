"""A digest: the decision which letters one mailbox gets together on a day. It is stored before anything follows from it; so
whoever is killed, or comes second, goes on from the same list."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from shared.keeping.aggregate import Aggregate
from shared.words import Words

DECIDED, DONE = "decided", "done"


class Digest(Aggregate):
    """mailings: ids of the letters that it tells, in the order in which they were planned. One alone goes out itself."""

    KIND: ClassVar[str] = "digest"
    SOURCE: ClassVar[str] = "/notification"
    WORDS: ClassVar[Words] = Words(
        "digest",
        ("每日汇总", "digest of a day"),
        states={DECIDED: ("已确定", "decided"), DONE: ("已交付", "handed over")},
        verbs={"finish": ("交付", "handed over")},
    )

    state: str = DECIDED
    day: date
    path: str  # of the office that gets it
    mailings: list[str]

    @property
    def one_alone(self) -> bool:
        return len(self.mailings) == 1

    def finish(self) -> None:
        """All of its letters know of it. No entry in the history: nobody did it. Raises WrongState."""
        self.only_when("finish", DECIDED)
        self.state = DONE
