"""The template as it is printed: A4 across, in a size that can be read, with what the station fills in and nothing else."""

from __future__ import annotations

import re

from services.reporting.rosters.workbook.reading import read
from shared.forms.form6.layout import BY_KEY, COLUMNS
from shared.forms.form6.writing import IN_TEMPLATE, PRINTED, ROW_HEIGHT, TITLE_HEIGHT, write
from tests.unit.reporting.workbooks.filled_in import a_line, a_sheet, good, saved, unpacked

SHEET = "xl/worksheets/sheet1.xml"
FONT = 11  # points, of Calibri, which workbooks have unless they say otherwise
ACROSS, UP = 841.9, 595.3  # points of A4


def test_it_is_printed_at_eight_points_or_more_also_where_calibri_is_missing() -> None:
    """A column is as wide as its digits. Where a program has another font, they are up to a sixth of an em wider."""
    content = write([a_sheet()])
    sheet = unpacked(content, SHEET)
    margins = re.search(r'<pageMargins left="([\d.]+)" right="([\d.]+)" top="([\d.]+)" bottom="([\d.]+)"', sheet)
    assert margins is not None
    left, right, top, bottom = (float(inches) * 72 for inches in margins.groups())
    digits = sum(column.width for column in IN_TEMPLATE[:PRINTED])
    padding = PRINTED * 5 * 0.75
    for em in (0.507, 0.636):  # of Calibri, and of DejaVu Sans
        needed = digits * em * FONT + padding
        assert FONT * min(1, (ACROSS - left - right) / needed) >= 8
    rows = (UP - top - bottom) / (8 / FONT) - TITLE_HEIGHT
    assert 22 <= rows // ROW_HEIGHT <= 33


def test_the_paper_shows_what_the_station_fills_in() -> None:
    assert sorted(column.key for column in IN_TEMPLATE) == sorted(column.key for column in COLUMNS)
    left_out = {column.key for column in IN_TEMPLATE[PRINTED:]}
    assert left_out == {"email", "certificate", "blank_serial", "issued"}
    workbook = unpacked(write([a_sheet()]), "xl/workbook.xml")
    assert re.search(r"Print_Area[^>]*>'车工-四级'!\$A:\$N<", workbook)
    assert re.search(r"Print_Titles[^>]*>'车工-四级'!\$6:\$6<", workbook)


def test_it_lies_across_and_is_signed_at_the_foot() -> None:
    sheet = unpacked(write([a_sheet()]), SHEET)
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    for who in ("制表人", "审核人", "站长", "第 &amp;P 页"):
        assert who in sheet
    assert '<cfRule type="expression"' in sheet  # lines round the rows that are filled in


def test_a_long_employer_stands_in_several_lines() -> None:
    long = "沈阳机床（集团）有限责任公司重型机床分公司"
    content = write([a_sheet(a_line(1, employer=long), a_line(2))])
    heights = re.findall(r'<row r="([78])"[^>]* ht="([\d.]+)"', unpacked(content, SHEET))
    assert [float(height) for _, height in heights] == [45, 21.75]
    assert read(content).lines[0].employer == long


def test_the_columns_of_the_first_version_are_read_too() -> None:
    """In the order of the form."""
    assert read(saved(good())).lines == read(write([a_sheet(a_line(1), a_line(2))])).lines
    assert BY_KEY["certificate"] in IN_TEMPLATE[PRINTED:]
