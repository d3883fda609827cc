"""What is shown of bulletins: to readers outside the Centre's office without who did what."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.figures import answers as figures
from services.supervision.figures.answers import RowAnswer
from shared.keeping.answers import Answer, DocumentAnswer


class _Said(Answer):
    """What everybody reads of a bulletin."""

    body: str = Field(description="中心机构编码 · institution code of the Centre")
    path: str = Field(description="中心在机构树中的位置 · the Centre's place in the tree")
    quarter: str = Field(description="季度 · quarter, like 2026-Q1")
    summary: str = Field(description="政策法规执行情况 · how policy and regulations were carried out")
    cut_at: datetime = Field(description="数据截止时间 · what was here at that moment is counted")
    published_at: datetime | None = Field(description="发布时间，未发布为空 · when it was published; null before")
    seal: str = Field(description="封存摘要，未发布为空 · hash of all that it says; empty before it is published")
    document_number: str = Field(
        description="发文字号，未发布或旧版发布的为空 · document number; empty before it is published, and of earlier releases"
    )
    correction: int = Field(description="第几次更正，首份为 0 · which correction of the quarter; 0: the first bulletin")
    corrects: str = Field(
        description="所更正的通报编号，首份为空 · id of the bulletin that it corrects; empty of the first"
    )
    reason: str = Field(description="更正理由 · why it was corrected")
    corrected_by: str = Field(
        description="更正本通报的通报编号，未被更正为空 · id of the published bulletin that corrects this one; empty: none does"
    )
    copied_to: str = Field(description="抄送单位 · who gets a copy")


class BulletinSummary(_Said):
    """One bulletin in a list, without its figures."""

    id: str = Field(description="通报编号：季度，更正加序号 · id: the quarter, of a correction like 2026-Q1-2")
    state: str = Field(description="状态 · state")


class PublicBulletin(BulletinSummary):
    rows: list[RowAnswer] = Field(description="各行数据 · the rows of its tables")


class OfficeBulletin(DocumentAnswer, _Said):
    """With who did what, for the Centre's office."""

    rows: list[RowAnswer] = Field(description="各行数据 · the rows of its tables")
    compiled_by: str = Field(description="汇总人账号 · account of who compiled it")
    left_out: list[str] = Field(
        description="因无法读取而未计入的记录，有则不能发布 · documents that could not be read and are not counted; "
        "with any it is not published"
    )


def shown(bulletin: Bulletin, to_the_office: bool, corrected_by: str) -> OfficeBulletin | PublicBulletin:
    answer = OfficeBulletin if to_the_office else PublicBulletin
    return answer.of(bulletin, rows=figures.shown(bulletin.rows), corrected_by=corrected_by)
