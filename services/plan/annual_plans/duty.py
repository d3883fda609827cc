"""The duty to hand in form 1 by 28 February (R1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from shared.actor import Actor
from shared.contracts.plan import AnnualPlanDue
from shared.procedure.duty import OPEN, Duty
from shared.trade.deadline import MARKS, Due, local_day
from shared.words import Words

VOIDED = "voided"


def due_date(year: int) -> date:
    """The 28th is meant literally, in leap years too (rules §7.4)."""
    return date(year, 2, 28)


def year_in_view(now: datetime) -> int:
    """The year whose ladder of reminders is under way, or comes next."""
    today = local_day(now)
    over = (today - due_date(today.year)).days > -min(MARKS)
    return today.year + 1 if over else today.year


class AnnualPlanDuty(Duty):
    KIND: ClassVar[str] = "annual_plan_duty"
    SOURCE: ClassVar[str] = "/plan"
    WORDS: ClassVar[Words] = Words(
        "annual_plan_duty",
        ("年度计划报送任务", "duty to hand in annual plan"),
        states={OPEN: ("待办", "open"), VOIDED: ("已作废", "void")},
        verbs={"void": ("作废", "made void")},
    )

    year: int

    def remind(self, now: datetime) -> bool:
        """Note at most one reminder. False: nothing to say."""
        due = Due(due_date(self.year))
        return self.remind_of(
            due,
            now,
            lambda days_left: AnnualPlanDue(
                body=self.body, path=self.path, year=self.year, due_on=due.on, days_left=days_left
            ),
        )

    def void(self, by: Actor, at: datetime, reason: str) -> None:
        """The body lost its licence: nobody is reminded of a plan it cannot make (rules §4.9). Raises WrongState."""
        self.only_when("void", OPEN)
        self.move("void", VOIDED, by, at, reason)
