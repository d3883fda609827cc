"""What may be asked of annual plans over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.plan.forms import Item
from shared.text import OneLine


class AnnualPlanEntry(BaseModel):
    """What may change in an annual plan before it is submitted."""

    model_config = ConfigDict(extra="forbid")
    items: list[Item] = Field(
        min_length=1, max_length=500, description="计划内容 · occupations and levels with planned heads"
    )


class NewAnnualPlan(AnnualPlanEntry):
    year: int = Field(ge=2004, le=2099, description="计划年度 · year of the plan")


class Amendment(AnnualPlanEntry):
    """The next version of an approved plan: all of its items, changed or not."""

    reason: OneLine = Field(
        min_length=1, max_length=500, description="调整理由，不写人名 · why it is amended, without names of people"
    )
