"""What the digest of a day shows to the office that got it."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shared.keeping.answers import Answer


class DigestAnswer(Answer):
    day: date = Field(description="汇总的日期 · the day of the digest")
    gathered: bool = Field(
        description=(
            "当日的信函是否已经汇总；否：逐封寄出的和尚待汇总的，如汇总所述 · whether the letters of that day were gathered; if "
            "not: those that went out by themselves, and those that still wait, as a digest would tell them"
        )
    )
    count: int = Field(description="所述信函的件数 · how many letters it tells")
    subject: str = Field(description="标题 · its subject")
    text: str = Field(description="正文，纯文本 · the letter, as plain text")
