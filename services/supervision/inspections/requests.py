"""What may be asked about inspections over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.supervision.inspections.inspection import Category, Severity
from shared.contracts.words import InstitutionCode
from shared.text import OneLine

Sentence = Annotated[OneLine, Field(min_length=2, max_length=1000)]


class NewInspection(BaseModel):
    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode
    on: date = Field(description="计划检查日期")
    inspectors: OneLine = Field(min_length=2, max_length=200, description="检查人员姓名")
    purpose: OneLine = Field("", max_length=500)


class NewFinding(BaseModel):
    model_config = ConfigDict(extra="forbid")
    category: Category
    severity: Severity
    description: Sentence


class Performed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    summary: OneLine = Field("", max_length=1000)
    findings: list[NewFinding] = Field([], max_length=50)
    rectify_by: date | None = Field(None, description="默认三个月，也是上限 · default and limit: three months")


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    measures: OneLine = Field(min_length=2, max_length=2000, description="整改措施")


class Recheck(BaseModel):
    model_config = ConfigDict(extra="forbid")
    outcome: Literal["pass", "extend", "escalate"]
    note: OneLine = Field("", max_length=1000)
    rectify_by: date | None = Field(None, description="new term, for an extension only")

    @model_validator(mode="after")
    def _term(self) -> Recheck:
        if (self.outcome == "extend") != (self.rectify_by is not None):
            raise ValueError("延期须写新期限，其他不写 · an extension, and only an extension, needs a new term")
        return self
