"""What is shown of figures: the rows of a quarter, with what is computed from their sums."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from services.supervision.figures.figures import Figures, Row, RowKind
from shared.keeping.answers import Answer


class RowAnswer(Answer):
    """One line of every table."""

    kind: RowKind = Field(
        description="行的含义：合计、分中心含所属站、直属站小计、本级、鉴定站 · "
        "what the row stands for: the whole, a branch with its stations, all direct stations, a body itself, a station"
    )
    body: str = Field(
        description="机构编码，合计与直属站小计为中心 · institution code; that of the Centre in `total` and `direct`"
    )
    path: str = Field(description="机构及其上级，中心在前 · the body and everything above it, Centre first")
    name_zh: str = Field(description="机构名称 · name, in Chinese")
    name_en: str = Field(description="机构英文名称 · name, in English")
    figures: Figures = Field(description="各项数据 · its figures")
    pass_rate_per_mille: int | None = Field(
        description="合格率（千分比），无实考人数为空 · pass rate per mille; null where nobody is known to have sat"
    )


class QuarterAnswer(Answer):
    """The figures of a quarter as they stand now."""

    quarter: str = Field(description="季度 · quarter, like 2026-Q1")
    rows: list[RowAnswer] = Field(
        description="各行数据，只含该季度内已登记的机构 · the rows, of the bodies that existed in the quarter"
    )
    left_out: int = Field(
        description="因无法读取而未计入的记录数 · how many documents could not be read, and are not in the figures"
    )


def shown(rows: Sequence[Row]) -> list[RowAnswer]:
    return [RowAnswer.of(row, pass_rate_per_mille=row.figures.pass_rate) for row in rows]
