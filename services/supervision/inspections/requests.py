"""What may be asked about inspections over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.supervision.inspections.inspection import CATEGORIES, OUTCOMES, SEVERITIES, Category, Severity
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.words import choices

Sentence = Annotated[OneLine, Field(min_length=2, max_length=1000)]


class NewInspection(BaseModel):
    """An inspection to come."""

    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode = Field(description="被检查机构编码 · institution code of the body to inspect")
    on: date = Field(description="计划检查日期 · day for which it is planned")
    inspectors: OneLine = Field(min_length=2, max_length=200, description="检查人员姓名 · names of who inspects")
    purpose: OneLine = Field("", max_length=500, description="检查事由 · purpose")


class NewFinding(BaseModel):
    """One thing that was found."""

    model_config = ConfigDict(extra="forbid")
    category: Category = Field(description=choices("类别", "what it is about", CATEGORIES))
    severity: Severity = Field(description=choices("严重程度", "how grave it is", SEVERITIES))
    description: Sentence = Field(description="情况说明 · what was found")


class Performed(BaseModel):
    """What an inspection found."""

    model_config = ConfigDict(extra="forbid")
    summary: OneLine = Field(
        "", max_length=1000, description="检查综述，未发现问题时必填 · summary; needed when nothing was found"
    )
    findings: list[NewFinding] = Field([], max_length=50, description="检查发现 · what was found")
    rectify_by: date | None = Field(
        None, description="整改期限，默认三个月，也是上限 · last day to rectify; default and limit: three months"
    )


class Withdrawal(BaseModel):
    """Why an inspection will not take place."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=2, max_length=500, description="撤销理由 · why it will not take place")


class Rectification(BaseModel):
    """What the body did about the findings."""

    model_config = ConfigDict(extra="forbid")
    measures: OneLine = Field(min_length=2, max_length=2000, description="整改措施 · what was done")


class Recheck(BaseModel):
    """What a re-check found."""

    model_config = ConfigDict(extra="forbid")
    outcome: Literal["pass", "extend", "escalate"] = Field(
        description=choices("复查结论", "what the re-check found", OUTCOMES)
    )
    note: OneLine = Field("", max_length=1000, description="说明 · note")
    rectify_by: date | None = Field(None, description="新期限，仅用于延期 · new term, for an extension only")

    @model_validator(mode="after")
    def _term(self) -> Recheck:
        if (self.outcome == "extend") != (self.rectify_by is not None):
            raise ValueError("延期须写新期限，其他不写 · an extension, and only an extension, needs a new term")
        return self
