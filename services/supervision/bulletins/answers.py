"""What is shown of bulletins: to readers outside the Centre's office without who did what."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.figures import answers as figures
from services.supervision.figures.answers import RowAnswer
from shared.keeping.answers import Answer, DocumentAnswer


class BulletinSummary(Answer):
    """One bulletin in a list, without its figures."""

    id: str = Field(description="通报编号，即季度 · id of the bulletin: its quarter")
    state: str = Field(description="状态 · state")
    body: str = Field(description="中心机构编码 · institution code of the Centre")
    path: str = Field(description="中心在机构树中的位置 · the Centre's place in the tree")
    quarter: str = Field(description="季度 · quarter, like 2026-Q1")
    summary: str = Field(description="政策法规执行情况 · how policy and regulations were carried out")
    cut_at: datetime = Field(description="数据截止时间 · what was here at that moment is counted")
    published_at: datetime | None = Field(description="发布时间，未发布为空 · when it was published; null before")
    seal: str = Field(description="封存摘要，未发布为空 · hash of all that it says; empty before it is published")


class PublicBulletin(BulletinSummary):
    rows: list[RowAnswer] = Field(description="各行数据 · the rows of its tables")


class OfficeBulletin(DocumentAnswer):
    """With who did what, for the Centre's office."""

    body: str = Field(description="中心机构编码 · institution code of the Centre")
    path: str = Field(description="中心在机构树中的位置 · the Centre's place in the tree")
    quarter: str = Field(description="季度 · quarter, like 2026-Q1")
    summary: str = Field(description="政策法规执行情况 · how policy and regulations were carried out")
    rows: list[RowAnswer] = Field(description="各行数据 · the rows of its tables")
    cut_at: datetime = Field(description="数据截止时间 · what was here at that moment is counted")
    compiled_by: str = Field(description="汇总人账号 · account of who compiled it")
    published_at: datetime | None = Field(description="发布时间，未发布为空 · when it was published; null before")
    seal: str = Field(description="封存摘要，未发布为空 · hash of all that it says; empty before it is published")


def shown(bulletin: Bulletin, to_the_office: bool) -> OfficeBulletin | PublicBulletin:
    answer = OfficeBulletin if to_the_office else PublicBulletin
    return answer.of(bulletin, rows=figures.shown(bulletin.rows))
