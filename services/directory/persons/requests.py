"""What may be asked about registered persons over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.directory.bodies.requests import Day, ScopeEntry
from services.directory.persons.person import Office
from shared.contracts.words import InstitutionCode
from shared.text import OneLine


class NewPerson(BaseModel):
    """No identity number: it is not collected."""

    model_config = ConfigDict(extra="forbid")
    office: Office = Field(description="考评员 examiner, 高级考评员 senior_examiner, 质量督导员 quality_supervisor")
    name: OneLine = Field(min_length=1, max_length=60, examples=["张伟"])
    card_no: OneLine = Field(min_length=3, max_length=40, examples=["R49260001"])
    body: InstitutionCode
    scope: list[ScopeEntry] = Field(default_factory=list, max_length=200)
    appointed_from: Day
    valid_until: Day | None = Field(None, description="last day; three years when nothing is said")


class Renewal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    appointed_from: Day
    valid_until: Day | None = Field(None, description="last day; three years when nothing is said")
    scope: list[ScopeEntry] | None = Field(None, max_length=200, description="left as it is when nothing is said")


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500)
