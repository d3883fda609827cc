"""Good workbooks of two candidates, and the same with something changed in the bytes: rows 7 and 8 hold the candidates."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

import pytest
import xlwt

from services.reporting.rosters.workbook.reading import read
from shared.errors import Invalid
from tests.unit.reporting.workbooks.filled_in import GOOD
from tests.unit.reporting.workbooks.hostile import SHEET, packed, parts

STRINGS = "xl/sharedStrings.xml"
TWO = ["张三", "李四"]

good_parts = cache(parts)


def names_in(content: bytes) -> list[str]:
    return [line.name for line in read(content).lines]


def refused(content: bytes) -> list[tuple[str, str]]:
    """Each problem's place, and its Chinese words."""
    with pytest.raises(Invalid) as caught:
        read(content)
    return [(problem.where, problem.what.partition(" · ")[0]) for problem in caught.value.problems]


def with_cell(place: str, cell: str) -> bytes:
    """cell: the whole element."""
    return with_text(rf'<c r="{place}"[^>]*>.*?</c>', cell)


def with_text(pattern: str, instead: str, part: str = SHEET) -> bytes:
    """The first place that the pattern fits becomes something else."""
    text, count = re.subn(pattern, lambda _: instead, good_parts()[part].decode(), count=1, flags=re.DOTALL)
    assert count == 1
    return packed({**good_parts(), part: text.encode()})


def with_parts(change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """change: name and content of each part → what they become."""
    return packed(dict(change(name, part) for name, part in good_parts().items()))


def by_xlwt(
    formulas: Mapping[str, str] | None = None, shape: Callable[[xlwt.Worksheet], None] = lambda _: None
) -> bytes:
    """An .xls of another writer; formulas by address, which it does not compute."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for address, value in GOOD.items():
        row, column = int(address[1:]) - 1, ord(address[0]) - ord("A")
        if formulas and address in formulas:
            sheet.write(row, column, xlwt.Formula(formulas[address]))
        elif isinstance(value, date):
            sheet.write(row, column, value, day)
        else:
            sheet.write(row, column, value)
    shape(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
