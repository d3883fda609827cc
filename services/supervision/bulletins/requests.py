"""What may be asked about bulletins over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.work_reports.requests import LONGEST_SECTION
from shared.contracts.words import QuarterName
from shared.text import ManyLines


class BulletinEntry(BaseModel):
    """What the Centre says itself; the figures come from what was counted."""

    model_config = ConfigDict(extra="forbid")
    summary: ManyLines = Field(
        default="",
        max_length=LONGEST_SECTION,
        description="政策法规执行情况 · how policy and regulations were carried out",
    )


class NewBulletin(BulletinEntry):
    """The first draft of a quarter."""

    quarter: QuarterName = Field(description="季度 · quarter, by the day in China")
