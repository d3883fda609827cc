"""What calendars show; the address in the answer to its making only."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import DocumentAnswer


class CalendarAnswer(DocumentAnswer):
    body: str = Field(description="所属机构编码 · institution code of the body whose it is")
    path: str = Field(description="所属机构及其上级，中心在前 · that body and everything above it, Centre first")
    label: str = Field(description="用在何处 · where it is used")
    made_at: datetime = Field(description="建立时间 · when it was made")


class MadeCalendarAnswer(CalendarAnswer):
    """With the address, which nobody can look up later."""

    address: str = Field(
        description="在日历软件中按网址订阅，只显示这一次；知道它的人都可读取，请勿公开；重复同一请求时为空 · subscribe to it in "
        "a calendar program; shown this once. Whoever knows it can read it: keep it to your office. Empty where the same "
        "request is repeated"
    )
