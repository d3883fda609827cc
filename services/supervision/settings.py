"""What may be set for supervision alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import LadderText, OwnSettings


class SupervisionSettings(OwnSettings):
    work_report_days: int = Field(
        15,
        ge=1,
        le=60,
        description=(
            "季度结束后多少天内应呈报工作报告 · days after the end of a quarter within which its work report is due"
        ),
    )
    work_report_ladder: LadderText = Field(
        "30,14,7,3,1,0,-1,-3",
        description=(
            "工作报告的提醒级：期限前的天数，逾期为负，此后每周一次；季度结束前不提醒 · reminders of work reports: days before "
            "the last day, negative after it, then weekly; none before the quarter is over"
        ),
    )
    rectification_ladder: LadderText = Field(
        "30,14,7,3,1,0,-1,-3",
        description=(
            "限期整改的提醒级：期限前的天数，逾期为负，此后每周一次 · reminders of rectifications: days before the last day, "
            "negative after it, then weekly"
        ),
    )
    bulletin_prefix: str = Field(
        "机职鉴通",
        min_length=1,
        max_length=20,
        pattern=r"^[^\s〔〕号]+$",
        description=(
            "质量通报发文字号的开头，如“机职鉴通〔2026〕3号” · what the document numbers of quality bulletins "
            "begin with, as in 机职鉴通〔2026〕3号"
        ),
    )
    bulletin_copied_to: str = Field(
        "",
        max_length=300,
        description=(
            "质量通报的抄送单位，通报另有载明的除外 · who gets a copy of quality bulletins (抄送), unless a "
            "bulletin says otherwise"
        ),
    )
