"""What technician reviews show. Whose hash they are bound to is shown to nobody."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shared.keeping.answers import Answer, DocumentAnswer


class TechnicianReviewAnswer(DocumentAnswer):
    """One approval form on paper, as the Centre recorded it."""

    roster: str = Field(description="名册编号 · id of the roster")
    ticket: str = Field(description="准考证号 · ticket of admission")
    occupation: str = Field(description="职业编码 · code of the occupation")
    level: int = Field(description="等级：2 技师，1 高级技师 · level: 2 technician, 1 senior technician")
    document_no: str = Field(description="审批表文号 · document number of the approval form")
    reviewed_on: date = Field(description="审批日期 · day of the approval form")
    panel: list[str] = Field(description="评委姓名 · names of the panel's members")


class RecordedAnswer(Answer):
    """What a list of forms came to."""

    reviews: list[TechnicianReviewAnswer] = Field(
        description="所列各考生的登记 · what is recorded of those in the list"
    )
    missing: int = Field(
        description="尚缺审批表的技师、高级技师人数 · lines of levels 2 and 1 that still have no approval form"
    )


class UnreviewedAnswer(Answer):
    """A line of level 2 or 1 that cannot be approved yet."""

    n: int = Field(description="名册序号 · running number in the roster")
    ticket: str = Field(description="准考证号 · ticket of admission")
    name: str = Field(description="姓名 · name")
    level: int = Field(description="等级：2 技师，1 高级技师 · level: 2 technician, 1 senior technician")


class UnreviewedLinesAnswer(Answer):
    """Which approval forms are still to be recorded."""

    missing: int = Field(description="人数 · how many lines")
    lines: list[UnreviewedAnswer] = Field(description="各行，至多 1000 行 · those lines, at most 1000 of them")
