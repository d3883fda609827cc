"""What may be asked about sanctions over HTTP. A reason alone is asked for as it is for violations."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.supervision import Measure
from shared.contracts.windup import Choice, WindUpKind, WindUpService
from shared.contracts.words import InstitutionCode
from shared.text import OneLine


class ChosenForItem(BaseModel):
    """What shall become of one item of the preview."""

    model_config = ConfigDict(extra="forbid")
    service: WindUpService
    kind: WindUpKind
    id: OneLine = Field(min_length=1, max_length=100)
    choice: Choice
    target: InstitutionCode | None = Field(None, description="body that takes it over, for a move only")


class ChosenForKind(BaseModel):
    """What shall become of all items of a kind that are not named one by one."""

    model_config = ConfigDict(extra="forbid")
    kind: WindUpKind
    choice: Choice
    target: InstitutionCode | None = None


class NewSanction(BaseModel):
    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode
    measure: Measure
    reason: OneLine = Field(min_length=2, max_length=1000)
    violations: list[OneLine] = Field([], max_length=100, description="ids of confirmed violations")
    inspections: list[OneLine] = Field([], max_length=100, description="ids of performed inspections")
    until: date | None = Field(None, description="last day of a rectification or suspension")
    skips_because: OneLine = Field("", max_length=1000, description="why a step of the ladder is skipped")
    wind_up: list[ChosenForItem] = Field([], max_length=2000, description="for a revocation: what becomes of each item")
    wind_up_kinds: list[ChosenForKind] = Field([], max_length=10)
