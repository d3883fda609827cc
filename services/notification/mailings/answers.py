"""What mailings show: which letter went to whom, and never what stands in it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.keeping.answers import Answer


class MailingAnswer(Answer):
    """One letter. Its values are not shown: they name the holder and the certificate."""

    id: str = Field(description="信函编号 · id of the letter")
    state: Literal["due", "sent", "refused", "for_digest", "gathered"] = Field(
        description="状态：待发、已发、被拒收、待汇总或已汇总 · `due` (waiting for the post), `sent` (the post took it), "
        "`refused` (the address will never take it), `for_digest` (waits for the day's digest), `gathered` (a digest told it)"
    )
    letter: str = Field(description="信函种类 · which letter it is")
    to: str = Field(description="收信地址，分中心系统查询个人信函时为空 · address; empty where it is not disclosed")
    to_name: str = Field(
        description="收信人，分中心系统查询个人信函时为空 · recipient; empty where it is not disclosed"
    )
    body: str = Field(description="所涉机构编码 · institution code of the body concerned")
    path: str = Field(description="所涉机构及其上级，中心在前 · that body and everything above it, Centre first")
    subject_of: str = Field(description="所涉计划、名册等的编号 · id of what the letter is about")
    fact: str = Field(description="所依据事件的编号 · id of the event that made it")
    planned_at: datetime = Field(description="拟发时间 · when it was planned")
    sent_at: datetime | None = Field(description="发出时间，未发出为空 · when the post took it; null before")
    refused_at: datetime | None = Field(
        description="被拒收时间，未被拒收为空 · when the post refused it; null if it did not"
    )
    digest: str = Field(
        description="所汇入的每日汇总的编号，没有为空 · id of the digest of a day that tells it; empty: none"
    )
    refused_because: str = Field(description="拒收原因，未被拒收为空 · why the post refused it; empty if it did not")
