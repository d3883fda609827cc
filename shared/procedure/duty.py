"""What is owed by a day, with the reminders that went out: annual plans (R1), work reports and trainings (R2).

The marks of the ladder stand in the document that is due, and a mark is written together with its fact. So no scheduler
can double or forget a reminder. `shared.procedure.watching` asks on behalf of the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import Fact
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import Due

OPEN = "open"


class Reminding(Aggregate):
    """A document that somebody is reminded of before its day. REMINDED_IN: the state in which they are."""

    REMINDED_IN: ClassVar[str]

    marked: list[int] = Field(default_factory=list)  # marks of the ladder that were told (shared.trade.deadline)

    def mark_of(self, due: Due, now: datetime) -> int | None:
        """The mark to be told now: the nearest one reached, unless it was told. None: nothing to say."""
        return due.mark_reached(now, self.marked) if self.state == self.REMINDED_IN else None

    def remind_of(self, due: Due, now: datetime, told: Callable[[int], Fact], about: str = "") -> bool:
        """Note at most one reminder. False: nothing to say.

        told: the fact, given the days that are left. about: as in `Aggregate.note`."""
        mark = self.mark_of(due, now)
        if mark is None:
            return False
        self.marked.append(mark)
        self.note(told(due.days_left(now)), now, about=about)
        return True


class Duty(Reminding):
    """A form that a body has to hand in. id: the form's, so that one finds the other.

    Whether it is handed in is asked of the form itself each time, because it may be returned again."""

    REMINDED_IN: ClassVar[str] = OPEN

    body: str
    path: str
    state: str = OPEN
