"""Rosters as clerks fill them in: people, sheets and whole workbooks, good until a test changes a cell; and what reading says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from services.reporting.rosters.workbook.reading import read
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.reporting import RosterLine
from shared.errors import Invalid
from shared.forms.form6.layout import COLUMNS
from shared.forms.form6.writing import SheetContent
from shared.trade.numbers.resident_id import resident_id_check

HELD_ON = date(2026, 3, 1)
LOST = "号码被 Excel 变成数字，末尾数位已丢失 · Excel turned the number into a figure and its last digits are lost"
ZEROS = "号码以数字存放，前面的 0 可能已丢失 · stored as a figure: zeros in front may be lost"
UNIFIED_CODE = "号码写法已统一 · spelling of a number unified"
UNIFIED_DATE = "日期写法已统一 · spelling of a date unified"
UNIFIED = "写法已统一 · spelling unified"
BLANKS = "去掉多余空白 · stray blanks removed"
NOT_A_DATE = "不是日期 · not a date"
NOT_A_SCORE = "不是成绩 · not a score"
BELOW = "未达到 60 分，名册只列合格人员 · below 60: the roster lists passed candidates only"
DIFFERENT_BIRTH = "出生日期与身份证号不一致 · birth date differs from the resident ID"
BY_CENTRE = "此列由中心填写 · this column is filled by the Centre"


def an_id(birth: date, serial: int) -> str:
    """Area 999999 does not exist; odd serials are men."""
    first17 = f"999999{birth:%Y%m%d}{serial:03d}"
    return first17 + resident_id_check(first17)


def a_line(n: int = 1, **changes: Any) -> RosterLine:
    birth = date(1990, 3, 1)
    values: dict[str, Any] = {
        "n": n,
        "ticket": f"264905301200140{n:03d}",
        "name": "张三" if n % 2 else "李四",
        "sex": "男" if n % 2 else "女",
        "birth": birth,
        "id_type": "身份证",
        "id_number": an_id(birth, n),
        "education": "高中",
        "employer": "第一机床厂",
        "occupation": "6-04-01-01",
        "occupation_zh": "车工",
        "occupation_en": "",
        "level": 4,
        "theory": 82.0,
        "practical": 76.5,
        "review": None,
        "grade": "pass",
    }
    return RosterLine(**(values | changes))


def a_sheet(*rows: RosterLine, **changes: Any) -> SheetContent:
    values: dict[str, Any] = {
        "station_zh": "机械行业第十二鉴定站",
        "institution": "49053012",
        "session": "2026-003",
        "occupation": "6-04-01-01",
        "occupation_zh": "车工",
        "level": 4,
        "held_on": HELD_ON,
        "rows": rows,
    }
    return SheetContent(**(values | changes))


Value = str | float | bool | date | None


@dataclass
class Typed:
    """One sheet cell by cell (`B7`), as a clerk leaves it; two good candidates in rows 7 and 8 unless changed."""

    cells: dict[str, Value]
    name: str = "名册"
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    formulas: Mapping[str, str] = field(default_factory=dict)
    """Address → the error or value Excel last computed."""


HEADING: dict[str, Value] = {
    "A1": "机械行业特有工种职业技能鉴定合格人员名册",
    "A2": "鉴定站",
    "B2": "机械行业第十二鉴定站",
    "F2": "机构编码",
    "G2": "49053012",
    "I2": "鉴定批次",
    "J2": "2026-003",
    "A3": "职业(工种)",
    "B3": "车工",
    "F3": "职业编码",
    "G3": "6-04-01-01",
    "I3": "等级",
    "J3": "四级/中级工",
    "A4": "鉴定日期",
    "B4": HELD_ON,
}
TITLES: dict[str, Value] = {f"{chr(65 + n)}6": column.title for n, column in enumerate(COLUMNS)}


def typed_line(row: int, n: int) -> dict[str, Value]:
    line = a_line(n)
    values: list[Value] = [float(n), line.ticket, line.name, line.sex, line.birth, "身份证", line.id_number]
    values += [line.education, line.employer, line.theory, line.practical]
    return {f"{chr(65 + place)}{row}": value for place, value in enumerate(values)}


GOOD: dict[str, Value] = {**HEADING, **TITLES, **typed_line(7, 1), **typed_line(8, 2)}
SENIOR: dict[str, Value] = {"J3": "二级/技师", "L7": 88.0, "L8": 90.0}


def good(changes: Mapping[str, Value] | None = None, **how: Any) -> Typed:
    return Typed({**GOOD, **(changes or {})}, **how)


def saved(*sheets: Typed) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    clock = book.add_format({"num_format": "hh:mm"})
    for typed in sheets:
        sheet = book.add_worksheet(typed.name)
        for place in typed.merged:
            sheet.merge_range(place, "")
        for address, value in typed.cells.items():
            if isinstance(value, bool):
                sheet.write_boolean(address, value)
            elif isinstance(value, str):
                sheet.write_string(address, value)
            elif isinstance(value, int | float):
                sheet.write_number(address, value)
            elif isinstance(value, datetime):
                sheet.write_datetime(address, value, moment)
            elif isinstance(value, date):
                sheet.write_datetime(address, value, day)
            elif isinstance(value, time):
                sheet.write_datetime(address, value, clock)
        for address, result in typed.formulas.items():
            sheet.write_formula(address, "=A1", None, result)
        for row in typed.hidden_rows:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        for column in typed.hidden_columns:
            sheet.set_column(f"{column}:{column}", None, None, {"hidden": True})
        if typed.hidden:
            sheet.hide()
    if all(typed.hidden for typed in sheets):
        book.add_worksheet("Sheet9").activate()
    book.close()
    return out.getvalue()


def unpacked(content: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(part).decode()


def the_problems(content: bytes, rules: Rules | None = None) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read(content, rules)
    assert caught.value.problems
    return [(problem.where, problem.what) for problem in caught.value.problems]


def the_fix(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read(content)
    (problem,) = caught.value.problems
    return problem.fix


def the_notes(content: bytes) -> list[tuple[str, str, str]]:
    return [(note.where, note.what, note.fix) for note in read(content).notes]
