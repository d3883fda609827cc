"""What the list of occupations shows."""

from __future__ import annotations

from pydantic import Field

from shared.keeping.answers import Answer


class OccupationAnswer(Answer):
    code: str = Field(description="职业编码 · code of the occupation")
    name_zh: str = Field(description="职业名称 · its Chinese name")
    name_en: str = Field(description="职业英文名称 · its English name")
    levels: dict[int, str] = Field(
        description="各等级及其名称，由低到高 · its levels with their Chinese names, lowest (5) first"
    )
