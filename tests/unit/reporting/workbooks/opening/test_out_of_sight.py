"""What nobody sees on the screen is not taken over, in whatever way a program writes that it is hidden."""

from __future__ import annotations

import struct

import pytest
import xlwt

from services.reporting.rosters.workbook.opening.compound import open_compound
from tests.unit.reporting.workbooks.hostile import SHEET, packed
from tests.unit.reporting.workbooks.old_excel import OldSheet, old_workbook
from tests.unit.reporting.workbooks.typed import TWO, by_xlwt, good_parts, names_in, refused, with_text

ROW = [("名册!8:8", "该行被隐藏或筛选")]
COLUMN = [("名册!I:I", "该列被隐藏")]
FILTER = [("名册", "工作表设有筛选条件，有的行可能看不到")]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="8" hidden="1"',
        '<row hidden="true"',
        '<row r="8" ht="0" customHeight="1"',
        '<row r="8" ht="0"',
        '<row r="8" ht="0.0"',
        '<row ht=" 0 "',
        '<row r="8" outlineLevel="1" hidden="1"',
    ],
)
def test_rows(row: str) -> None:
    assert refused(with_text('<row r="8"', row)) == ROW


def test_rows_of_a_sheet_whose_rows_have_no_height() -> None:
    content = with_text('defaultRowHeight="15"', 'defaultRowHeight="0"')
    assert ROW[0] in refused(content)


def test_rows_that_are_there_are_seen_where_only_the_unused_ones_are_hidden() -> None:
    """Excel and LibreOffice show them: `zeroHeight` speaks of rows that the file does not have."""
    assert names_in(with_text("<sheetFormatPr", '<sheetFormatPr zeroHeight="1"')) == TWO


@pytest.mark.parametrize(
    "columns",
    [
        '<col min="9" max="9" hidden="1"/>',
        '<col min="9" max="9" width="0" customWidth="1"/>',
        '<col min="1" max="8" width="9"/><col min="9" max="9" width="0.0"/>',
    ],
)
def test_columns(columns: str) -> None:
    assert refused(with_text("<sheetData>", f"<cols>{columns}</cols><sheetData>")) == COLUMN


def test_columns_of_a_sheet_whose_columns_have_no_width() -> None:
    columns = '<cols><col min="1" max="8" width="9"/><col min="10" max="11" width="9"/></cols>'
    content = with_text(
        "<sheetFormatPr.*?<sheetData>",
        f'<sheetFormatPr defaultRowHeight="15" defaultColWidth="0"/>{columns}<sheetData>',
    )
    assert refused(content) == COLUMN


CONDITION = '<filterColumn colId="2"><filters><filter val="张三"/></filters></filterColumn>'


@pytest.mark.parametrize(
    "conditions",
    [
        CONDITION,
        '<filterColumn colId="9"><customFilters><customFilter operator="lessThan" val="60"/></customFilters></filterColumn>',
        '<filterColumn colId="9"><top10 val="10"/></filterColumn>',
        '<filterColumn colId="9"><colorFilter dxfId="0"/></filterColumn>',
    ],
)
def test_a_filter_whose_rows_nobody_hid_yet(conditions: str) -> None:
    after = f'</sheetData><autoFilter ref="A6:R8">{conditions}</autoFilter>'
    assert refused(with_text("</sheetData>", after)) == FILTER


@pytest.mark.parametrize(
    "after",
    [
        '<autoFilter ref="A6:R8"/>',
        '<autoFilter ref="A6:R8"><filterColumn colId="2" hiddenButton="1"/></autoFilter>',
        f'<customSheetViews><customSheetView guid="a"><autoFilter ref="A6:R8">{CONDITION}</autoFilter></customSheetView>'
        "</customSheetViews>",
    ],
)
def test_a_filter_that_hides_nothing_does_no_harm(after: str) -> None:
    assert names_in(with_text("</sheetData>", f"</sheetData>{after}")) == TWO


def test_rows_that_a_filter_hid_are_named_and_the_filter_is_not_said_twice() -> None:
    text = good_parts()[SHEET].decode().replace('<row r="8"', '<row r="8" hidden="1"')
    text = text.replace("</sheetData>", f'</sheetData><autoFilter ref="A6:R8">{CONDITION}</autoFilter>')
    assert refused(packed({**good_parts(), SHEET: text.encode()})) == ROW


# --- .xls -----------------------------------------------------------------------------------------------------------------


def no_height(sheet: xlwt.Worksheet) -> None:
    sheet.row(7).height = 0
    sheet.row(7).height_mismatch = True


def no_width(sheet: xlwt.Worksheet) -> None:
    sheet.col(8).width = 0


def hidden_row(sheet: xlwt.Worksheet) -> None:
    sheet.row(7).hidden = True


@pytest.mark.parametrize(
    ("shape", "problems"), [(no_height, ROW), (hidden_row, ROW), (no_width, COLUMN)], ids=["height", "hidden", "width"]
)
def test_an_xls_of_another_writer(shape: object, problems: list[tuple[str, str]]) -> None:
    assert refused(by_xlwt(shape=shape)) == problems  # type: ignore[arg-type]


def row(number: int, height: int = 255, options: int = 0) -> tuple[int, bytes]:
    return 0x0208, struct.pack("<HHHHHHI", number, 0, 20, height, 0, 0, options)


@pytest.mark.parametrize(
    ("default", "hidden"),
    [((0, 255), False), ((2, 255), True), ((0, 0), True)],
)
def test_rows_without_a_height_of_their_own(default: tuple[int, int], hidden: bool) -> None:
    sheet = OldSheet("a", {}, more=((0x0225, struct.pack("<HH", *default)), row(3), row(5, options=0x20)))
    (found,) = open_compound(old_workbook(sheet))
    assert [n in found.hidden_rows for n in (2, 3, 4, 5, 65_535)] == [hidden, False, hidden, True, hidden]


def test_columns_without_a_width_of_their_own() -> None:
    column = struct.pack("<HHHHHH", 2, 4, 2048, 0, 0, 0)
    (found,) = open_compound(old_workbook(OldSheet("a", {}, more=((0x0055, b"\0\0"), (0x007D, column)))))
    assert [n in found.hidden_columns for n in (0, 1, 2, 4, 5, 255)] == [True, True, False, False, True, True]


@pytest.mark.parametrize(
    ("options", "sorts", "filtered"), [(0, (0, 0), False), (0, (6, 0), True), (0, (0, 4), True), (0x10, (0, 0), True)]
)
def test_conditions_of_a_filter_in_xls(options: int, sorts: tuple[int, int], filtered: bool) -> None:
    conditions = b"".join(bytes([sort]) + bytes(9) for sort in sorts)
    more = ((0x009E, struct.pack("<HH", 2, options) + conditions),)
    (found,) = open_compound(old_workbook(OldSheet("a", {}, more=more)))
    assert found.filtered is filtered
