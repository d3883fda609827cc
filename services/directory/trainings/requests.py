"""What may be asked over HTTP about trainings, and what everybody is told about one's own."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class NewTraining(BaseModel):
    model_config = ConfigDict(extra="forbid")
    certificate: OneLine = Field(min_length=1, max_length=60, description="培训证书编号", examples=["PX-2026-0137"])
    passed_on: date = Field(description="day the training was passed")
    valid_until: date | None = Field(None, description="last day that counts; two years later unless given")


class OwnTraining(BaseModel):
    """Answer of `GET /directory/training`. state: valid, expired, withdrawn, none or not_needed."""

    account: str
    state: str
    sentence: str
    certificate: str
    passed_on: date | None
    valid_until: date | None
    days_left: int = Field(description="0 on the last day, and when none counts")
    practising: bool = Field(description="whether this very sign-in is a practising one")
    how_to_get_trained: str
    training: str = Field(description="address of the training")
    how_to_practise: str


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500)
