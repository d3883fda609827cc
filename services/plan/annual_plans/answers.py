"""What annual plans show."""

from __future__ import annotations

from pydantic import Field

from shared.procedure.answers import FormAnswer
from shared.procedure.planned_items import PlannedItemAnswer


class AnnualPlanAnswer(FormAnswer):
    year: int = Field(description="计划年度 · year of the plan")
    items: list[PlannedItemAnswer] = Field(description="计划内容 · occupations and levels with planned heads")
