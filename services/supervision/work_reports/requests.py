"""What may be asked about work reports over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import QuarterName
from shared.text import ManyLines

LONGEST_SECTION = 5000  # characters; the whole stays far below the limit of a request


class WorkReportEntry(BaseModel):
    """What may change in a work report before it is submitted. A draft may have empty sections, a submission none."""

    model_config = ConfigDict(extra="forbid")
    work_done: ManyLines = Field(default="", max_length=LONGEST_SECTION, description="开展工作情况 · work done")
    problems: ManyLines = Field(default="", max_length=LONGEST_SECTION, description="存在问题 · problems")
    suggestions: ManyLines = Field(default="", max_length=LONGEST_SECTION, description="意见建议 · suggestions")


class NewWorkReport(WorkReportEntry):
    """The report of a body on a quarter."""

    quarter: QuarterName = Field(description="季度 · quarter, by the day in China")
