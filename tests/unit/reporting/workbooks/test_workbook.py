"""Form 6 as a workbook: what is written is read back; what is wrong is named cell by cell, all of it, and never guessed."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rosters.workbook.cells import Unfit, organisation
from services.reporting.rosters.workbook.opening import package
from services.reporting.rosters.workbook.reading import RosterWorkbook, read
from services.reporting.rosters.workbook.rules import Rules, full_years
from shared.contracts.reporting import RosterLine
from shared.errors import Invalid, Problem
from shared.forms.form6.layout import COLUMNS, EDUCATIONS, ID_TYPES, INSTRUCTIONS
from shared.forms.form6.writing import SheetContent, write
from shared.trade.numbers.resident_id import resident_id_check
from tests.unit.reporting.workbooks.apart import Died, read_apart
from tests.unit.reporting.workbooks.old_excel import OldSheet, compound, old_workbook

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


# --- synthetic people ---------------------------------------------------------------------------------------------------


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


# --- workbooks typed by clerks --------------------------------------------------------------------------------------------

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


# --- there and back -----------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back() -> None:
    turner = [a_line(1), a_line(2, theory=95.0, practical=96.5, grade="excellent", remark="补考", email="a@b.cn")]
    welder = [
        a_line(
            3,
            occupation="6-04-02-05",
            occupation_zh="焊工",
            level=1,
            review=80.0,
            theory=81.0,
            practical=99.5,
            grade="good",
        )
    ]
    found = read(write([a_sheet(*turner), a_sheet(*welder, occupation="6-04-02-05", occupation_zh="焊工", level=1)]))
    assert found == RosterWorkbook(
        station_zh="机械行业第十二鉴定站",
        institution="49053012",
        session="2026-003",
        held_on=HELD_ON,
        lines=(*turner, *welder),
        notes=(),
    )


def is_as_read(text: str) -> bool:
    """Whether a text is read as it stands: tests/unit/reporting/workbooks tells what is read otherwise, or refused."""
    try:
        return organisation(text, 100) == text
    except Unfit:
        return False


NAMES = st.sampled_from(
    [
        "张三",
        "欧阳小明",
        "㛃䶮",
        "𫖯",
        "𰻝",
        "买买提·艾力",
        "O'Brien",
        "Ana-María Núñez",
        "Li Xiaolong",
        "-李",
        "=王",
        "@刘",
    ]
)
TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="_"), max_size=40
).filter(lambda text: is_as_read(text))
PEOPLE = st.tuples(
    NAMES,
    st.dates(date(1950, 1, 1), date(2009, 12, 31)),
    st.integers(1, 999),
    st.sampled_from(EDUCATIONS),
    TEXTS,
    st.integers(120, 200),
    st.integers(6000, 10000),
    st.integers(60, 100),
    TEXTS,
    st.sampled_from(["", "a@b.cn", "zhang.san+1@mail.example.com"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=12, unique_by=lambda person: (person[1], person[2])), st.integers(1, 5))
def test_any_valid_lines_survive_the_round_trip(people: list[Any], level: int) -> None:
    rules = Rules()
    rows = []
    for n, (name, birth, serial, education, employer, theory, practical, review, remark, email) in enumerate(people, 1):
        scores = [theory / 2, practical / 100, *([float(review)] if level < 3 else [])]
        rows.append(
            a_line(
                n,
                name=name,
                birth=birth,
                id_number=an_id(birth, serial),
                sex="男" if serial % 2 else "女",
                education=education,
                employer=employer,
                theory=scores[0],
                practical=scores[1],
                review=scores[2] if level < 3 else None,
                grade=rules.grade(scores),
                remark=remark,
                email=email,
                level=level,
            )
        )
    found = read(write([a_sheet(*rows, level=level)]))
    assert found.lines == tuple(rows)
    assert found.notes == ()


def test_equal_content_gives_equal_bytes_and_equal_results() -> None:
    sheets = [a_sheet(a_line(1), a_line(2))]
    first, second = write(sheets), write(sheets)
    assert first == second
    assert read(first) == read(second) == read(first)


def test_the_empty_template_has_its_heading_and_nobody() -> None:
    template = write([a_sheet(), a_sheet(occupation="6-04-02-05", occupation_zh="焊工", level=2)])
    assert the_problems(template) == [("工作簿 · workbook", "名册中没有人员 · the roster lists nobody")]


def test_a_sheet_where_nobody_passed_may_stay_empty() -> None:
    found = read(write([a_sheet(), a_sheet(a_line(1, level=5), level=5)]))
    assert [line.level for line in found.lines] == [5]


def unpacked(content: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(part).decode()


def test_codes_are_text_for_the_whole_column_and_choices_are_offered() -> None:
    content = write([a_sheet(a_line(1))])
    sheet = unpacked(content, "xl/worksheets/sheet1.xml")
    cols = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*style="(\d+)"', sheet)
    styled = {column: int(style) for first, last, style in cols for column in range(int(first), int(last) + 1)}
    text_style = re.findall(r'<xf numFmtId="(\d+)"', unpacked(content, "xl/styles.xml").split("<cellXfs")[1])
    codes = {column for column, style in styled.items() if text_style[style] == "49"}  # the built-in format @
    assert codes == {2, 7, 16, 17}  # ticket, document number, certificate number, blank serial
    assert re.findall(r'<dataValidation type="list"[^>]*sqref="([A-Z])7:', sheet) == ["D", "F", "H", "M"]
    assert '<formula1>"合格,良好,优秀"</formula1>' in sheet
    assert 'state="frozen"' in sheet
    assert "form6_template_version" in unpacked(content, "docProps/custom.xml")
    assert INSTRUCTIONS in unpacked(content, "xl/workbook.xml")


@pytest.mark.parametrize("name", ["=1+1", "+李", "-李", "@王", "=HYPERLINK(A1)"])
def test_no_text_becomes_a_formula(name: str) -> None:
    content = write([a_sheet(a_line(1, employer=name, remark=name))])
    assert "<f>" not in unpacked(content, "xl/worksheets/sheet1.xml")
    assert 'quotePrefix="1"' in unpacked(content, "xl/styles.xml")
    assert read(content).lines[0].employer == name


def test_sheet_names_fit_and_differ() -> None:
    long = "工业自动化仪器仪表与装置修理工" * 2 + "[]:*?/\\"
    content = write(
        [
            a_sheet(a_line(1, occupation_zh=long), occupation_zh=long),
            a_sheet(
                a_line(2, occupation="6-04-01-02", occupation_zh=long), occupation="6-04-01-02", occupation_zh=long
            ),
        ]
    )
    names = re.findall(r'<sheet name="([^"]+)"', unpacked(content, "xl/workbook.xml"))
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 31
    assert len(read(content).lines) == 2


def test_what_no_cell_can_hold_is_refused() -> None:
    with pytest.raises(Invalid):
        write([])
    with pytest.raises(Invalid, match="I7"):
        write([a_sheet(a_line(1, employer="厂" * 40_000))])


def test_another_list_of_education_levels() -> None:
    rules = Rules(educations=("中职", "高职"))
    content = write([a_sheet(a_line(1, education="中职"))], rules.educations)
    assert '"中职,高职"' in unpacked(content, "xl/worksheets/sheet1.xml")
    assert read(content, rules).lines[0].education == "中职"
    assert the_problems(content) == [("车工-四级!H7", "不认识的文化程度 · unknown education")]


# --- tolerant where it is safe, with a note ---------------------------------------------------------------------------------


def test_the_clerks_own_workbook_is_read() -> None:
    found = read(saved(good()))
    assert found.lines == (a_line(1), a_line(2))
    assert found.notes == ()


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


ID1, ID2 = a_line(1).id_number, a_line(2).id_number
X_ID = next(number for n in range(1, 99, 2) if (number := an_id(date(1990, 3, 1), n)).endswith("X"))

NOTED: dict[str, tuple[dict[str, Value], list[tuple[str, str, str]], dict[str, Any]]] = {
    "full-width digits": (
        {"G7": full_width(ID1)},
        [("名册!G7", UNIFIED_CODE, f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "blanks in the ID": (
        {"G7": f" {ID1[:6]}\u3000{ID1[6:14]} {ID1[14:]}\u00a0"},
        [("名册!G7", UNIFIED_CODE, f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "apostrophe in front": (
        {"G7": "'" + ID1},
        [("名册!G7", UNIFIED_CODE, f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "lower-case x": (
        {"G7": X_ID.lower()},
        [("名册!G7", UNIFIED_CODE, f"读作 {X_ID} · read as {X_ID}")],
        {"id_number": X_ID},
    ),
    "15 digits": (
        {"G7": ID1[:6] + ID1[8:17]},
        [("名册!G7", "15 位身份证号升为 18 位 · 15-digit ID extended to 18", f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "15 digits as a number, which is exact": (
        {"G7": float(ID1[:6] + ID1[8:17])},
        [("名册!G7", "15 位身份证号升为 18 位 · 15-digit ID extended to 18", f"读作 {ID1} · read as {ID1}")],
        {},
    ),
    "ticket as a number": (
        {"B7": 20260001.0},
        [("名册!B7", ZEROS, "读作 20260001 · read as 20260001")],
        {"ticket": "20260001"},
    ),
    "year and month only": (
        {"E7": "1990年3月"},
        [("名册!E7", "按身份证号补全日 · the day taken from the resident ID", "读作 1990-03-01 · read as 1990-03-01")],
        {},
    ),
    "year and month as a number": (
        {"E7": 199003.0},
        [("名册!E7", "按身份证号补全日 · the day taken from the resident ID", "读作 1990-03-01 · read as 1990-03-01")],
        {},
    ),
    "blanks in a name": ({"C7": "张\u3000三 "}, [("名册!C7", BLANKS, "读作 张三 · read as 张三")], {}),
    "a name in Latin letters keeps its blank": (
        {"C7": "Li  Ming"},
        [("名册!C7", BLANKS, "读作 Li Ming · read as Li Ming")],
        {"name": "Li Ming"},
    ),
    "line break in the employer": (
        {"I7": "第一\n机床厂"},
        [("名册!I7", BLANKS, "读作 第一 机床厂 · read as 第一 机床厂")],
        {"employer": "第一 机床厂"},
    ),
    "sex as a code": ({"D7": 1.0}, [("名册!D7", UNIFIED, "读作 男 · read as 男")], {}),
    "sex with a blank": ({"D7": "男 "}, [("名册!D7", UNIFIED, "读作 男 · read as 男")], {}),
    "another word for education": (
        {"H7": "本科"},
        [("名册!H7", UNIFIED, "读作 大学本科 · read as 大学本科")],
        {"education": "大学本科"},
    ),
    "another word for the document": ({"F7": "居民身份证"}, [("名册!F7", UNIFIED, "读作 身份证 · read as 身份证")], {}),
    "scores as text": (
        {"J7": "８２", "K7": "76.5分"},
        [
            ("名册!J7", "成绩写法已统一 · spelling of a score unified", "读作 82 · read as 82"),
            ("名册!K7", "成绩写法已统一 · spelling of a score unified", "读作 76.5 · read as 76.5"),
        ],
        {},
    ),
    "an average with traces of binary arithmetic": ({"K7": 76.50000000000001}, [], {}),
    "e-mail in full width": (
        {"R7": full_width("Zhang.San@mail.example.cn")},
        [
            (
                "名册!R7",
                "邮箱写法已统一 · spelling of an address unified",
                "读作 Zhang.San@mail.example.cn · read as Zhang.San@mail.example.cn",
            )
        ],
        {"email": "Zhang.San@mail.example.cn"},
    ),
    "a gap in the running numbers": (
        {"A7": 5.0, "A8": 9.0},
        [
            (
                "名册!A7",
                "序号不连续，由此起重新编号 · running numbers have a gap; renumbered from here",
                "读作 1 · read as 1",
            )
        ],
        {},
    ),
    "signs for nothing": ({"L7": "/", "N7": "—", "O7": "无", "P7": "-", "R7": "--"}, [], {}),
    "the right grade": ({"M7": "合格"}, [], {}),
    "heading in full width": (
        {"G2": full_width("49053012"), "G3": "6—04—01—01"},
        [
            ("名册!G2", UNIFIED, "读作 49053012 · read as 49053012"),
            ("名册!G3", UNIFIED, "读作 6-04-01-01 · read as 6-04-01-01"),
        ],
        {},
    ),
    "institution and level as numbers": ({"G2": 49053012.0, "J3": 4.0}, [], {}),
    "no document type": ({"F7": None}, [], {}),
}


@pytest.mark.parametrize("case", NOTED)
def test_safe_corrections_are_made_and_listed(case: str) -> None:
    changes, notes, line = NOTED[case]
    content = saved(good(changes))
    found = read(content)
    assert [(note.where, note.what, note.fix) for note in found.notes] == notes
    assert found.lines[0] == a_line(1, **line)


@pytest.mark.parametrize(
    "spelling",
    [
        "1990/3/1",
        "1990-3-1",
        "1990.03.01",
        "19900301",
        19900301.0,
        "1990年3月1日",
        "１９９０－０３－０１",
        "1990-03-01 00:00:00",
    ],
)
def test_dates_are_read_in_every_usual_spelling(spelling: Value) -> None:
    content = saved(good({"E7": spelling}))
    assert the_notes(content) == [("名册!E7", UNIFIED_DATE, "读作 1990-03-01 · read as 1990-03-01")]
    assert read(content).lines[0].birth == date(1990, 3, 1)


@pytest.mark.parametrize("spelling", ["1990-03-01", date(1990, 3, 1), datetime(1990, 3, 1)])  # noqa: DTZ001
def test_plain_dates_need_no_note(spelling: Value) -> None:
    assert the_notes(saved(good({"E7": spelling}))) == []


@pytest.mark.parametrize(
    ("spelling", "level"),
    [
        ("五级/初级工", 5),
        ("中级工", 4),
        ("中级", 4),
        ("４", 4),
        ("4级", 4),
        ("国家职业资格三级", 3),
        ("高级工", 3),
        ("高级", 3),
        ("三级（高级工）", 3),
    ],
)
def test_levels_are_read_in_every_usual_spelling(spelling: str, level: int) -> None:
    assert {line.level for line in read(saved(good({"J3": spelling}))).lines} == {level}


@pytest.mark.parametrize(("spelling", "level"), [("技师", 2), ("二级/技师", 2), ("高级技师", 1), ("1", 1)])
def test_technicians_have_a_review(spelling: str, level: int) -> None:
    found = read(saved(good({**SENIOR, "J3": spelling})))
    assert [(line.level, line.review) for line in found.lines] == [(level, 88.0), (level, 90.0)]


def test_the_grade_is_that_of_the_weakest_part() -> None:
    def grade(theory: float, practical: float) -> str:
        return read(saved(good({"J7": theory, "K7": practical}))).lines[0].grade

    assert [grade(95, 95), grade(94.9, 100), grade(80, 100), grade(79.99, 100), grade(60, 60)] == [
        "excellent",
        "good",
        "good",
        "pass",
        "pass",
    ]
    assert read(saved(good({**SENIOR, "J7": 96.0, "K7": 96.0, "L7": 79.0}))).lines[0].grade == "pass"


def test_thresholds_are_parameters() -> None:
    rules = Rules(pass_mark=70, good=75, excellent=76, youngest=40)
    content = saved(good({"J8": 69.5}))
    assert the_problems(content, rules) == [
        ("名册!E7", "鉴定之日未满 40 周岁 · younger than 40 on the day of the exam"),
        ("名册!E8", "鉴定之日未满 40 周岁 · younger than 40 on the day of the exam"),
        ("名册!J8", "未达到 70 分，名册只列合格人员 · below 70: the roster lists passed candidates only"),
    ]
    assert read(saved(good()), Rules(good=75, excellent=76)).lines[0].grade == "excellent"


def test_columns_may_change_places_and_names() -> None:
    order = [
        "证件号 码",
        "身份证号（必填）",
        "实操成绩",
        "*理论成绩",
        "姓 名：",
        "性别",
        "出生日期",
        "准考证",
        "学历",
        "单位",
    ]
    cells: dict[str, Value] = {**HEADING}
    row: list[Value] = [ID1, 76.5, 82.0, "张三", "男", date(1990, 3, 1), a_line(1).ticket, "高中", "第一机床厂"]
    for n, title in enumerate(order[1:]):
        cells[f"{chr(65 + n)}9"] = title
        cells[f"{chr(65 + n)}10"] = row[n]
    assert read(saved(Typed(cells))).lines == (a_line(1),)
    cells["A9"] = order[0]
    assert read(saved(Typed(cells))).lines == (a_line(1),)


def test_labels_may_hold_their_values_behind_a_colon() -> None:
    cells = {address: value for address, value in GOOD.items() if address not in HEADING}
    cells |= {
        "A1": "名册",
        "A2": "鉴定站：机械行业第十二鉴定站",
        "D2": "机构代码: 49053012",
        "G2": "批次：2026-003",
        "A3": "工种：车工",
        "D3": "职业代码：6-04-01-01",
        "F3": "级别：中级工",
        "H3": "鉴定时间：2026年3月1日",
        "J3": "填报人：",
    }
    found = read(saved(Typed(cells)))
    assert found.lines == (a_line(1), a_line(2))
    assert (found.station_zh, found.session, found.held_on) == ("机械行业第十二鉴定站", "2026-003", HELD_ON)


def test_rows_without_anybody_and_the_foot_are_no_candidates() -> None:
    content = saved(
        good(
            {
                "A9": 3.0,
                "A10": 4.0,
                "A12": "本册合计",
                "B12": 2.0,
                "C12": "人",
                "B13": "制表人：王五",
                "G13": "审核人：",
            }
        )
    )
    assert len(read(content).lines) == 2
    assert len(read(saved(good({"A9": "本册合计　　人"}))).lines) == 2


def test_other_documents_than_the_resident_id() -> None:
    found = read(saved(good({"F7": "护照", "G7": "e12345678", "F8": "军官证", "G8": "军字第0012345号"})))
    assert [(line.id_type, line.id_number) for line in found.lines] == [
        ("护照", "E12345678"),
        ("军官证", "军字第0012345号"),
    ]
    assert found.lines[0].id_type in ID_TYPES


@pytest.mark.parametrize("kind", [one for one in ID_TYPES if one != "身份证"])
def test_the_number_of_a_resident_id_under_another_document_is_refused(kind: str) -> None:
    """Under another kind somebody certified already, or of fourteen, would be a stranger of any age."""
    number = "110101199003070011"
    number = number[:17] + resident_id_check(number[:17])
    ((where, what),) = the_problems(saved(good({"F7": kind, "G7": number})))
    assert where.endswith("!G7")
    assert "居民身份证号" in what


def test_a_permanent_resident_has_a_number_of_the_same_make() -> None:
    number = "91112419900307001"
    content = good({"F7": "外国人永久居留身份证", "G7": number + resident_id_check(number)})
    assert len(read(saved(content)).lines) == 2


def test_sheets_that_are_no_rosters() -> None:
    notes = Typed({"A1": "随便写"}, name=INSTRUCTIONS)
    codes = Typed({"A1": "男", "A2": "女"}, name="codes", hidden=True)
    assert len(read(saved(good(), notes, codes, Typed({}, name="Sheet2"))).lines) == 2


def test_a_value_computed_by_excel_counts_as_typed() -> None:
    assert len(read(saved(good(formulas={"D7": "男"}))).lines) == 2


# --- refused: every wrong cell, where and what --------------------------------------------------------------------------------

CELLS: dict[str, tuple[dict[str, Value], list[tuple[str, str]]]] = {
    "ID as a float": ({"G7": 110105194912310020.0}, [("名册!G7", LOST)]),
    "ID as text of 1.1E+17": ({"G7": "1.1E+17"}, [("名册!G7", LOST)]),
    "ID as text of 1.10105E+17 with blanks": ({"G7": " 1.10105e+17 "}, [("名册!G7", LOST)]),
    "ID of 16 digits as a number": ({"G7": 1234567890123456.0}, [("名册!G7", LOST)]),
    "ID as a number with decimals": ({"G7": 12345.5}, [("名册!G7", "号码中有小数 · a number with decimals")]),
    "ID turned into a date": (
        {"G7": date(1990, 3, 1)},
        [("名册!G7", "Excel 把号码变成了其他内容 · Excel turned the number into something else")],
    ),
    "ID turned into true": (
        {"G7": True},
        [("名册!G7", "Excel 把号码变成了其他内容 · Excel turned the number into something else")],
    ),
    "ticket as a float": ({"B7": 264905301200140001.0}, [("名册!B7", LOST)]),
    "ticket as text of 2.6E+17": ({"B7": "2.6E+17"}, [("名册!B7", LOST)]),
    "ticket with other signs": (
        {"B7": "26#01"},
        [("名册!B7", "准考证号只含数字、字母和连字符 · a ticket number has digits, letters and hyphens only")],
    ),
    "passport as a number": (
        {"F7": "护照", "G7": 12345678.0},
        [("名册!G7", "证件" + ZEROS)],
    ),
    "passport too short": (
        {"F7": "护照", "G7": "E1"},
        [("名册!G7", "证件号码应为 5 到 30 位 · a document number has 5 to 30 characters")],
    ),
    "passport with a control character": (
        {"F7": "护照", "G7": "E1234\x01567"},
        [("名册!G7", "含有控制字符 · contains control characters")],
    ),
    "passport without the day of birth": (
        {"F7": "护照", "G7": "E12345678", "E7": "1990-03"},
        [("名册!E7", "出生日期缺少日 · the day of birth is missing")],
    ),
    "check digit": ({"G7": ID1[:17] + "0"}, [("名册!G7", "身份证号校验位不符 · check digit does not match")]),
    "17 characters": (
        {"G7": ID1[:17]},
        [("名册!G7", "身份证号应为 18 位或 15 位，现为 17 位 · a resident ID has 18 or 15 characters, not 17")],
    ),
    "letters in the ID": (
        {"G7": "O" + ID1[1:]},
        [("名册!G7", "身份证号只能是数字，末位可为 X · a resident ID has digits only, and maybe X at the end")],
    ),
    "no such birth date in the ID": (
        {"G7": "99999919900231001" + resident_id_check("99999919900231001")},
        [("名册!G7", "身份证号中的出生日期不存在 · the birth date inside the resident ID does not exist")],
    ),
    "15 digits of a centenarian": (
        {"G7": "999999100101997", "E7": "1910-01-01"},
        [("名册!G7", "15 位身份证号无法确定世纪 · the century of this 15-digit ID is uncertain")],
    ),
    "birth against ID": ({"E7": "1990-03-02"}, [("名册!E7", DIFFERENT_BIRTH)]),
    "month of birth against ID": ({"E7": "1990年4月"}, [("名册!E7", DIFFERENT_BIRTH)]),
    "sex against ID": (
        {"D7": "女"},
        [("名册!D7", "性别与身份证号不一致 · sex differs from the resident ID")],
    ),
    "fifteen years old": (
        {"E7": "2010-03-02", "G7": an_id(date(2010, 3, 2), 1)},
        [("名册!E7", "鉴定之日未满 16 周岁 · younger than 16 on the day of the exam")],
    ),
    "serial number of a date": ({"E7": 32933.0}, [("名册!E7", NOT_A_DATE)]),
    "year and month as 1990.03": ({"E7": 1990.03}, [("名册!E7", NOT_A_DATE)]),
    "two-digit year": ({"E7": "90.3.1"}, [("名册!E7", NOT_A_DATE)]),
    "mixed marks": ({"E7": "1990-03/01"}, [("名册!E7", NOT_A_DATE)]),
    "31 February": ({"E7": "1990-02-31"}, [("名册!E7", "没有这一天 · there is no such day")]),
    "a time of day": (
        {"E7": datetime(1990, 3, 1, 10, 30)},  # noqa: DTZ001
        [("名册!E7", "日期带有时刻 · a date with a time of day")],
    ),
    "only a time of day": ({"E7": time(10, 30)}, [("名册!E7", NOT_A_DATE)]),
    "theory below 60": ({"J7": 59.5}, [("名册!J7", BELOW)]),
    "practical below 60": ({"K7": 59.99}, [("名册!K7", BELOW)]),
    "score above 100": ({"J7": 100.5}, [("名册!J7", "成绩应在 0 到 100 之间 · a score lies between 0 and 100")]),
    "score below 0": ({"J7": -1.0}, [("名册!J7", "成绩应在 0 到 100 之间 · a score lies between 0 and 100")]),
    "score in words": ({"J7": "合格", "K7": "缺考"}, [("名册!J7", NOT_A_SCORE), ("名册!K7", NOT_A_SCORE)]),
    "score true": ({"J7": True}, [("名册!J7", NOT_A_SCORE)]),
    "score as a date": ({"J7": date(1990, 3, 1)}, [("名册!J7", NOT_A_SCORE)]),
    "three decimals": ({"J7": 80.125}, [("名册!J7", "成绩最多 2 位小数 · a score has at most 2 decimals")]),
    "review at level 4": (
        {"L7": 80.0},
        [("名册!L7", "只有技师和高级技师有综合评审 · only levels 2 and 1 have a comprehensive review")],
    ),
    "no review at level 2": (
        {**SENIOR, "L7": None},
        [("名册!L7", "综合评审成绩未填 · the review score is empty")],
    ),
    "review below 60": ({**SENIOR, "L7": 59.0}, [("名册!L7", BELOW)]),
    "wrong grade": (
        {"M7": "优秀"},
        [("名册!M7", "评定成绩与各项成绩不符 · the grade does not follow from the scores")],
    ),
    "unknown grade beside a bad score": (
        {"J7": "x", "M7": "及格"},
        [("名册!J7", NOT_A_SCORE), ("名册!M7", "不认识的评定成绩 · unknown grade")],
    ),
    "the Centre's columns": (
        {"N7": "2649053012400001", "O7": 1234.0, "P8": date(2026, 4, 1)},
        [("名册!N7", BY_CENTRE), ("名册!O7", BY_CENTRE), ("名册!P8", BY_CENTRE)],
    ),
    "unknown sex": ({"D7": "南"}, [("名册!D7", "不认识的性别 · unknown sex")]),
    "unknown education": ({"H7": "大学"}, [("名册!H7", "不认识的文化程度 · unknown education")]),
    "unknown document": ({"F7": "学生证"}, [("名册!F7", "不认识的证件类型 · unknown kind of document")]),
    "digits in a name": ({"C7": "张3"}, [("名册!C7", "不像姓名 · this does not look like a name")]),
    "a name of dots": ({"C7": "···"}, [("名册!C7", "不像姓名 · this does not look like a name")]),
    "control character": ({"C7": "张\x07三"}, [("名册!C7", "含有控制字符 · contains control characters")]),
    "private-use character": (
        {"C7": "张\ue123"},
        [("名册!C7", "含有自造字，无法打印 · contains a private-use character, which cannot be printed")],
    ),
    "a very long employer": ({"I7": "厂" * 101}, [("名册!I7", "超过 100 个字 · longer than 100 characters")]),
    "e-mail": ({"R7": "zhang@"}, [("名册!R7", "不像电子邮箱 · this does not look like an e-mail address")]),
    "empty cells": (
        dict.fromkeys(("B7", "C7", "D7", "E7", "G7", "H7", "J7", "K7")),
        [
            ("名册!B7", "准考证号未填 · the ticket number is empty"),
            ("名册!C7", "姓名未填 · the name is empty"),
            ("名册!D7", "性别未填 · the sex is empty"),
            ("名册!E7", "出生年月未填 · the birth date is empty"),
            ("名册!G7", "证件号码未填 · the document number is empty"),
            ("名册!H7", "文化程度未填 · the education is empty"),
            ("名册!J7", "理论成绩未填 · the theory score is empty"),
            ("名册!K7", "技能成绩未填 · the practical score is empty"),
        ],
    ),
    "same ticket": (
        {"B8": a_line(1).ticket},
        [("名册!B8", "准考证号与 名册!B7 重复 · same ticket number as 名册!B7")],
    ),
    "same person, name spelled twice": (
        {"G8": ID1, "D8": "男"},
        [
            (
                "名册!G8",
                "同一职业同一等级中与 名册!G7 是同一人 · same person as 名册!G7 at the same occupation and level",
            ),
            ("名册!C8", "同一证件号码的姓名与 名册!C7 不同 · another name than 名册!C7 for the same document number"),
        ],
    ),
    "duplicates are found beside other mistakes": (
        {"B8": a_line(1).ticket, "J8": 12.0},
        [("名册!J8", BELOW), ("名册!B8", "准考证号与 名册!B7 重复 · same ticket number as 名册!B7")],
    ),
    "wrong count at the foot": (
        {"A9": "本册合计 3 人"},
        [("名册!A9", "合计 3 人，实有 2 人 · the foot says 3, the sheet lists 2")],
    ),
    "candidate below the foot": (
        {**typed_line(10, 4), "A9": "本册合计 2 人"},
        [("名册!10:10", "合计行之后还有人员 · a candidate below the foot of the table")],
    ),
    "column without a title": (
        {"S7": "何用", "S8": "何用"},
        [("名册!S7", "该列没有标题 · this column has no title")],
    ),
    "institution of a local body": (
        {"G2": "10012003"},
        [("名册!G2", "机构编码前两位应为 49 · an institution code of this industry begins with 49")],
    ),
    "institution too short": (
        {"G2": "4905301"},
        [("名册!G2", "机构编码应为 8 位数字 · an institution code has 8 digits")],
    ),
    "occupation code": ({"G3": "6-4-1-1"}, [("名册!G3", "职业编码不成立 · this is not an occupation code")]),
    "occupation name of control characters": (
        {"B3": "车\x07工"},
        [("名册!B3", "含有控制字符 · contains control characters")],
    ),
    "level": ({"J3": "六级"}, [("名册!J3", "等级不成立 · this is not a level")]),
    "session turned into a date": (
        {"J2": date(2026, 3, 1)},
        [("名册!J2", "Excel 把号码变成了其他内容 · Excel turned the number into something else")],
    ),
    "session of odd signs": (
        {"J2": "三?"},
        [("名册!J2", "鉴定批次只含数字、字母和连字符 · a session number has digits, letters and hyphens only")],
    ),
    "day of the exam": ({"B4": "3月1日"}, [("名册!B4", NOT_A_DATE)]),
    "only the month of the exam": (
        {"B4": "2026年3月"},
        [("名册!B4", "鉴定日期缺少日 · the day of the exam is missing")],
    ),
    "empty heading values": (
        {"B2": None, "J3": None, "B4": None},
        [
            ("名册!B2", "“鉴定站”未填 · the station is empty"),
            ("名册!J3", "“等级”未填 · the level is empty"),
            ("名册!B4", "“鉴定日期”未填 · the day of the exam is empty"),
        ],
    ),
    "missing labels": (
        {"F2": None, "G2": None, "A4": "鉴定曰期"},
        [
            ("名册", "表头缺少“机构编码” · the heading lacks 机构编码 (institution code)"),
            ("名册!A4", "表头缺少“鉴定日期” · the heading lacks 鉴定日期 (day of the exam)"),
        ],
    ),
    "misnamed column": ({"G6": "身份证号玛"}, [("名册!G6", "不认识的列“身份证号玛” · unknown column 身份证号玛")]),
    "unknown column": (
        {"S6": "婚姻状况", "S7": "未婚"},
        [("名册!S6", "不认识的列“婚姻状况” · unknown column 婚姻状况")],
    ),
    "missing column": (
        {"H6": None, "H7": None, "H8": None},
        [("名册!6:6", "缺少“文化程度”列 · the column 文化程度 (education) is missing")],
    ),
    "no review column at level 2": (
        {**SENIOR, "L6": None, "L7": None, "L8": None},
        [("名册!6:6", "缺少“综合评审成绩”列 · the column 综合评审成绩 (review score) is missing")],
    ),
    "two columns of one meaning": (
        {"S6": "身份证号", "S7": ID2},
        [("名册!S6", "“身份证号”列重复，与 G 列相同 · this column says the same as column G")],
    ),
    "no table": (
        {f"{chr(65 + n)}6": None for n in range(18)},
        [("名册", "没有找到名册的表头行 · the row of column titles was not found")],
    ),
    "several at once": (
        {"C7": "", "G7": "1.1E+17", "J8": 30.0, "H8": "?"},
        [
            ("名册!C7", "姓名未填 · the name is empty"),
            ("名册!G7", LOST),
            ("名册!H8", "不认识的文化程度 · unknown education"),
            ("名册!J8", BELOW),
        ],
    ),
}


@pytest.mark.parametrize("case", CELLS)
def test_every_wrong_cell_is_named(case: str) -> None:
    changes, problems = CELLS[case]
    with pytest.raises(Invalid) as caught:
        read(saved(good(changes)))
    assert [(problem.where, problem.what) for problem in caught.value.problems] == problems
    for problem in caught.value.problems:
        assert re.search(r"[\u4e00-\u9fff].* · .*[a-z]", problem.what), "Chinese first, then English"
        assert not re.search(r"\d{11}", problem.what + problem.fix), "no identity number in a message"


def test_the_sentence_counts_and_fixes_are_proposed() -> None:
    with pytest.raises(Invalid) as caught:
        read(saved(good({"J7": 12.0, "K8": 13.0})))
    assert str(caught.value) == "名册有 2 处问题，未导入任何内容 · the roster has 2 problem(s); nothing was taken over"
    assert the_fix(saved(good({"G6": "身份证号玛"}))) == "是否应为“证件号码”？ · did you mean 证件号码?"
    assert the_fix(saved(good({"H7": "大学"}))) == "是否应为“大学本科”？ · did you mean 大学本科?"
    assert the_fix(saved(good({"M7": "优秀"}))) == "应为“合格” · it should be 合格"
    assert the_fix(saved(good({"A4": "鉴定曰期"}))) == "是否应为“鉴定日期”？ · did you mean 鉴定日期?"
    assert the_fix(saved(good({"G7": "1.1E+17"}))) == (
        "将整列设为文本格式后重新录入 · format the whole column as text, then type it again"
    )


# --- shape of the sheet, several sheets ----------------------------------------------------------------------------------


SHAPES: dict[str, tuple[Callable[[], list[Typed]], list[tuple[str, str]]]] = {
    "hidden row": (
        lambda: [good(hidden_rows=(8,))],
        [("名册!8:8", "该行被隐藏或筛选 · the row is hidden or filtered out")],
    ),
    "hidden column": (
        lambda: [good(hidden_columns=("H",))],
        [("名册!H:H", "该列被隐藏 · the column is hidden")],
    ),
    "hidden sheet": (
        lambda: [good(), good(name="旧", hidden=True)],
        [("旧", "工作表被隐藏 · the sheet is hidden")],
    ),
    "merged cells": (
        lambda: [good({"I8": None}, merged=("I7:I8",))],
        [("名册!I7:I8", "表格中有合并单元格 · merged cells inside the table")],
    ),
    "formula with an error": (
        lambda: [good({"J7": None}, formulas={"J7": "#N/A"})],
        [("名册!J7", "公式出错 · a formula with an error")],
    ),
    "formula with an error in an optional cell": (
        lambda: [good(formulas={"Q8": "#REF!"})],
        [("名册!Q8", "公式出错 · a formula with an error")],
    ),
    "a sheet of something else": (
        lambda: [good(), Typed({"A1": "张三", "B1": "李四"}, name="Sheet2")],
        [("Sheet2", "没有找到名册的表头行 · the row of column titles was not found")],
    ),
    "same occupation and level twice": (
        lambda: [good(), Typed({**HEADING, **TITLES, **typed_line(7, 3)}, name="名册2")],
        [("名册2", "职业和等级与工作表 名册 相同 · same occupation and level as sheet 名册")],
    ),
    "two sessions": (
        lambda: [good(), Typed({**HEADING, **TITLES, **typed_line(7, 3), "J3": "5", "J2": "2026-004"}, name="名册2")],
        [("名册2!J2", "“鉴定批次”与工作表 名册 不同 · 鉴定批次 differs from sheet 名册")],
    ),
    "two stations and two days": (
        lambda: [
            good(),
            Typed(
                {**HEADING, **TITLES, **typed_line(7, 3), "J3": "5", "G2": "49053013", "B4": date(2026, 3, 2)},
                name="名册2",
            ),
        ],
        [
            ("名册2!G2", "“机构编码”与工作表 名册 不同 · 机构编码 differs from sheet 名册"),
            ("名册2!B4", "“鉴定日期”与工作表 名册 不同 · 鉴定日期 differs from sheet 名册"),
        ],
    ),
    "same ticket on two sheets": (
        lambda: [
            good(),
            Typed({**HEADING, **TITLES, **typed_line(7, 3), "J3": "5", "B7": a_line(1).ticket}, name="名册2"),
        ],
        [("名册2!B7", "准考证号与 名册!B7 重复 · same ticket number as 名册!B7")],
    ),
    "nothing but empty sheets": (
        lambda: [Typed({})],
        [("工作簿 · workbook", "没有合格人员名册 · there is no roster in this workbook")],
    ),
}


@pytest.mark.parametrize("case", SHAPES)
def test_the_shape_of_the_sheets(case: str) -> None:
    sheets, problems = SHAPES[case]
    assert the_problems(saved(*sheets())) == problems


def test_the_same_person_may_pass_at_two_levels() -> None:
    second = Typed({**HEADING, **TITLES, **typed_line(7, 1), "J3": "五级", "B7": "X-9"}, name="名册2")
    found = read(saved(good(), second))
    assert [(line.n, line.level) for line in found.lines] == [(1, 4), (2, 4), (3, 5)]


HIDDEN_ROW = ("名册!8:8", "该行被隐藏或筛选 · the row is hidden or filtered out")
HIDDEN_COLUMN = ("名册!I:I", "该列被隐藏 · the column is hidden")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="8"', b'<row hidden="1" r="8"'),
        (b'<row r="8"', b"<row r = '8' hidden\n=\n'true'"),
        (b'<row r="8"', b'<row r="8" hidden="&#49;"'),
        (b'<row r="8"', b'<row hidden="1"'),  # it follows row 7
    ],
)
def test_however_a_hidden_row_is_written(old: bytes, new: bytes) -> None:
    sheet = parts_of(saved(good()))["xl/worksheets/sheet1.xml"]
    assert old in sheet
    assert HIDDEN_ROW in the_problems(with_part("xl/worksheets/sheet1.xml", sheet.replace(old, new)))


@pytest.mark.parametrize(
    "columns",
    [
        b'<col min="9" max="9" hidden="1"/>',
        b'<col hidden="true" max="9999999" min="9"/><col min="9" max="9" hidden="1"/>',
        b'<x:col xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" hidden="1" max="9" min="9"/>',
    ],
)
def test_however_a_hidden_column_is_written(columns: bytes) -> None:
    sheet = parts_of(saved(good()))["xl/worksheets/sheet1.xml"]
    changed = re.sub(rb"<cols>.*?</cols>|(?=<sheetData>)", b"", sheet)
    changed = changed.replace(b"<sheetData>", b"<cols>" + columns + b"</cols><sheetData>", 1)
    assert HIDDEN_COLUMN in the_problems(with_part("xl/worksheets/sheet1.xml", changed))


def test_a_part_may_be_named_in_another_case_and_with_other_slashes() -> None:
    sheet = parts_of(saved(good()))["xl/worksheets/sheet1.xml"].replace(b'<row r="8"', b'<row hidden="1" r="8"')
    parts = {**parts_of(saved(good())), "xl/worksheets/sheet1.xml": sheet}
    renamed = {name.replace("worksheets/sheet1.xml", "Worksheets/SHEET1.xml"): part for name, part in parts.items()}
    assert HIDDEN_ROW in the_problems(zipped(renamed))


def test_hidden_empty_rows_and_columns_do_no_harm() -> None:
    assert len(read(saved(good(hidden_rows=(5, 9), hidden_columns=("Q", "Z")))).lines) == 2


def test_more_rows_than_a_roster_may_have() -> None:
    assert the_problems(saved(good()), Rules(most_rows=1)) == [
        ("工作簿 · workbook", "名册超过 1 行 · the roster has more than 1 rows")
    ]


# --- files that are no good workbooks ---------------------------------------------------------------------------------------


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_part(name: str, part: bytes) -> bytes:
    return zipped({**parts_of(saved(good())), name: part})


def entities() -> bytes:
    return with_part(
        "xl/workbook.xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY d "&b;&b;&b;">]><workbook>&d;</workbook>',
    )


DAMAGED = (
    "文件无法读取：不是完好的 Excel 工作簿(.xlsx 或 .xls) · "
    "the file cannot be read: not an intact Excel workbook (.xlsx, .xls)"
)
ENCRYPTED = "文件已加密，请取消密码后再上传"
NO_WORKBOOK = "这不是 Excel 工作簿 · this is not an Excel workbook"
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "文件是空的 · the file is empty"),
    "csv": (lambda: "姓名,性别\n张三,男\n".encode("gb18030"), "网页或文本"),
    "a web page called .xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "网页或文本"),
    "half a workbook": (lambda: saved(good())[:3000], DAMAGED),
    "a zip of something else": (lambda: zipped({"a.txt": b"a"}), NO_WORKBOOK),
    "a text document": (lambda: zipped({"word/document.xml": b"<a/>"}), NO_WORKBOOK),
    "binary workbook": (lambda: zipped({"xl/workbook.bin": b""}), "另存为 .xlsx"),
    "OpenDocument": (lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "另存为 .xlsx"),
    "no list of sheets": (lambda: with_part("xl/workbook.xml", b"<workbook"), DAMAGED),
    "sheet cut off": (lambda: with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r="), DAMAGED),
    "entities": (entities, DAMAGED),
    "unknown encoding": (
        lambda: with_part("xl/workbook.xml", b'<?xml version="1.0" encoding="UMF-8"?><workbook/>'),
        DAMAGED,
    ),
    "too many columns": (lambda: saved(good({"DB7": "x"})), "工作簿过大"),
    "encrypted .xlsx": (lambda: compound("EncryptedPackage", b"x"), ENCRYPTED),
    "encrypted .xls": (lambda: old_workbook(OldSheet("a", {(0, 0): "a"}), encrypted=True), ENCRYPTED),
    "another compound file": (lambda: compound("WordDocument", b"x"), NO_WORKBOOK),
    "compound file cut off": (lambda: old_workbook(OldSheet("a", {(0, 0): "a"}))[:700], DAMAGED),
    "compound header only": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), DAMAGED),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read_says_so(case: str) -> None:
    make, sentence = FILES[case]
    with pytest.raises(Invalid) as caught:
        read_apart(make())
    assert sentence in str(caught.value)
    assert caught.value.problems == (Problem("工作簿 · workbook", str(caught.value)),)


def test_a_zip_bomb_is_measured_before_it_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert package.LARGEST_UNPACKED == 64 * 1024 * 1024
    monkeypatch.setattr(package, "LARGEST_UNPACKED", 1024 * 1024)
    bomb = with_part("xl/media/image1.png", bytes(1024 * 1024))
    assert len(bomb) < 20_000
    assert the_problems(bomb) == [
        (
            "工作簿 · workbook",
            "文件展开后过大，疑为压缩炸弹，已拒收 · the file unpacks to more than any roster needs and was refused",
        )
    ]


def test_a_zip_that_lies_about_sizes_is_not_believed() -> None:
    content = bytearray(saved(good()))
    name = b"xl/worksheets/sheet1.xml"
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")  # uncompressed size in the central directory
    assert the_problems(bytes(content)) == [("工作簿 · workbook", DAMAGED)]


def test_what_comes_out_counts_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LARGEST_UNPACKED", 1024 * 1024)
    monkeypatch.setattr(package, "_pieces", lambda *_: iter([b" " * 1024 * 1024, b" "]))
    contents = package.Contents({"xl/styles.xml": "xl/styles.xml"}, [], [], [], False)
    monkeypatch.setattr(package, "_contents", lambda *_: contents)
    assert the_problems(saved(good())) == [("工作簿 · workbook", package.TOO_MUCH)]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_no_part_declares_a_document_type(name: str) -> None:
    start, end, rest = parts_of(saved(good()))[name].partition(b"?>")
    declared = start + end + b'<!DOCTYPE any [<!ENTITY a "b">]>' + rest
    assert the_problems(with_part(name, declared)) == [("工作簿 · workbook", DAMAGED)]


def test_parts_are_packed_as_excel_packs_them() -> None:
    assert read(zipped(parts_of(saved(good())), zipfile.ZIP_STORED)).lines
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert the_problems(zipped(parts_of(saved(good())), method)) == [("工作簿 · workbook", DAMAGED)]


def test_a_part_named_twice_is_not_believed() -> None:
    parts = parts_of(saved(good()))
    twice = zipped({**parts, "xl/worksheets/Sheet1.xml": parts["xl/worksheets/sheet1.xml"]})
    assert the_problems(twice) == [("工作簿 · workbook", DAMAGED)]


def test_a_sheet_inside_the_limits_may_be_wide_only_in_formats() -> None:
    """Excel and WPS leave styled empty cells at the far end of formatted rows."""
    sheet = parts_of(saved(good()))["xl/worksheets/sheet1.xml"]
    styled = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')
    assert len(read(with_part("xl/worksheets/sheet1.xml", styled)).lines) == 2


def test_damaged_bytes_end_in_invalid_or_in_the_same_lines() -> None:
    """The native parser panics, or aborts its process, over some of these: nobody else may notice."""
    chance = random.Random(20040228)
    originals = [saved(good()), old_workbook(OldSheet("名册", old_cells(GOOD)))]
    for n in range(24):
        content = bytearray(originals[n % 2])
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            found = read_apart(bytes(content))
        except Invalid as error:
            assert error.problems
        except Died:
            continue
        else:
            assert found.lines


# --- .xls -------------------------------------------------------------------------------------------------------------------


def old_cells(cells: Mapping[str, Value]) -> dict[tuple[int, int], str | float | bytes]:
    placed: dict[tuple[int, int], str | float | bytes] = {}
    for address, value in cells.items():
        if isinstance(value, date):
            value = value.isoformat()
        if value is not None:
            placed[int(address[1:]) - 1, ord(address[0]) - 65] = value
    return placed


def test_an_old_workbook_is_read() -> None:
    content = old_workbook(OldSheet("名册", old_cells(GOOD), merged=((0, 0, 0, 17),)), OldSheet("Sheet2", {}))
    assert read(content).lines == (a_line(1), a_line(2))


def test_whole_numbers_of_an_old_workbook_are_numbers() -> None:
    """As Excel stores them when a template is saved under the old format."""
    cells = old_cells(GOOD) | {(6, 0): 1, (7, 0): 2, (6, 9): 82}
    assert read(old_workbook(OldSheet("名册", cells))).lines == (a_line(1), a_line(2))


def test_an_old_workbook_of_many_sectors() -> None:
    cells = {**HEADING, **TITLES}
    for n in range(1, 400):
        cells |= typed_line(6 + n, n)
    assert len(read(old_workbook(OldSheet("名册", old_cells(cells)))).lines) == 399


def test_old_workbooks_hide_nothing_either() -> None:
    cells = {**old_cells(GOOD), (7, 16): b"\x2a"}
    content = old_workbook(
        OldSheet("Sheet1", {}),
        OldSheet("名册", cells, hidden_rows=(6,), hidden_columns=(7,), merged=((6, 7, 8, 8),)),
        OldSheet("旧", old_cells(GOOD), hidden=True),
    )
    assert the_problems(content) == [
        ("名册!7:7", "该行被隐藏或筛选 · the row is hidden or filtered out"),
        ("名册!Q8", "公式出错 · a formula with an error"),
        ("名册!I7:I8", "表格中有合并单元格 · merged cells inside the table"),
        ("名册!H:H", "该列被隐藏 · the column is hidden"),
        ("旧", "工作表被隐藏 · the sheet is hidden"),
    ]


# --- small rules ------------------------------------------------------------------------------------------------------------


def test_full_years() -> None:
    assert full_years(date(2010, 3, 1), date(2026, 3, 1)) == 16
    assert full_years(date(2010, 3, 2), date(2026, 3, 1)) == 15
    assert full_years(date(2008, 2, 29), date(2025, 2, 28)) == 16
    assert full_years(date(2008, 2, 29), date(2025, 3, 1)) == 17


def test_sixteen_on_the_very_day_is_old_enough() -> None:
    birth = HELD_ON - timedelta(days=16 * 365 + 4)
    assert birth == date(2010, 3, 1)
    assert len(read(saved(good({"E7": birth, "G7": an_id(birth, 1)}))).lines) == 2


def test_the_choices_of_the_form_fit_into_excel() -> None:
    for column in COLUMNS:
        assert len(",".join(column.choices)) <= 255
