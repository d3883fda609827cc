"""What may be asked of planning over HTTP."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import Level, OccupationCode


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    occupation: OccupationCode
    level: Level
    heads: int = Field(ge=1, le=99_999, description="计划鉴定人数")


class NewAnnualPlan(BaseModel):
    model_config = ConfigDict(extra="forbid")
    year: int = Field(ge=2004, le=2099)
    items: list[Item] = Field(min_length=1, max_length=500)


class NewSessionPlan(BaseModel):
    model_config = ConfigDict(extra="forbid")
    year: int = Field(ge=2004, le=2099)
    number: int = Field(ge=1, le=999, description="本年度第几批 · running number of the session within the year")
    held_on: date
    place: str = Field(min_length=2, max_length=200)
    in_charge: str = Field(min_length=1, max_length=60, description="考务负责人")
    items: list[Item] = Field(min_length=1, max_length=100)


class Return(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)
