"""The workbook back with marks: every wrong cell is coloured and says why, nothing else changes, and the marks do no harm when
it is sent again."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from services.reporting.rosters.workbook import examining, findings
from services.reporting.rosters.workbook.marked import marking, rebuilding
from services.reporting.rosters.workbook.marked.marking import from_answer
from services.reporting.rosters.workbook.marked.rebuilding import COLOURS, WORDS
from services.reporting.rosters.workbook.reading import NotTakenOver, read
from shared.errors import Invalid
from shared.forms.form6.layout import MARKS
from tests.unit.reporting.workbooks.filled_in import (
    GOOD,
    HEADING,
    TITLES,
    Typed,
    a_line,
    good,
    saved,
    typed_line,
)
from tests.unit.reporting.workbooks.mistakes import CELLS, NOTED, SHAPES
from tests.unit.reporting.workbooks.old_excel import OldSheet, old_workbook
from tests.unit.reporting.workbooks.test_examining import ASKED

UNSEEN = re.compile("隐藏|筛选")
"""What is shown again is no longer wrong."""


def marked(content: bytes) -> bytes:
    return from_answer(marking.mark(ASKED.model_dump_json().encode(), content)).content


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def colour(sheet: Worksheet, place: str) -> str:
    return "#" + str(sheet[place].fill.fgColor.rgb)[2:]


def problems_of(content: bytes) -> list[tuple[str, str]]:
    try:
        read(content)
    except Invalid as error:
        return [(problem.where, problem.what) for problem in error.problems]
    return []


def listed(content: bytes) -> list[tuple[str, ...]]:
    """The rows of the list: kind, place, what was typed, what it is, what to do."""
    rows = [tuple(str(cell or "") for cell in row) for row in opened(content)[MARKS].iter_rows(values_only=True)]
    (start,) = (n for n, row in enumerate(rows) if row[0].startswith("种类"))
    return rows[start + 1 :]


# --- what is marked -------------------------------------------------------------------------------------------------------


def test_a_wrong_cell_is_coloured_and_says_why_chinese_first() -> None:
    sheet = opened(marked(saved(good({"C7": "张?"}))))["名册"]
    assert colour(sheet, "C7") == COLOURS["wrong"]
    said = sheet["C7"].comment.text.split("\n")
    assert said[0].startswith("【有误】有字丢失")
    assert said[1] == "按身份证件填写"
    assert said[2].startswith("a character was lost")
    assert colour(sheet, "C8") not in COLOURS.values()
    assert sheet["C8"].comment is None
    assert sheet["C7"].value == "张?"


def test_corrections_have_colours_of_their_own_by_their_weight() -> None:
    fifteen = a_line(1).id_number[:6] + a_line(1).id_number[8:17]
    sheet = opened(marked(saved(good({"D7": "男性", "G7": fifteen}))))["名册"]
    assert colour(sheet, "D7") == COLOURS["spelling"]
    assert colour(sheet, "G7") == COLOURS["confirm"]
    assert "读作" in sheet["G7"].comment.text
    assert sheet["G7"].value == fifteen


def test_corrections_are_marked_beside_what_is_wrong() -> None:
    sheet = opened(marked(saved(good({"C7": "张?", "D8": "女性"}))))["名册"]
    assert (colour(sheet, "C7"), colour(sheet, "D8")) == (COLOURS["wrong"], COLOURS["spelling"])


def test_all_of_it_is_listed_first_with_links() -> None:
    content = marked(saved(good({"C7": "张?", "D8": "女性"})))
    book = opened(content)
    assert book.sheetnames == [MARKS, "名册"]
    wrong, right = listed(content)
    assert wrong[:3] == (WORDS["wrong"].replace(" · ", "\n"), "名册!C7", "张?")
    assert right[1:3] == ("名册!D8", "女性")
    links = {cell.hyperlink.location for row in book[MARKS].iter_rows() for cell in row if cell.hyperlink}
    assert links == {"'名册'!C7", "'名册'!D8"}


def test_a_good_workbook_says_so() -> None:
    content = marked(saved(good()))
    assert opened(content)[MARKS]["A2"].value == "没有发现问题 · nothing is wrong"
    assert listed(content) == []


def test_another_session_is_marked_where_it_stands() -> None:
    question = ASKED.model_copy(update={"body": "49053013", "session": "2026-004", "items": ()})
    answer = marking.mark(question.model_dump_json().encode(), saved(good()))
    sheet = opened(from_answer(answer).content)["名册"]
    for place in ("G2", "J2", "G3"):
        assert colour(sheet, place) == COLOURS["wrong"], place
        assert sheet[place].comment is not None, place


def test_what_names_a_row_a_column_or_a_sheet_stands_at_its_beginning() -> None:
    cells = {place: value for place, value in GOOD.items() if not place.startswith("H")}
    hidden = good(hidden_rows=(8,), hidden_columns=("I",))
    book = opened(marked(saved(hidden, Typed(cells, name="缺列"), Typed({"A1": "x"}, name="别的"))))
    assert colour(book["名册"], "A8") == COLOURS["wrong"]
    assert colour(book["名册"], "I6") == COLOURS["wrong"]
    assert "文化程度" in book["缺列"]["A6"].comment.text
    assert "表头行" in book["别的"]["A1"].comment.text
    assert not book["名册"].row_dimensions[8].hidden
    assert not book["名册"].column_dimensions["I"].hidden


def test_a_workbook_as_a_whole_is_told_on_the_list() -> None:
    rows = listed(marked(saved(Typed({**HEADING, **TITLES}))))
    assert [row[1] for row in rows] == ["工作簿 · workbook"]


# --- sent back --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CELLS)
def test_sent_back_as_it_is_the_same_cells_are_wrong(case: str) -> None:
    content = saved(good(CELLS[case][0]))
    assert problems_of(marked(content)) == problems_of(content)
    assert marked(marked(content)) == marked(content)


@pytest.mark.parametrize("case", SHAPES)
def test_sent_back_as_it_is_the_same_shapes_are_wrong(case: str) -> None:
    content = saved(*SHAPES[case][0]())
    before = problems_of(content)
    after = problems_of(marked(content))
    told = {where for where, what in before if not UNSEEN.search(what)}
    assert told <= {where for where, _ in after}


@pytest.mark.parametrize("case", NOTED)
def test_sent_back_as_it_is_the_same_is_corrected(case: str) -> None:
    content = saved(good(NOTED[case][0]))
    first, again = read(content), read(marked(content))
    assert again.lines == first.lines
    assert again.notes == first.notes


def test_a_hidden_list_of_choices_stays_hidden_and_does_no_harm() -> None:
    content = saved(good(), Typed({"A1": "高中"}, name="码表", hidden=True))
    assert read(marked(content)).lines == read(content).lines
    assert read(marked(content)).notes == read(content).notes


def test_once_mended_it_is_taken() -> None:
    book = opened(marked(saved(good({"C7": "张?", "G8": 1.1e17}))))
    book["名册"]["C7"], book["名册"]["G8"] = "张三", a_line(2).id_number
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue()).lines == (a_line(1), a_line(2))


def test_codes_are_text_also_where_a_figure_stood_so_that_the_next_one_stays_whole() -> None:
    sheet = opened(marked(saved(good({"G8": 1.1e17, "B7": ""}))))["名册"]
    assert sheet["G8"].number_format == sheet["B7"].number_format == "@"
    assert sheet.column_dimensions["G"].number_format == "@"
    assert {str(one.sqref)[:2] for one in sheet.data_validations.dataValidation} == {"D7", "F7", "H7", "M7"}


VALUES = [
    "2026/3/1 00:00:00",
    "\u3000张 三\u00a0",
    "a\nb\tc",
    "x\x01y",
    "_x0041_",
    "\ufffe",
    "=1+1",
    "''",
    " ",
    0.1 + 0.2,
    1e300,
    -5.0,
    1.1010119900307e17,
    True,
    date(1900, 1, 1),
    date(9999, 12, 31),
    datetime(1990, 3, 1, 13, 5, 7),  # noqa: DTZ001
    time(9, 30),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_cells_are_the_same_cells_when_they_are_read_again(value: object) -> None:
    content = saved(good({"I7": value}))  # type: ignore[dict-item]
    assert problems_of(marked(content)) == problems_of(content)
    if not problems_of(content):
        assert read(marked(content)) == read(content)


def test_what_excel_could_not_compute_stays_wrong() -> None:
    for column in "BCEGHIJKQ":
        content = saved(good({f"{column}7": None}, formulas={f"{column}7": "#REF!"}))
        assert [where for where, _ in problems_of(content)] == [f"名册!{column}7"]
        assert f"名册!{column}7" in [where for where, _ in problems_of(marked(content))]


# --- the list does no harm ------------------------------------------------------------------------------------------------


def test_a_list_from_before_is_no_roster_and_is_made_anew() -> None:
    content = saved(good({"C7": "张?"}))
    again = marked(marked(content))
    assert opened(again).sheetnames == [MARKS, "名册"]
    assert len(listed(again)) == 1


def test_a_roster_of_that_name_is_not_overlooked() -> None:
    content = saved(good({"C7": "张?"}, name=MARKS))
    assert problems_of(content)[0][0] == f"{MARKS}!C7"
    back = marked(content)
    assert opened(back).sheetnames == [MARKS, f"{MARKS}(2)"]
    assert [where for where, _ in problems_of(back)] == [f"{MARKS}(2)!C7"]


# --- what comes from outside stays outside ------------------------------------------------------------------------------------


def test_nothing_but_cells_comes_back() -> None:
    content = saved(good({"I7": "=cmd|' /C calc'!A0", "Q7": "https://example.cn"}, formulas={"K8": "76"}))
    with zipfile.ZipFile(io.BytesIO(marked(content))) as package:
        names = package.namelist()
        assert not any("external" in name or "vbaProject" in name for name in names)
        sheet = package.read("xl/worksheets/sheet2.xml")
        assert b"<f>" not in sheet
        assert b"http" not in sheet.partition(b"<sheetData>")[2]
        assert b'quotePrefix="1"' in package.read("xl/styles.xml")


def test_an_old_workbook_comes_back_as_xlsx() -> None:
    cells = {
        (int(place[1:]) - 1, ord(place[0]) - 65): value if isinstance(value, str | float) else value.isoformat()
        for place, value in GOOD.items()
        if value is not None and not isinstance(value, bool)
    }
    cells[6, 2] = "张?"
    back = marked(old_workbook(OldSheet("名册", cells, merged=((0, 0, 0, 17),))))
    assert back.startswith(b"PK")
    assert [where for where, _ in problems_of(back)] == ["名册!C7"]
    assert colour(opened(back)["名册"], "C7") == COLOURS["wrong"]


def test_merged_cells_of_the_heading_and_of_the_table_stay() -> None:
    content = saved(good(merged=("A1:R1", "C7:C8")))
    back = marked(content)
    assert {str(one) for one in opened(back)["名册"].merged_cells.ranges} == {"A1:R1", "C7:C8"}
    assert problems_of(back) == problems_of(content) != []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_cannot_be_read_cannot_be_marked(content: bytes) -> None:
    with pytest.raises(NotTakenOver) as caught:
        marked(content)
    assert [problem.where for problem in caught.value.problems] == ["工作簿 · workbook"]


def test_names_of_sheets_that_no_program_allows() -> None:
    taken = {MARKS}
    names = [rebuilding.free_name(name, taken) for name in ("a/b", "A_b", "'", "x" * 40, "X" * 31, MARKS, "\x01")]
    assert len({name.casefold() for name in names} | {MARKS}) == 8
    assert max(map(len, names)) <= 31


# --- how much ---------------------------------------------------------------------------------------------------------------


def test_no_more_cells_have_comments_than_a_program_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "MOST_COMMENTS", 3)
    changes = {f"C{row}": "张?" for row in (7, 8)} | {f"J{row}": 3.0 for row in (7, 8)} | {"D7": "x"}
    content = marked(saved(good(changes)))
    sheet = opened(content)["名册"]
    assert sum(cell.comment is not None for row in sheet.iter_rows() for cell in row) == 3
    assert len(listed(content)) == 5
    assert all(colour(sheet, place) == COLOURS["wrong"] for place in changes)


def test_what_is_not_listed_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST_LISTED", 1)
    rows = listed(marked(saved(good({"C7": "张?", "C8": "李?"}))))
    assert [row[1] for row in rows] == ["名册!C7", "工作簿 · workbook"]
    assert rows[1][3].startswith("另有 1 处未列出")


def test_foreign_numbers_come_along() -> None:
    answer = marking.mark(ASKED.model_dump_json().encode(), saved(good({"N7": "1200053012400001"})))
    assert from_answer(answer).foreign == ("1200053012400001",)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"{}\n",
        b"{}\n<html>",
        b'{"other":1}\nPK\x03\x04',
        b'{"foreign":[1]}\nPK\x03\x04',
        b"x" * (examining.LONGEST_FOUND + 1),
    ],
)
def test_an_answer_that_is_none(answer: bytes) -> None:
    with pytest.raises(ValueError):
        from_answer(answer)


def test_the_same_workbook_is_marked_in_the_same_bytes() -> None:
    content = saved(
        good({"C7": "张?"}), Typed({**HEADING, **TITLES, **typed_line(7, 1), "J3": "五级", "B7": "X-9"}, name="二")
    )
    assert marked(content) == marked(content)
