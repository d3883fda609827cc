"""What may be asked of session plans over HTTP."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from services.plan.forms import Item
from shared.contracts.plan import PaperSource, Standard
from shared.text import OneLine


class SessionPlanEntry(BaseModel):
    """What may change in a session plan before it is submitted."""

    model_config = ConfigDict(extra="forbid")
    held_on: date
    place: OneLine = Field(min_length=2, max_length=200)
    in_charge: OneLine = Field(min_length=1, max_length=60, description="考务负责人")
    items: list[Item] = Field(min_length=1, max_length=100)
    standard: Standard = Field("national", description="职业标准：国家 national，备案 filed，未经批准 unapproved")
    paper_source: PaperSource = Field(
        "self_made", description="试卷来源：国家题库 national_bank，备案题库 filed_bank，自编 self_made"
    )
    fee_yuan: int | None = Field(None, ge=0, le=99_999, description="每人收费（元）· fee of one candidate, in yuan")


class NewSessionPlan(SessionPlanEntry):
    year: int = Field(ge=2004, le=2099)
    number: int = Field(ge=1, le=999, description="本年度第几批 · running number of the session within the year")
