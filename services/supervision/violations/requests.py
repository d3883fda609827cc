"""What may be asked about violations, and of the number check, over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.violations.violation import Trigger
from shared.contracts.words import InstitutionCode
from shared.text import OneLine


class NewViolation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode
    trigger: Trigger
    description: OneLine = Field(min_length=2, max_length=1000)
    inspection: OneLine = Field("", max_length=60, description="id of the inspection that found it, if one did")
    finding: int = Field(0, ge=0, le=1000, description="number of its finding")
    session: OneLine = Field("", max_length=60)


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500)


class NumberCheck(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: OneLine = Field(min_length=1, max_length=60, description="证书编号, as it is printed")
    presented_by: InstitutionCode = Field(description="机构 that presented the certificate")
