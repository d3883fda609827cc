"""The duties of planning: their kind, and the rows of what is owed."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.plan import (
    FACTS,
    AnnualPlanDue,
    PlanDutyMarked,
    PlanDutyOpened,
    PlanDutyReckoned,
    PlanDutySettled,
)
from shared.procedure.duties.duty import Duty, Facts, duty_words
from shared.register.duties import DutyRow
from shared.words import Words

ANNUAL_PLAN = DutyRow("annual_plan", "报送年度培训和鉴定计划（附表一）", "submit the annual plan (form 1)", "R1")
PAPER_DRAW = DutyRow("session_plan_draw", "抽取自编试卷", "draw the papers of a session", "R4.1")
ROWS = (
    ANNUAL_PLAN,
    DutyRow("annual_plan_endorsement", "审核年度计划（附表一）", "review an annual plan (form 1)", "R5"),
    DutyRow("annual_plan_approval", "批准年度计划（附表一）", "decide on an annual plan (form 1)", "R5"),
    DutyRow("session_plan_endorsement", "审核鉴定计划（附表二）", "review a session plan (form 2)", "R4.1"),
    DutyRow("session_plan_approval", "批准鉴定计划（附表二）", "decide on a session plan (form 2)", "R4.1"),
    PAPER_DRAW,
)
FORM_TYPES = tuple(
    fact.TYPE for fact in FACTS if fact.TYPE.startswith(("annual_plan.", "session_plan.")) and fact is not AnnualPlanDue
)
"""After each of them somebody may owe something else."""


class PlanDuty(Duty):
    KIND: ClassVar[str] = "plan_duty"
    SOURCE: ClassVar[str] = "/plan"
    WORDS: ClassVar[Words] = duty_words(KIND, "计划办理任务", "duty about plans")
    FACTS: ClassVar[Facts] = Facts(PlanDutyOpened, PlanDutyReckoned, PlanDutyMarked, PlanDutySettled)
