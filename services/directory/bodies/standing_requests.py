"""What may be asked about the standing of a body over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import Level, OccupationCode
from shared.text import OneLine

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]


class ScopeEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    occupation: OccupationCode
    levels: list[Level] = Field(min_length=1, max_length=5)


class LicenceEntry(BaseModel):
    """The whole licence: the first one, a renewal, or another scope."""

    model_config = ConfigDict(extra="forbid")
    licence_no: OneLine = Field(min_length=1, max_length=60, examples=["机械-012"])
    valid_from: Day
    valid_until: Day = Field(description="the last day it is valid")
    scope: list[ScopeEntry] = Field(min_length=1, max_length=200)


class InspectionEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    year: int = Field(ge=2004, le=2099)
    passed: bool
    findings: list[Annotated[OneLine, Field(min_length=1, max_length=300)]] = Field(
        default_factory=list, max_length=50, description="what is wrong, without names of people"
    )
    until: Day | None = Field(
        None, description="last day to rectify, at most three months ahead; needed when it failed"
    )


class Clearance(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field("", max_length=500, description="how it was checked")
