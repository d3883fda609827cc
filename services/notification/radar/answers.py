"""What the radar shows: no names of people, for there are none in it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from shared.keeping.answers import Answer


class RadarAnswer(Answer):
    """One duty."""

    id: str = Field(description="雷达行编号 · id of the row")
    what: str = Field(description="何种任务，如 `annual_plan` · which duty, like `annual_plan`")
    what_zh: str = Field(description="任务的中文名称 · what is to be done, in Chinese")
    what_en: str = Field(description="任务的英文名称 · what is to be done, in English")
    rule: str = Field(description="所依据的条款 · where it is ruled")
    about: str = Field(description="所涉文档的编号 · id of what it is about")
    body: str = Field(description="应当办理的机构编码 · institution code of the body that has to act")
    body_zh: str = Field(description="该机构的中文名称，未知为空 · its Chinese name; empty while it is not known here")
    body_en: str = Field(description="该机构的英文名称，未知为空 · its English name; empty while it is not known here")
    path: str = Field(description="该机构及其上级，中心在前 · that body and everything above it, Centre first")
    concerns: str = Field(description="所涉机构编码，如报送机构 · institution code of the body whose matter it is")
    period: str = Field(description="所属年度或季度，没有为空 · year or quarter; empty where there is none")
    since: date | None = Field(
        description="起算之日，尚未得知为空 · the day from which the term counts; null while unknown"
    )
    due_on: date = Field(description="期限的最后一天 · the last day that counts")
    days_left: int = Field(description="距期限的天数，逾期为负 · days until then; negative once it is over")
    state: Literal["open", "settled", "lapsed"] = Field(
        description="状态：待办、已办、已终止 · `open` (still to be done), `settled` (done), `lapsed` (no longer owed)"
    )
    late: bool = Field(description="是否逾期：待办的已过期限，已办的逾期办理 · past its last day, or done after it")
    marked: list[int] = Field(
        description="已发的提醒级：期限前的天数，逾期为负 · marks that were told: days before the last day, negative after it"
    )
    settled_on: date | None = Field(
        description="办理或终止之日，待办为空 · day on which it was done or ended; null before"
    )


class CountedDuty(Answer):
    """How many of one kind."""

    what: str = Field(description="何种任务 · which duty")
    what_zh: str = Field(description="任务的中文名称 · what is to be done, in Chinese")
    what_en: str = Field(description="任务的英文名称 · what is to be done, in English")
    duties: int = Field(description="件数 · how many")


class WeekAnswer(Answer):
    """What falls due in one week."""

    first: date = Field(description="本周在此期间的第一天 · its first day within the time looked at")
    last: date = Field(description="本周在此期间的最后一天 · its last day within the time looked at")
    duties: int = Field(description="到期件数 · how many fall due")
    by_duty: list[CountedDuty] = Field(description="按任务分列 · of which kinds")


class LateBody(Answer):
    """A body that is late."""

    body: str = Field(description="机构编码 · institution code")
    body_zh: str = Field(description="中文名称，未知为空 · Chinese name; empty while it is not known here")
    body_en: str = Field(description="英文名称，未知为空 · English name; empty while it is not known here")
    duties: int = Field(description="逾期未办件数 · how many are late")
    days_late: int = Field(description="最久的已逾期几天 · days since the last day of the oldest of them")


class MissingAnswer(Answer):
    """What is missing of one kind of duty and period, and from whom."""

    what: str = Field(description="何种任务 · which duty")
    what_zh: str = Field(description="任务的中文名称 · what is to be done, in Chinese")
    what_en: str = Field(description="任务的英文名称 · what is to be done, in English")
    rule: str = Field(description="所依据的条款 · where it is ruled")
    period: str = Field(description="所属年度或季度，没有为空 · year or quarter; empty where there is none")
    sentence: str = Field(description="一句话：缺什么、缺谁的 · in one sentence: what is missing, and from whom")
    bodies: list[LateBody] = Field(description="未办理的机构，最久的在前 · who has not done it, the longest late first")


class SummaryAnswer(Answer):
    """The radar of a body, of itself and of those below."""

    today: date = Field(description="按哪一天计算（中国日期） · the day in China by which it is reckoned")
    open: int = Field(description="待办件数 · how many are still to be done")
    late: int = Field(description="其中已逾期件数 · how many of these are past their last day")
    settled: int = Field(description="已办件数 · how many were done")
    weeks: list[WeekAnswer] = Field(
        description="今后三十天按周到期情况 · what falls due in the next thirty days, by week"
    )
    late_bodies: list[LateBody] = Field(description="逾期的机构，最久的在前 · who is late, the longest first")
    missing: list[MissingAnswer] = Field(description="缺什么：按任务分列 · what exactly is missing, by duty")
    whole: bool = Field(
        description="是否全部计入；逾期和三十天内到期的超过一万件时只计最早的一万件 · whether everything was counted; of more "
        "than 10,000 that are late or fall due, the earliest are"
    )
