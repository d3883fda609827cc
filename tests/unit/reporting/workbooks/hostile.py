"""Workbooks made to cost their reader much: small files, each of its own kind."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Final

from tests.unit.reporting.workbooks.filled_in import good, saved
from tests.unit.reporting.workbooks.old_excel import OldSheet, old_workbook

SHEET: Final = "xl/worksheets/sheet1.xml"
MEGABYTE: Final = 1024 * 1024


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(saved(good()))) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def with_sheet(*changes: tuple[bytes, bytes]) -> bytes:
    """changes: (text of the sheet, what stands there instead)."""
    changed = parts()
    for old, new in changes:
        assert old in changed[SHEET]
        changed[SHEET] = changed[SHEET].replace(old, new, 1)
    return packed(changed)


def row_pattern() -> bytes:
    """Rows that nearly look hidden in forty ways, which no pattern gets through in time. All of it is good XML."""
    row = b"""<row a=\"""" + b"hidden='1' " * 36 + b'" b="' + b"x" * 500 + b'"/>'
    return with_sheet((b"</sheetData>", row * 60_000 + b"</sheetData>"))


def endless_row() -> bytes:
    return with_sheet((b"</sheetData>", b"<row " + b'hidden="1" ' * 800_000 + b"</sheetData>"))


def column_ranges() -> bytes:
    """Some kilobytes: all columns there are and many more, hidden a hundred thousand times."""
    return with_sheet(
        (b"<sheetData>", b"<cols>" + b'<col min="1" max="9999999" hidden="1"/>' * 100_000 + b"</cols><sheetData>")
    )


def scattered_columns() -> bytes:
    """Ranges that do not touch, in the worst order."""
    ranges = b"".join(b'<col min="%d" max="%d" hidden="1"/>' % (n, n) for n in range(16_000, 30, -2))
    return with_sheet((b"<sheetData>", b"<cols>" + ranges * 10 + b"</cols><sheetData>"))


def blanks(size: int = 60 * MEGABYTE) -> bytes:
    """Zipped blanks: within what may be unpacked, if only just."""
    return with_sheet((b"</sheetData>", b" " * size + b"</sheetData>"))


def too_many_blanks() -> bytes:
    return with_sheet((b"</sheetData>", b" " * (240 * MEGABYTE) + b"</sheetData>"))


def lying_directory() -> bytes:
    """A hundred bytes, says the directory; there are 240 MB."""
    content = bytearray(too_many_blanks())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(SHEET.encode()))
    struct.pack_into("<I", content, entry + 24, 100)
    return bytes(content)


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, part in parts().items():
            package.writestr(name, part)
        for n in range(30_000):
            package.writestr(f"xl/a{n}.xml", b"")
    return out.getvalue()


def deep_nesting() -> bytes:
    return with_sheet((b"</sheetData>", b"<a>" * 1_000_000 + b"</a>" * 1_000_000 + b"</sheetData>"))


def deep_list() -> bytes:
    return packed({**parts(), "xl/workbook.xml": b"<a>" * 300_000 + b"</a>" * 300_000})


def huge_attribute() -> bytes:
    return with_sheet((b"</sheetData>", b'<row r="' + b"9" * (30 * MEGABYTE) + b'" hidden="1"/></sheetData>'))


def entities() -> bytes:
    doctype = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 100_000 + b'"><!ENTITY d "' + b"&b;" * 10_000 + b'">]>'
    return packed({**parts(), SHEET: doctype + b"<worksheet>&d;</worksheet>"})


def entities_of_strings() -> bytes:
    return packed({**parts(), "xl/sharedStrings.xml": b'<!DOCTYPE sst [<!ENTITY b "c">]><sst>&b;</sst>'})


def formatted_rows(last: int, row: str) -> bytes:
    """Rows below the roster with nothing in them but a format, as offices make them by formatting whole sheets.

    row: of which each %d is the number."""
    rows = "".join(row.replace("%d", str(n)) for n in range(9, last + 1))
    return with_sheet((b"</sheetData>", rows.encode() + b"</sheetData>"))


def many_sheets_of_one() -> bytes:
    """Each of them is the same large part."""
    changed = parts()
    sheets = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(1, 5000))
    book = changed["xl/workbook.xml"]
    start, end = book.index(b"<sheets>"), book.index(b"</sheets>")
    return packed({**changed, "xl/workbook.xml": book[: start + 8] + sheets + book[end:]})


def far_cell() -> bytes:
    """One cell at the far corner makes a dense table of 17,000,000,000 cells."""
    return with_sheet((b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'))


def far_cell_of_old() -> bytes:
    """The same in the old format, whose corner is nearer: 17,000,000 cells, too many for the reader's memory."""
    return old_workbook(OldSheet("a", {(0, 0): "a", (65_535, 255): 1.0}))


def packed_by(method: int) -> bytes:
    """A few bytes that unpack to 240 MB in one step, by a method that Excel does not know."""
    out = io.BytesIO(packed(parts()))
    with zipfile.ZipFile(out, "a", method) as package:
        package.writestr("xl/a.xml", bytes(60 * MEGABYTE))
    return out.getvalue()
