"""What annual plans show."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import Field

from services.plan.annual_plans.annual_plan import AnnualPlan
from shared.keeping.answers import Answer
from shared.procedure.answers import FormAnswer
from shared.procedure.planned_items import PlannedItemAnswer


class AnnualPlanAnswer(FormAnswer):
    year: int = Field(description="计划年度 · year of the plan")
    number: int = Field(
        description="第几版：首次为 1，每次调整加 1 · number of the version shown: 1, one more for each amendment"
    )
    amended_because: str = Field(description="调整理由，首版为空 · why it is amended; empty of the first version")
    items: list[PlannedItemAnswer] = Field(
        description="计划内容（本版） · occupations and levels with planned heads, of this version"
    )
    in_force: list[PlannedItemAnswer] | None = Field(
        description="现行有效的计划内容，从未批准为空 · the approved items that count now; null if it was never approved"
    )
    handed_in_on: date | None = Field(
        description="首次呈报日期，撤回的不算，未呈报为空 · day on which it was first handed in, not counting what was "
        "withdrawn; null before"
    )
    late: bool = Field(
        description="是否逾期呈报（2 月 28 日后），不因退回或调整改变 · whether it was handed in after 28 February, for good"
    )

    heads_last_year: int | None = Field(
        None,
        description="本机构上一年度已批准计划的总人数，没有的为空；办理步骤的应答中不查，为空 · heads of its "
        "body's approved plan of the year before; null if there is none, and in what a step answers, where it is not looked up",
    )

    @classmethod
    def of(cls, document: AnnualPlan, *, heads_last_year: int | None = None, **more: Any) -> Self:
        return super().of(document, heads_last_year=heads_last_year, **more)


class VersionAnswer(Answer):
    """已批准的版本 · a version that the Centre approved."""

    number: int = Field(description="第几版 · number of the version")
    items: list[PlannedItemAnswer] = Field(description="计划内容 · occupations and levels with planned heads")
    reason: str = Field(description="调整理由，首版为空 · why it was amended; empty of the first version")
    prepared_by: str = Field(description="编制人账号 · account of who prepared it")
    submitted_by: str = Field(description="呈报人账号 · account of who submitted it")
    endorsed_by: str = Field(description="分中心审核人账号，无分中心为空 · account of who endorsed it; may be empty")
    approved_by: str = Field(description="批准人账号 · account of who approved it")
    approver: str = Field(description="批准人 · who approved it")
    approved_at: datetime = Field(description="批准时间 · when it was approved")


class LeftAnswer(Answer):
    """一个职业一个等级的余额 · what is left of one occupation at one level."""

    occupation: str = Field(description="职业编码 · code of the occupation")
    occupation_zh: str = Field(description="职业名称 · its Chinese name")
    occupation_en: str = Field(description="职业英文名称 · its English name")
    level: int = Field(ge=1, le=5, description="等级：5 最低，1 最高 · skill level: 5 is the lowest, 1 the highest")
    planned: int = Field(description="现行计划人数 · heads of the version in force")
    taken: int = Field(description="已呈报或批准的鉴定计划人数 · heads of session plans that are submitted or approved")
    left: int = Field(description="尚余人数 · heads that are left")


class AnnualPlanInFullAnswer(AnnualPlanAnswer):
    versions: list[VersionAnswer] = Field(
        description="历次批准的版本，最后一版有效 · versions that were approved, oldest first; the last one counts"
    )
    balance: list[LeftAnswer] = Field(
        description="各职业、等级的计划、已用、尚余人数，未批准为空 · planned, taken and left, by occupation and level; "
        "empty if it was never approved"
    )
