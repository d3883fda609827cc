"""What session plans show."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shared.contracts.plan import PaperSource, Standard
from shared.procedure.answers import FormAnswer
from shared.procedure.planned_items import PlannedItemAnswer


class SessionPlanAnswer(FormAnswer):
    year: int = Field(description="年度 · year of the session")
    number: int = Field(description="本年度第几批 · running number of the session within the year")
    annual_plan: str = Field(description="所依据的年度计划编号 · id of the annual plan it refers to")
    held_on: date = Field(description="鉴定日期 · day of the exam")
    place: str = Field(description="鉴定地点 · where it is held")
    in_charge: str = Field(description="考务负责人 · who is in charge of the exam")
    items: list[PlannedItemAnswer] = Field(description="鉴定内容 · occupations and levels with planned heads")
    standard: Standard = Field(
        description="职业标准：国家标准、备案标准或未经批准 · occupational standard: `national`, `filed`, `unapproved`"
    )
    paper_source: PaperSource = Field(
        description="试卷来源：国家题库、备案题库或自编 · where the exam papers come from: "
        "`national_bank`, `filed_bank`, `self_made`"
    )
    fee_yuan: int | None = Field(
        description="每人收费（元），未填为空 · fee of one candidate, in yuan; null if not given"
    )
    reported: bool = Field(description="名册是否已获批准 · whether its roster was approved")
