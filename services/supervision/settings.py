"""What may be set for supervision alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class SupervisionSettings(OwnSettings):
    work_report_days: int = Field(
        15, ge=1, le=60, description="days after the end of a quarter within which its work report is due"
    )
