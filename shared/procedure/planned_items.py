"""What every form shows of the occupations and levels it is about."""

from __future__ import annotations

from pydantic import Field

from shared.keeping.answers import Answer


class PlannedItemAnswer(Answer):
    """One occupation at one level, with the heads planned for it."""

    occupation: str = Field(description="职业编码 · code of the occupation")
    occupation_zh: str = Field(description="职业名称 · its Chinese name")
    occupation_en: str = Field(description="职业英文名称 · its English name")
    level: int = Field(ge=1, le=5, description="等级：5 最低，1 最高 · skill level: 5 is the lowest, 1 the highest")
    heads: int = Field(description="计划鉴定人数 · heads planned")
