"""What mailings show: which letter went to whom, and never what stands in it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.notification.mailings.mailing import Mailing
from shared.keeping.answers import ActAnswer, Answer
from shared.words import choices

State = Literal[
    "due",
    "sent",
    "delivered",
    "no_such_address",
    "not_accepting",
    "failed",
    "skipped",
    "for_digest",
    "gathered",
    "refused",
]


class MailingAnswer(Answer):
    """One letter. Its values are not shown: they name the holder and the certificate."""

    id: str = Field(description="信函编号 · id of the letter")
    state: State = Field(description=choices("状态", "state", Mailing.WORDS.states))
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
    attempt: int = Field(description="第几次寄发，重新寄发时加一 · number of the attempt; one more for each resending")
    tries: int = Field(description="本次寄发已被延后几次 · how often this attempt was put off")
    next_at: datetime | None = Field(description="被延后的，何时再试 · when one that was put off is tried again")
    sent_at: datetime | None = Field(description="交邮时间，未交邮为空 · when the mail server took it; null before")
    delivered_at: datetime | None = Field(
        description="送达时间，收到送达回执才有 · when a report said that it was delivered; null without one"
    )
    refused_at: datetime | None = Field(
        description="未送达、未寄发的认定时间，其余为空 · when it failed, or was skipped; else null"
    )
    refused_because: str = Field(
        description="未送达、未寄发或延后的原因，其余为空 · why it failed, was skipped or was put off; else empty"
    )
    digest: str = Field(
        description="所汇入的每日汇总的编号，没有为空 · id of the digest of a day that tells it; empty: none"
    )
    history: list[ActAnswer] = Field(description="重新寄发的记录 · who sent it anew, oldest first")


class ResentAnswer(Answer):
    """What became of a resending."""

    resent: list[str] = Field(description="已重新寄发的信函编号 · ids of the letters that go out anew")
    left: list[str] = Field(
        description="未重新寄发的：并未失败，或刚被他人改动 · ids of those left alone: they had not failed, or somebody changed "
        "them just now"
    )
    more: bool = Field(description="是否还有符合条件的，可再次请求 · whether more fit the filter: ask again")
