"""The records of an .xls workbook (BIFF): what the parser does not tell about its sheets. The cells are its work."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from services.reporting.rosters.workbook.traits import ENCRYPTED, MOST_ERRORS, MOST_SHEETS, TOO_LARGE, Traits
from shared.errors import Invalid

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _COLINFO, _FORMULA, _BOOLERR, _ROW = (
    0x0809,
    0x000A,
    0x002F,
    0x0085,
    0x007D,
    0x0006,
    0x0205,
    0x0208,
)


def traits_of(stream: bytes) -> list[Traits]:
    """Of each worksheet in the order of the tabs. Raises Invalid when the records are encrypted or too many, struct.error
    when one is too short for what it must say."""
    sheets: dict[int, Traits] = {}  # by the offset where the sheet begins
    here = Traits()
    depth = 0
    for place, kind, body in _records(stream):
        if kind == _BOF:
            if depth == 0:
                here = sheets.get(place, Traits())
            depth += 1
        elif kind == _EOF:
            depth -= 1
        elif kind == _FILEPASS:
            raise Invalid(ENCRYPTED)
        elif kind == _BOUNDSHEET:
            offset, _, type = struct.unpack_from("<IBB", body)
            if type == 0:  # a worksheet, not a chart or a macro module
                sheets[offset] = Traits()
        elif depth == 1:  # charts inside a sheet are streams of their own
            _trait(here, kind, body)
        if len(sheets) > MOST_SHEETS or len(here.errors) > MOST_ERRORS:
            raise Invalid(TOO_LARGE)
    return list(sheets.values())


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _trait(sheet: Traits, kind: int, body: bytes) -> None:
    if kind == _ROW:
        row, options = struct.unpack_from("<H10xH", body)
        if options & 0x20:
            sheet.hidden_rows.add(row, row)
    elif kind == _COLINFO:
        first, last, options = struct.unpack_from("<HH4xH", body)
        if options & 1:
            sheet.hidden_columns.add(first, min(last, 255))
    elif kind == _BOOLERR:
        row, column, is_error = struct.unpack_from("<HH3xB", body)
        if is_error:
            sheet.errors.add((row, column))
    elif kind == _FORMULA:
        row, column, sort, mark = struct.unpack_from("<HH2xB5xH", body)
        if mark == 0xFFFF and sort == 2:
            sheet.errors.add((row, column))
