"""What annual plans (form 1) and session plans (form 2) have in common: who prepares them, and the items they plan."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.occupations import planned
from shared.contracts.plan import PlannedItem
from shared.contracts.words import Level, OccupationCode
from shared.errors import Invalid
from shared.trade.roles import Role

PREPARERS = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER)


class Item(BaseModel):
    """One occupation at one level, with the heads planned for it."""

    model_config = ConfigDict(extra="forbid")
    occupation: OccupationCode = Field(description="职业编码 · code of the occupation")
    level: Level = Field(description="等级：5 最低，1 最高 · skill level: 5 is the lowest, 1 the highest")
    heads: int = Field(ge=1, le=99_999, description="计划鉴定人数 · heads planned")


def named(items: Sequence[Item]) -> list[PlannedItem]:
    """With the names of the occupations. Raises Invalid with every wrong item."""
    found, wrong = planned([(item.occupation, item.level, item.heads) for item in items])
    if wrong:
        raise Invalid("计划内容有误 · the plan has mistakes", wrong)
    return found
