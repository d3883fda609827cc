"""What may be asked about violations, and of the number check, over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.violations.violation import TRIGGERS, Trigger
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.words import choices


class NewViolation(BaseModel):
    """What a body is said to have done."""

    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode = Field(description="被指机构编码 · institution code of the body it is held against")
    trigger: Trigger = Field(description=choices("违规情形", "what it is said to have done", TRIGGERS))
    description: OneLine = Field(min_length=2, max_length=1000, description="情况说明 · what happened")
    inspection: OneLine = Field(
        "", max_length=60, description="所据检查的编号 · id of the inspection that found it, if one did"
    )
    finding: int = Field(0, ge=0, le=1000, description="检查发现的序号 · number of its finding")
    session: OneLine = Field("", max_length=60, description="所涉批次的编号 · id of the session concerned")


class Why(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500, description="理由 · why")


class NumberCheck(BaseModel):
    """A certificate number, and who presented it."""

    model_config = ConfigDict(extra="forbid")
    number: OneLine = Field(min_length=1, max_length=60, description="证书编号 · certificate number, as it is printed")
    presented_by: InstitutionCode = Field(
        description="出示证书的机构编码 · institution code of the body that presented the certificate"
    )
