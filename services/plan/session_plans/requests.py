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
    held_on: date = Field(description="鉴定日期，须在计划年度内 · day of the exam, within the year of the plan")
    place: OneLine = Field(min_length=2, max_length=200, description="鉴定地点 · where it is held")
    in_charge: OneLine = Field(min_length=1, max_length=60, description="考务负责人 · who is in charge of the exam")
    items: list[Item] = Field(
        min_length=1, max_length=100, description="鉴定内容 · occupations and levels with planned heads"
    )
    standard: Standard = Field(
        "national",
        description="职业标准：国家标准、备案标准或未经批准 · occupational standard: `national`, `filed`, `unapproved`",
    )
    paper_source: PaperSource = Field(
        "self_made",
        description="试卷来源：国家题库、备案题库或自编 · where the exam papers come from: "
        "`national_bank`, `filed_bank`, `self_made`",
    )
    fee_yuan: int | None = Field(None, ge=0, le=99_999, description="每人收费（元） · fee of one candidate, in yuan")


class NewSessionPlan(SessionPlanEntry):
    year: int = Field(ge=2004, le=2099, description="年度 · year of the session")
    number: int = Field(ge=1, le=999, description="本年度第几批 · running number of the session within the year")
