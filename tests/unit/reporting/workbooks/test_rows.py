"""Rows that are no candidates are told from those that are, wherever they stand; and nothing is dropped in silence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rosters.workbook.examining import examine
from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.reading import NotTakenOver, read
from shared.errors import Invalid
from shared.forms.columns import column_letters
from shared.forms.form6 import feet
from shared.forms.form6.layout import COLUMNS
from tests.unit.reporting.workbooks.answers import heard
from tests.unit.reporting.workbooks.filled_in import GOOD, HEADING, TITLES, Typed, Value, good, saved, typed_line
from tests.unit.reporting.workbooks.test_examining import ASKED


def titles_at(row: int) -> dict[str, Value]:
    return {f"{chr(65 + n)}{row}": column.title for n, column in enumerate(COLUMNS)}


def heading_at(row: int) -> dict[str, Value]:
    return {f"{address[0]}{int(address[1:]) + row}": value for address, value in HEADING.items()}


def problems_of(changes: dict[str, Value]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        read(saved(good(changes)))
    assert all(problem.fix for problem in caught.value.problems)
    return [problem.where for problem in caught.value.problems]


# --- feet -----------------------------------------------------------------------------------------------------------------

FEET: dict[str, dict[str, Value]] = {
    "below is blank": {"C9": "以下空白"},
    "this page": {"A9": "此页以下空白"},
    "with blanks between": {"B9": "以 下 空 白"},
    "in brackets": {"I9": "（以下空白）"},
    "with strokes": {"C9": "——以下空白——"},
    "no text below": {"A9": "以下无正文"},
    "numbered in advance": {"A9": 3.0, "C9": "以下空白"},
    "in every column": {f"{chr(65 + n)}9": "以下空白" for n in range(11)},
    "signatures": {"B9": "负责人（签字）：", "G9": "经办人：", "I9": "填表日期：2026年3月1日"},
    "signatures in cells of their own": {
        "A9": "制表人：",
        "B9": "王五",
        "F9": "审核人：",
        "G9": "赵六",
        "I9": "日期：",
        "J9": date(2026, 3, 1),
    },
    "a seal": {"G9": "鉴定站（盖章）", "I9": "2026年3月1日"},
    "a total": {"A9": "合计", "B9": 2.0, "C9": "人"},
    "a total of scores": {"A9": "合计", "J9": 164.0, "K9": 153.0},
    "an average": {"C9": "平均分", "J9": 82.0, "K9": 76.5},
    "a remark": {"A9": "注：以上人员均经公示。"},
    "a page number": {"A9": "第 1 页 共 3 页"},
    "another page number": {"F9": "第1页，共3页"},
    "one in English": {"F9": "Page 1 of 3"},
    "several rows": {
        "A9": "以下空白",
        "A10": "本册合计 2 人",
        "A11": "制表人：王五",
        "G11": "盖章：",
        "A12": "第1页/共1页",
    },
    "spread over cells": {"C9": "以", "D9": "下", "E9": "空", "F9": "白"},
    "people counted apart": {"A9": "合计：男1人，女1人，共2人"},
    "all of them": {"A9": "共 2 人，其中男1人，女1人"},
    "a number of people": {"A9": "合格人数", "B9": 2.0},
    "other roles": {"A9": "主考：王五", "E9": "鉴定所所长：", "I9": "统分人："},
    "a telephone": {"A9": "联系人：", "B9": "王五", "F9": "联系电话：", "G9": "010-12345678"},
}


@pytest.mark.parametrize("case", FEET)
def test_a_foot_is_no_candidate(case: str) -> None:
    found = read(saved(good(FEET[case])))
    assert [line.n for line in found.lines] == [1, 2]
    assert found.notes == ()


@pytest.mark.parametrize("text", ["张三", "金厂", "林", "审核王五", "下官", "备注", "主任科员", "制表王", "电话局职工"])
def test_what_is_no_foot(text: str) -> None:
    assert not feet.is_foot(text)


@pytest.mark.parametrize("foot", ["以下空白", "本册合计 2 人", "制表人：王五"])
def test_a_candidate_after_a_foot_is_found(foot: str) -> None:
    assert problems_of({"A9": foot, **typed_line(10, 3)}) == ["名册!10:10"]
    assert problems_of({"A9": foot, **{k: v for k, v in typed_line(12, 3).items() if k[0] in "BG"}}) == ["名册!12:12"]


@pytest.mark.parametrize("foot", ["合计", "以下空白", "制表人："])
def test_a_candidate_in_a_foot_is_found(foot: str) -> None:
    assert problems_of({**typed_line(9, 3), "A9": foot}) == ["名册!A9"]


@pytest.mark.parametrize("word", ["示例", "例", "作废", "退考", "缺考"])
def test_a_word_for_a_running_number_says_something_of_the_row(word: str) -> None:
    assert problems_of({"A7": word}) == ["名册!A7"]


def test_a_sheet_of_blanks_is_empty() -> None:
    assert len(read(saved(good(), Typed({"B2": " ", "C9": "\u3000"}, name="Sheet2"))).lines) == 2


def test_the_kind_of_document_filled_in_advance_makes_no_candidate() -> None:
    prepared: dict[str, Value] = {f"F{row}": "身份证" for row in range(9, 40)}
    found = read(saved(good(prepared | {f"A{row}": float(row - 6) for row in range(9, 40)})))
    assert (len(found.lines), found.notes) == (2, ())
    assert problems_of(prepared | {"C9": "王五"})


def test_rows_that_were_struck_out_are_no_candidates() -> None:
    struck: dict[str, Value] = {f"{column}{row}": "/" for column in "BCDG" for row in (9, 10)}
    found = read(saved(good(struck | {"A9": 3.0, "A10": "——"})))
    assert [line.n for line in found.lines] == [1, 2]
    assert [(note.where, note.was) for note in found.notes] == [("名册!B9", "/")]
    assert problems_of(struck | {"I9": "第一机床厂"})
    assert "名册!C9" in problems_of(struck | {"J9": 82.0})


def test_roles_that_nobody_knows_are_noted() -> None:
    found = read(saved(good({"A9": "审核人：", "B9": "赵六", "D9": "某某员：王五", "H9": "另一员："})))
    assert [note.where for note in found.notes] == ["名册!D9", "名册!H9"]


@pytest.mark.parametrize("foot", ["共3人", "合计：男2人，女1人，共3人", "合格人数：3"])
def test_another_number_of_people_is_refused(foot: str) -> None:
    assert problems_of({"A9": foot}) == ["名册!A9"]


def test_a_foot_row_that_holds_more_is_refused() -> None:
    assert problems_of({"A9": "合计", "C9": "张三丰", "I9": "第二机床厂"}) == ["名册!9:9"]


def test_what_stands_below_the_foot_is_noted() -> None:
    found = read(saved(good({"A9": "合计 2 人", "C11": "另附照片两张"})))
    assert [(note.where, note.was, note.weight) for note in found.notes] == [("名册!C11", "另附照片两张", "spelling")]
    more = read(saved(good({"A9": "合计 2 人", "C11": "李", "I11": "第二机床厂"})))
    assert [(note.where, note.weight) for note in more.notes] == [("名册!C11", "confirm"), ("名册!I11", "confirm")]


# --- pages -----------------------------------------------------------------------------------------------------------------


def test_titles_on_every_page_are_one_note() -> None:
    pages = {**titles_at(9), **typed_line(10, 3), **titles_at(11), **typed_line(12, 4)}
    found = read(saved(good(pages)))
    assert len(found.lines) == 4
    (note,) = found.notes
    assert (note.where, note.weight) == ("名册!A9", "spelling")


def test_whole_headings_on_every_page() -> None:
    pages: dict[str, Value] = {"A9": "小计", "B9": 2.0, "A10": "第 1 页 共 2 页", **heading_at(10), **titles_at(16)}
    pages |= {**typed_line(17, 3), **typed_line(18, 4), "A19": "本册合计 4 人", "A20": "第 2 页 共 2 页"}
    found = read(saved(good(pages)))
    assert len(found.lines) == 4
    assert len(found.notes) == 1


def test_a_second_table_of_another_level_is_refused() -> None:
    """Its candidates would be those of the first level."""
    pages: dict[str, Value] = {**heading_at(10), **titles_at(16), **typed_line(17, 3), "J13": "三级/高级工"}
    assert problems_of(pages) == ["名册!J13"]


def test_a_second_table_with_other_columns_is_refused() -> None:
    pages: dict[str, Value] = {**titles_at(9), **typed_line(10, 3), "J9": "技能成绩", "K9": "理论成绩"}
    assert problems_of(pages) == ["名册!J9"]


def test_numbers_of_columns_are_no_candidate() -> None:
    moved = {address: value for address, value in GOOD.items() if address not in typed_line(7, 1) | typed_line(8, 2)}
    cells = {**moved, **{f"{chr(65 + n)}7": float(n + 1) for n in range(18)}, **typed_line(8, 1)}
    assert len(read(saved(Typed(cells))).lines) == 1


def test_a_second_value_in_the_heading_is_refused() -> None:
    assert problems_of({"A5": "等级", "B5": "三级/高级工"}) == ["名册!B5"]
    assert len(read(saved(good({"A5": "等级", "B5": "中级工"}))).lines) == 2


# --- the day of the session -----------------------------------------------------------------------------------------------


def test_an_exam_on_another_day_than_the_session_is_refused() -> None:
    """Whoever is too young on the session's day is not older because the workbook names a later one."""
    content = saved(good({"B4": date(2031, 1, 1), **typed_line(7, 1)}))
    with pytest.raises(NotTakenOver) as caught:
        heard(b"".join(examine(ASKED.model_dump_json().encode(), content)))
    assert [problem.where for problem in caught.value.problems] == ["名册!B4"]


# --- nothing is dropped ------------------------------------------------------------------------------------------------------


def said_of(content: bytes, sheet: str, column: int, row: int, text: str) -> bool:
    """Whether a cell was read, noted, or named in a refusal by itself, its row or its column."""
    letters = column_letters(column)
    places = {f"{sheet}!{letters}{row}", f"{sheet}!{row}:{row}", f"{sheet}!{letters}:{letters}", sheet}
    try:
        found = read(content)
    except Invalid as error:
        first = [problem.where for problem in error.problems]
        # A column is named once, at its first cell or its title; a row by what it lacks.
        return bool(places & set(first)) or any(
            where.startswith(f"{sheet}!{letters}")
            or where.partition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVW") == str(row)
            for where in first
        )
    notes: tuple[Correction, ...] = found.notes
    lines = [str(line.model_dump()) for line in found.lines]
    heading = (found.station_zh, found.institution, found.session)
    return any(note.where in places for note in notes) or any(text in one for one in (*lines, *map(str, heading)))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 22), st.integers(1, 16), st.sampled_from(["附记甲", "丁", "A-7", "张三丰", "见附件"]), st.booleans()
)
def test_every_cell_is_read_noted_or_refused(column: int, row: int, text: str, foot: bool) -> None:
    address = f"{column_letters(column)}{row}"
    changes: dict[str, Value] = {"A12": "本册合计 2 人"} if foot else {}
    if address in {**GOOD, **changes} and row in (6, 12):
        return
    content = saved(good({**changes, address: text}))
    assert said_of(content, "名册", column, row, text), address


def test_cells_left_of_a_table_are_seen() -> None:
    """A table that begins in column C: what stands in A and B has no title."""
    moved = {
        f"{chr(ord(address[0]) + 2)}{address[1:]}": value for address, value in {**TITLES, **typed_line(7, 1)}.items()
    }
    with pytest.raises(Invalid) as caught:
        read(saved(Typed({**HEADING, **moved, "A7": "甲"})))
    assert [problem.where for problem in caught.value.problems] == ["名册!A7"]


def test_a_hidden_sheet_without_a_table_is_noted() -> None:
    found = read(saved(good(), Typed({"A1": "男", "A2": "女"}, name="codes", hidden=True)))
    assert [(note.where, note.weight) for note in found.notes] == [("codes!A1", "spelling")]


def test_a_table_on_the_sheet_of_instructions_is_read() -> None:
    other = good({"J3": "5", "B7": "X-1", "B8": "X-2"}, name="填写说明")
    assert len(read(saved(good(), other)).lines) == 4
