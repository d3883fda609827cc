"""What is shown of work reports."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from services.supervision.figures.figures import Figures
from shared.procedure.answers import FormAnswer


class WorkReportAnswer(FormAnswer):
    quarter: str = Field(description="季度 · quarter, like 2026-Q1")
    work_done: str = Field(description="开展工作情况 · work done")
    problems: str = Field(description="存在问题 · problems")
    suggestions: str = Field(description="意见建议 · suggestions")
    figures: Figures | None = Field(
        description="呈报时的季度数据，未呈报为空 · figures when it was submitted; null before"
    )
    figures_cut_at: datetime | None = Field(description="数据截止时间，未呈报为空 · when they were cut; null before")
    figures_left_out: int = Field(
        description="因无法读取而未计入数据的记录数 · how many documents could not be read, and are not in the figures"
    )
    handed_in_at: datetime | None = Field(
        description="首次呈报时间，未呈报为空 · when it was first submitted; null before"
    )
