"""What may be asked about bulletins over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.work_reports.requests import LONGEST_SECTION
from shared.contracts.words import QuarterName
from shared.text import ManyLines, OneLine

_WHY = "更正理由，仅更正通报填写 · why it is corrected; for corrections only"


class BulletinEntry(BaseModel):
    """What the Centre says itself; the figures come from what was counted."""

    model_config = ConfigDict(extra="forbid")
    summary: ManyLines = Field(
        default="",
        max_length=LONGEST_SECTION,
        description="政策法规执行情况 · how policy and regulations were carried out",
    )
    copied_to: OneLine | None = Field(
        default=None,
        max_length=300,
        description="抄送单位，不填则按设置 · who gets a copy; left out: as it is set",
    )
    reason: OneLine = Field(default="", max_length=1000, description=f"{_WHY}，留空则不变 · empty: as before")


class NewBulletin(BulletinEntry):
    """The first draft of a quarter."""

    quarter: QuarterName = Field(description="季度 · quarter, by the day in China")


class NewCorrection(BulletinEntry):
    """The first draft of a bulletin that corrects a published one."""

    reason: OneLine = Field(min_length=2, max_length=1000, description=_WHY)
