"""Form 6 as a workbook: what is written is read back; what is wrong is named cell by cell, all of it, and never guessed."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rosters.workbook.cells import Unfit, organisation
from services.reporting.rosters.workbook.opening import package
from services.reporting.rosters.workbook.reading import RosterWorkbook, read
from services.reporting.rosters.workbook.rules import Rules, full_years
from shared.errors import Invalid, Problem
from shared.forms.form6.layout import COLUMNS, EDUCATIONS, ID_TYPES, INSTRUCTIONS
from shared.forms.form6.writing import write
from shared.trade.numbers.resident_id import resident_id_check
from tests.unit.reporting.workbooks.apart import Died, read_apart
from tests.unit.reporting.workbooks.filled_in import (
    GOOD,
    HEADING,
    HELD_ON,
    SENIOR,
    TITLES,
    UNIFIED_DATE,
    Typed,
    Value,
    a_line,
    a_sheet,
    an_id,
    good,
    saved,
    the_fix,
    the_notes,
    the_problems,
    typed_line,
    unpacked,
)
from tests.unit.reporting.workbooks.mistakes import CELLS, ID1, NOTED, SHAPES
from tests.unit.reporting.workbooks.old_excel import OldSheet, compound, old_workbook

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
    "文件无法读取：不是完好的 Excel 工作簿（.xlsx 或 .xls） · "
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
