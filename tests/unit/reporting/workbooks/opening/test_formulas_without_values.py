"""A formula says what was computed when the file was saved. Where nothing was, the row is refused by its place: a candidate
never vanishes, and nobody's employer becomes 0."""

from __future__ import annotations

import struct

import pytest

from services.reporting.rosters.workbook.opening import traits
from services.reporting.rosters.workbook.opening.compound import open_compound
from services.reporting.rosters.workbook.reading import read
from tests.unit.reporting.workbooks.old_excel import OldSheet, old_workbook
from tests.unit.reporting.workbooks.typed import TWO, by_xlwt, names_in, refused, with_cell, with_text

NO_VALUE = "公式没有存储的值，或值为 0"
ERROR = "公式出错"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="I8"><f>A1</f></c>',
        '<c r="I8"><f>A1</f><v/></c>',
        '<c r="I8"><f>A1</f><v> </v></c>',
        '<c r="I8" t="str"><f>A1</f></c>',
        '<c r="I8"><f t="shared" si="0"/></c>',
        '<c r="I8" t="n"><f>A1</f><v>0</v></c>',
        '<c r="I8"><f>A1</f><v>0.0E0</v></c>',
        "<c><f>A1</f></c>",
        '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="I8"><x:f>A1</x:f></x:c>',
    ],
)
def test_a_formula_nobody_computed_is_named(cell: str) -> None:
    assert refused(with_cell("I8", cell)) == [("名册!I8", NO_VALUE)]


@pytest.mark.parametrize(
    ("cell", "employer"),
    [
        ('<c r="I8" t="str"><f>A1</f><v></v></c>', ""),  # an empty text is a value: Excel writes it so
        ('<c r="I8" t="str"><f>A1</f><v>第二厂</v></c>', "第二厂"),
        ('<c r="I8" t="str"><f>A1</f><v>0</v></c>', "0"),
        ('<c r="I8"><v/></c>', ""),
    ],
)
def test_what_was_computed_counts(cell: str, employer: str) -> None:
    assert [line.employer for line in read(with_cell("I8", cell)).lines] == ["第一机床厂", employer]


def test_a_formula_with_an_error_and_no_place_of_its_own_is_named() -> None:
    assert refused(with_cell("I8", '<c t="e"><f>A1</f><v>#N/A</v></c>')) == [("名册!I8", ERROR)]


def test_a_row_of_nothing_but_formulas_does_not_vanish() -> None:
    cells = "".join(f'<c r="{letter}8"><f>A1</f></c>' for letter in "ABCDEFGHIJK")
    problems = refused(with_text(r'<row r="8".*?</row>', f'<row r="8">{cells}</row>'))
    assert problems[0] == ("名册!B8", NO_VALUE) and len(problems) == 10


def test_strokes_beside_them_strike_nothing_out() -> None:
    formulas = "".join(f'<c r="{column}9"><f>{column}7</f></c>' for column in "BCDEGHIJK")
    row = f'<row r="9">{formulas}<c r="Q9" t="inlineStr"><is><t>/</t></is></c></row></sheetData>'
    assert {where for where, what in refused(with_text("</sheetData>", row)) if what == NO_VALUE} >= {
        "名册!C9",
        "名册!G9",
    }


def test_running_numbers_computed_in_advance_make_no_candidate() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><f>ROW()-6</f></c></row>' for n in range(9, 200))
    assert names_in(with_text("</sheetData>", f"{rows}</sheetData>")) == TWO


def test_a_value_of_the_heading_is_named_too() -> None:
    assert refused(with_cell("G2", '<c r="G2"><f>A1</f></c>')) == [("名册!G2", NO_VALUE)]


def test_a_formula_in_a_column_without_a_title_is_named() -> None:
    cell = '<c r="K8"><v>76.5</v></c><c r="T8"><f>A1</f></c>'
    assert refused(with_cell("K8", cell)) == [("名册!T8", "该列没有标题")]


def test_a_candidate_of_formulas_below_the_foot_is_seen() -> None:
    cells = "".join(f'<c r="{letter}10"><f>A1</f></c>' for letter in "BCDEFGH")
    rows = f'<row r="9"><c r="A9" t="str"><v>合计 2 人</v></c></row><row r="10">{cells}</row></sheetData>'
    assert refused(with_text("</sheetData>", rows)) == [("名册!10:10", "合计行之后还有人员")]


def test_more_of_them_than_anybody_would_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traits, "MOST_ERRORS", 50)
    cells = "".join(f'<row r="{n}"><c r="B{n}"><f>A1</f></c></row>' for n in range(9, 100))
    assert refused(with_text("</sheetData>", f"{cells}</sheetData>")) == [
        ("工作簿 · workbook", traits.NEVER_COMPUTED.partition(" · ")[0])
    ]


# --- .xls -----------------------------------------------------------------------------------------------------------------


def test_an_xls_whose_formulas_were_never_computed() -> None:
    problems = refused(by_xlwt({"I8": '"第一"&"厂"', "J8": "70+12"}))
    assert problems == [("名册!I8", NO_VALUE), ("名册!J8", NO_VALUE)]


def formula(result: bytes, row: int = 7, column: int = 8) -> tuple[int, bytes]:
    return 0x0006, struct.pack("<HHH", row, column, 0) + result + bytes(6) + b"\0\0"


TEXT, EMPTY, NO, BAD = (
    bytes([sort, 0, value, 0, 0, 0, 0xFF, 0xFF]) for sort, value in ((0, 0), (3, 0), (1, 0), (2, 42))
)
SHARED, STRING, BLANK = (0x04BC, bytes(10)), (0x0207, struct.pack("<HB", 1, 0) + b"a"), (0x0201, bytes(6))


@pytest.mark.parametrize(
    ("more", "by_excel", "unvalued"),
    [
        ((formula(struct.pack("<d", 12.5)),), False, False),
        ((formula(struct.pack("<d", 0.0)),), True, True),
        ((formula(TEXT), STRING), False, False),
        ((formula(TEXT), SHARED, STRING), False, False),
        ((formula(TEXT), BLANK), True, True),
        ((formula(TEXT),), True, True),  # the last record of its sheet
        ((formula(EMPTY),), False, True),
        ((formula(EMPTY),), True, False),  # Excel writes an empty text so
        (
            (formula(EMPTY), formula(struct.pack("<d", 12.5), row=8)),
            False,
            False,
        ),  # and LibreOffice, which leaves no trace
        ((formula(TEXT, row=6), STRING, formula(EMPTY)), False, False),
        ((formula(NO, row=6), formula(EMPTY)), False, True),
        ((formula(NO),), False, False),
    ],
)
def test_results_of_formulas_in_xls(more: tuple[tuple[int, bytes], ...], by_excel: bool, unvalued: bool) -> None:
    (found,) = open_compound(old_workbook(OldSheet("a", {}, more=more), by_excel=by_excel))
    assert found.unvalued == ({(7, 8)} if unvalued else set()) and not found.errors


def test_an_error_of_a_formula_in_xls_stays_an_error() -> None:
    (found,) = open_compound(old_workbook(OldSheet("a", {}, more=(formula(BAD),))))
    assert found.errors == {(7, 8)} and not found.unvalued


def test_a_good_xls_of_that_writer_is_taken() -> None:
    assert names_in(by_xlwt()) == TWO
