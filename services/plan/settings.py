"""What may be set for planning alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import LadderText, OwnSettings


class PlanSettings(OwnSettings):
    annual_plan_ladder: LadderText = Field(
        "30,14,7,3,1,0,-1,-3",
        description=(
            "年度计划的提醒级：2 月 28 日前的天数，逾期为负，此后每周一次 · reminders of annual plans: days before 28 "
            "February, negative after it, then weekly"
        ),
    )
    session_lead_days: int = Field(
        30,
        ge=0,
        le=365,
        description=(
            "鉴定计划的批准与鉴定日期之间的天数；不足的须由中心说明理由特批（培训模式不需要） · days between the "
            "approval of a session plan and the exam; nearer only with the Centre's reason (practice needs none)"
        ),
    )
