"""What may be set for planning alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class PlanSettings(OwnSettings):
    session_lead_days: int = Field(
        30,
        ge=0,
        le=365,
        description=(
            "鉴定计划的批准与鉴定日期之间的天数；不足的须由中心说明理由特批（培训模式不需要） · days between the "
            "approval of a session plan and the exam; nearer only with the Centre's reason (practice needs none)"
        ),
    )
