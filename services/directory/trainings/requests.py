"""What may be asked over HTTP about trainings."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class NewTraining(BaseModel):
    model_config = ConfigDict(extra="forbid")
    certificate: OneLine = Field(
        min_length=1,
        max_length=60,
        description="培训证书编号 · number of the training certificate",
        examples=["PX-2026-0137"],
    )
    passed_on: date = Field(description="培训合格日期 · day the training was passed")
    valid_until: date | None = Field(
        None, description="有效期末日，不填为两年 · last day that counts; two years later unless given"
    )


class TrainingWithdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500, description="撤销理由 · why")
