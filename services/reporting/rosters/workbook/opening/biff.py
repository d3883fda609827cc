"""The records of an .xls workbook (BIFF): what the parser does not tell about its sheets. The cells are its work."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from services.reporting.rosters.workbook.opening.traits import (
    ENCRYPTED,
    MOST_ERRORS,
    MOST_SHEETS,
    TOO_LARGE,
    Spans,
    Traits,
)
from shared.errors import Invalid

BOF: Final = 0x0809
FILEPASS: Final = 0x002F
BOUNDSHEET: Final = 0x0085

_EOF, _COLINFO, _DEFCOLWIDTH, _FORMULA, _STRING, _BOOLERR, _ROW, _DEFAULTROWHEIGHT, _AUTOFILTER = (
    0x000A,
    0x007D,
    0x0055,
    0x0006,
    0x0207,
    0x0205,
    0x0208,
    0x0225,
    0x009E,
)
_BESIDE_A_FORMULA: Final = (0x04BC, 0x0221, 0x0236)
"""Shared formulas, arrays and tables: they stand between a formula and its text."""

_LAST_ROW, _LAST_COLUMN = 65_535, 255


def traits_of(stream: bytes) -> list[Traits]:
    """Of each worksheet in the order of the tabs. Raises Invalid when the records are encrypted or too many, struct.error
    when one is too short for what it must say."""
    sheets: dict[int, _Sheet] = {}  # by the offset where the sheet begins
    here = _Sheet()
    depth = 0
    computed = False
    for place, kind, body in records(stream):
        if kind == BOF:
            if depth == 0:
                here = sheets.get(place) or _Sheet()
                if place == 0:
                    computed = _by_excel(body)
                here.computed = computed
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                here.end()
        elif kind == FILEPASS:
            raise Invalid(ENCRYPTED)
        elif kind == BOUNDSHEET:
            offset, _, type = struct.unpack_from("<IBB", body)
            if type == 0:  # a worksheet, not a chart or a macro module
                sheets[offset] = _Sheet()
        elif depth == 1:  # charts inside a sheet are streams of their own
            here.record(kind, body)
        if len(sheets) > MOST_SHEETS:
            raise Invalid(TOO_LARGE)
    here.end()  # a sheet that breaks off
    if not any(sheet.has_values for sheet in sheets.values()):
        for sheet in sheets.values():
            for row, column in sheet.empty_texts:
                sheet.found.add_unvalued(row, column)
    return [sheet.found for sheet in sheets.values()]


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, kind, body)"""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _by_excel(body: bytes) -> bool:
    """Whether the workbook went through a program that leaves its history in the first record. Those compute what they
    write; LibreOffice and the libraries leave none."""
    return any(body[8:12])


class _Sheet:
    def __init__(self) -> None:
        self.found = Traits()
        self.computed = False
        self.has_values = False
        """Whether a formula has a value: the program that wrote it computes, and an empty text is what came out."""
        self.empty_texts: list[tuple[int, int]] = []
        """Formulas with an empty text, or with the mark that programs which compute nothing put for any result."""
        self._rows, self._columns = Spans(), Spans()
        """Those that have a record of their own; the others have the height and width of the sheet."""
        self._no_height = self._no_width = False
        self._text: tuple[int, int] | None = None
        """Place of the formula whose text comes next."""

    def record(self, kind: int, body: bytes) -> None:
        """Raises Invalid, struct.error."""
        if self._text is not None and kind not in _BESIDE_A_FORMULA:
            if kind == _STRING:
                self.has_values = True
            else:
                self.found.add_unvalued(*self._text)
            self._text = None
        if kind == _FORMULA:
            self._formula(body)
        elif kind == _ROW:
            row, height, options = struct.unpack_from("<H4xH4xH", body)
            self._rows.add(row, row)
            if options & 0x20 or height == 0:
                self.found.hidden_rows.add(row, row)
        elif kind == _COLINFO:
            first, last, width, options = struct.unpack_from("<HHH2xH", body)
            self._columns.add(first, min(last, _LAST_COLUMN))
            if options & 1 or width == 0:
                self.found.hidden_columns.add(first, min(last, _LAST_COLUMN))
        elif kind == _BOOLERR:
            row, column, is_error = struct.unpack_from("<HH3xB", body)
            if is_error:
                self.found.add_error(row, column)
        elif kind == _DEFAULTROWHEIGHT:
            options, height = struct.unpack_from("<HH", body)
            self._no_height = bool(options & 0x02) or height == 0
        elif kind == _DEFCOLWIDTH:
            self._no_width = struct.unpack_from("<H", body) == (0,)
        elif kind == _AUTOFILTER:
            options, first_sort, second_sort = struct.unpack_from("<2xHB9xB", body)
            # The button of a column may be hidden without any condition.
            self.found.filtered |= bool(options & 0x10 or first_sort or second_sort)

    def _formula(self, body: bytes) -> None:
        row, column, sort, mark = struct.unpack_from("<HH2xB5xH", body)
        if mark != 0xFFFF:
            if struct.unpack_from("<d", body, 6) == (0.0,):
                self.found.add_unvalued(row, column)
            else:
                self.has_values = True
        elif sort == 0:
            self._text = (row, column)
        elif sort == 2:
            self.found.add_error(row, column)
        elif sort == 3 and not self.computed and len(self.empty_texts) <= MOST_ERRORS:
            self.empty_texts.append((row, column))

    def end(self) -> None:
        """Raises Invalid."""
        if self._text is not None:
            self.found.add_unvalued(*self._text)
            self._text = None
        if self._no_height:
            for first, last in self._rows.gaps(_LAST_ROW):
                self.found.hidden_rows.add(first, last)
        if self._no_width:
            for first, last in self._columns.gaps(_LAST_COLUMN):
                self.found.hidden_columns.add(first, last)
