"""The tables of the bulletin (rules §4.6): which figures stand in which table, and their words. Document and workbook are
both made from here, so that they say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.supervision.figures.figures import Figures, Row, RowKind
from shared.contracts.supervision import MEASURE_NAMES, TRIGGER_NAMES

Cell = str | int | None
Sort = Literal["count", "rate", "text"]
"""rate: per mille."""


@dataclass(frozen=True, slots=True)
class Column:
    zh: str
    en: str
    value: Callable[[Figures], int | None]
    sort: Sort = "count"


@dataclass(frozen=True, slots=True)
class Line:
    """kind decides how it is set: sums stand out, what is inside a branch stands back."""

    kind: RowKind
    code: str
    name_zh: str
    name_en: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """name: of the sheet of the workbook. heads: (Chinese, English, sort) of the columns after the body's."""

    name: str
    title_zh: str
    title_en: str
    heads: tuple[tuple[str, str, Sort], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    name: str
    title_zh: str
    title_en: str
    columns: tuple[Column, ...]


_SHAPES = (
    _Shape(
        "鉴定与发证",
        "鉴定批次、人数与证书颁发",
        "Sessions, heads and certificates issued",
        (
            Column("批准批次", "Sessions approved", lambda f: f.sessions),
            Column("已完成批次", "Held, roster approved", lambda f: f.held),
            Column("计划人数", "Heads planned", lambda f: f.heads_planned),
            Column("实考人数", "Examined", lambda f: f.examined),
            Column("合格人数", "Passed", lambda f: f.passed),
            Column("合格率", "Pass rate", lambda f: f.pass_rate, "rate"),
            Column("颁发证书", "Certificates issued", lambda f: f.certificates),
        ),
    ),
    _Shape(
        "职业标准与收费",
        "职业标准使用与收费情况（批次）",
        "Use of occupational standards, and fees (sessions)",
        (
            Column("国家标准", "National", lambda f: f.standard_national),
            Column("行业备案", "Filed", lambda f: f.standard_filed),
            Column("未经批准", "Unapproved", lambda f: f.standard_unapproved),
            Column("未注明标准", "Not stated", lambda f: f.standard_unstated),
            Column("注明收费", "Fee stated", lambda f: f.fees_stated),
            Column("未注明收费", "Fee not stated", lambda f: f.fees_unstated),
            Column("平均收费（元）", "Mean fee (CNY)", lambda f: f.mean_fee),
        ),
    ),
    _Shape(
        "题库与试卷",
        "题库与试卷使用情况（批次）",
        "Use of question bank and papers (sessions)",
        (
            Column("国家题库", "National bank", lambda f: f.paper_national_bank),
            Column("备案题库", "Filed bank", lambda f: f.paper_filed_bank),
            Column("自编试卷", "Self-made", lambda f: f.paper_self_made),
            Column("未注明", "Not stated", lambda f: f.paper_unstated),
        ),
    ),
    _Shape(
        "退回与工作报告",
        "退回材料与工作报告呈报情况",
        "Forms returned, and work reports",
        (
            Column("退回计划", "Plans returned", lambda f: f.plans_returned),
            Column("退回名册", "Rosters returned", lambda f: f.rosters_returned),
            Column("报告按期", "Reports on time", lambda f: f.reports_on_time),
            Column("报告逾期", "Reports late", lambda f: f.reports_late),
            Column("报告未报", "Reports missing", lambda f: f.reports_missing),
            Column("报告未到期", "Not due yet", lambda f: f.reports_pending),
        ),
    ),
    _Shape(
        "检查与处理",
        "质量检查、违规与处理情况",
        "Inspections, violations and sanctions",
        (
            Column("检查次数", "Inspections", lambda f: f.inspections),
            Column("发现问题", "Findings", lambda f: f.findings),
            Column("已整改", "Rectified", lambda f: f.rectified),
            Column("违规", "Violations", lambda f: f.violations_in_all),
            Column("处理", "Sanctions", lambda f: f.sanctions_in_all),
        ),
    ),
)


def tables(rows: Sequence[Row]) -> list[Table]:
    return [
        *(_table(shape, rows) for shape in _SHAPES),
        _listed(
            "违规情形",
            "违规情形明细",
            "Violations by trigger",
            "情形",
            "Trigger",
            rows,
            lambda f: f.violations,
            TRIGGER_NAMES,
        ),
        _listed(
            "处理措施",
            "处理措施明细",
            "Sanctions by measure",
            "措施",
            "Measure",
            rows,
            lambda f: f.sanctions,
            MEASURE_NAMES,
        ),
    ]


def _table(shape: _Shape, rows: Sequence[Row]) -> Table:
    heads = tuple((column.zh, column.en, column.sort) for column in shape.columns)
    lines = (_line(row, tuple(column.value(row.figures) for column in shape.columns)) for row in rows)
    # A branch that has nothing of its own to count needs no line of its own.
    needed = tuple(line for line in lines if line.kind != "own" or any(line.cells))
    return Table(shape.name, shape.title_zh, shape.title_en, heads, needed)


def _listed(
    name: str,
    title_zh: str,
    title_en: str,
    what_zh: str,
    what_en: str,
    rows: Sequence[Row],
    counts: Callable[[Figures], Mapping[str, int]],
    words: Mapping[str, str],
) -> Table:
    """Only what there is: most bodies have none."""
    heads: tuple[tuple[str, str, Sort], ...] = ((what_zh, what_en, "text"), ("件数", "Number", "count"))
    found = [_line(row, (_worded(what, words), count)) for row in rows for what, count in counts(row.figures).items()]
    return Table(name, title_zh, title_en, heads, tuple(found))


def _worded(what: str, words: Mapping[str, str]) -> str:
    english = what.replace("_", " ")
    return f"{words[what]} {english}" if what in words else english


def _line(row: Row, cells: tuple[Cell, ...]) -> Line:
    match row.kind:
        case "total":
            return Line(row.kind, "", "合计", "Total", cells)
        case "direct":
            return Line(row.kind, "", "直属鉴定站小计", "Stations directly under the Centre", cells)
        case "branch":
            return Line(row.kind, row.body, f"{row.name_zh}（含所属站）", f"{row.name_en}, with its stations", cells)
        case "own":
            return Line(row.kind, row.body, f"{row.name_zh}（本级）", f"{row.name_en}, itself", cells)
    return Line(row.kind, row.body, row.name_zh, row.name_en, cells)


def shown(cell: Cell, sort: Sort) -> str:
    """As text in print; nothing is a dash."""
    if cell is None:
        return "—"
    return f"{int(cell) // 10}.{int(cell) % 10}%" if sort == "rate" else str(cell)
