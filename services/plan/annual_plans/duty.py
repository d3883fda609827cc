"""The duty to hand in form 1 by 28 February (R1). The reminder marks stand in the duty itself, so that no scheduler can
double or forget one."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from shared.actor import Actor
from shared.contracts.plan import AnnualPlanDue
from shared.keeping.aggregate import Aggregate
from shared.trade.deadline import MARKS, Due, local_day

OPEN, VOIDED = "open", "voided"


def due_date(year: int) -> date:
    """The 28th is meant literally, in leap years too (rules §7.4)."""
    return date(year, 2, 28)


def year_in_view(now: datetime) -> int:
    """The year whose ladder of reminders is under way, or comes next."""
    today = local_day(now)
    over = (today - due_date(today.year)).days > -min(MARKS)
    return today.year + 1 if over else today.year


class AnnualPlanDuty(Aggregate):
    KIND: ClassVar[str] = "annual_plan_duty"
    SOURCE: ClassVar[str] = "/plan"

    body: str
    path: str
    year: int
    state: str = OPEN
    marked: list[int] = Field(default_factory=list)

    @property
    def due(self) -> Due:
        return Due(due_date(self.year))

    def remind(self, now: datetime) -> bool:
        """Note at most one reminder: the nearest mark reached. False: nothing to say. Whether the plan is submitted is
        asked of the plan itself each time, because it may be returned again."""
        if self.state != OPEN:
            return False
        mark = self.due.mark_reached(now, self.marked)
        if mark is None:
            return False
        self.marked.append(mark)
        fact = AnnualPlanDue(
            body=self.body, path=self.path, year=self.year, due_on=self.due.on, days_left=self.due.days_left(now)
        )
        self.note(fact, now)
        return True

    def void(self, by: Actor, at: datetime, reason: str) -> None:
        """The body lost its licence: nobody is reminded of a plan it cannot make (rules §4.9)."""
        self.only_when("void", OPEN)
        self.move("void", VOIDED, by, at, reason)
