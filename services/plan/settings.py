"""What may be set for planning alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class PlanSettings(OwnSettings):
    session_lead_days: int = Field(
        30,
        ge=0,
        le=365,
        description="days between the approval of a session plan and the exam; nearer only with the Centre's reason "
        "(practice needs none)",
    )
