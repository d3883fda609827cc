"""The parts of an .xlsx file as XML, within limits: pieces go through, and what is looked for is kept."""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from services.reporting.rosters.workbook.traits import MOST_ERRORS, TOO_LARGE, Traits
from shared.errors import Invalid
from shared.forms.columns import column_index

SHEET_ROWS: Final = 1_048_576  # of Excel, and its columns
SHEET_COLUMNS: Final = 16_384
DEEPEST: Final = 64  # elements within elements; a sheet has about ten
LONGEST_TAG: Final = 1024 * 1024  # bytes


class Elements:
    """A part on its way through the parser. Raises ExpatError, and ValueError for what no workbook has: elements nested
    without end, tags without end, and a document type, which is where entities are declared."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        # Which of several of the same name goes is all the same: the rest must be as many. This is called a million
        # times, and a method of a list is the quickest there is.
        self._parser.EndElementHandler = self.open.remove

    def feed(self, piece: bytes) -> None:
        self._fed += len(piece)
        self._parser.Parse(piece, False)
        # A tag that does not end is looked at from its beginning again with every piece.
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise ValueError("an element with more in its tag than in any workbook")

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise ValueError("elements nested deeper than in any workbook")


def _refuse(*_: object) -> None:
    raise ValueError("a document type in a workbook")


class AttributeList(Elements):
    """Finds the attributes of each `element` right inside an element `inside`."""

    def __init__(self, inside: str, element: str) -> None:
        super().__init__()
        self._path = (inside, element)
        self.found: list[dict[str, str]] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        super()._start(name, attributes)
        if tuple(_local(one).lower() for one in self.open[-2:]) == self._path:
            self.found.append(attributes)


class SheetScan(Elements):
    """Finds the traits of one sheet."""

    def __init__(self, found: Traits) -> None:
        super().__init__()
        self._found = found
        self._row = -1

    def _start(self, name: str, attributes: dict[str, str]) -> None:  # everything in one place: a million times
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise ValueError("elements nested deeper than in any workbook")
        if ":" in name:
            name = _local(name)
        if name == "c":
            if attributes.get("t") == "e":
                self._error(attributes.get("r", ""))
        elif name == "row":
            # A row without a number follows the one before.
            stated = _number(attributes.get("r", ""))
            self._row = self._row + 1 if stated is None else stated - 1
            if _is_true(attributes.get("hidden", "")) and 0 <= self._row < SHEET_ROWS:
                self._found.hidden_rows.add(self._row, self._row)
        elif name == "col" and _is_true(attributes.get("hidden", "")):
            first, last = _number(attributes.get("min", "")), _number(attributes.get("max", ""))
            if first is not None and last is not None:
                self._found.hidden_columns.add(max(first, 1) - 1, min(last, SHEET_COLUMNS) - 1)

    def _error(self, place: str) -> None:
        letters = place.rstrip("0123456789")
        row = _number(place[len(letters) :])
        if row is not None and 1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha():
            self._found.errors.add((row - 1, column_index(letters)))
            if len(self._found.errors) > MOST_ERRORS:
                raise Invalid(TOO_LARGE)


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _number(text: str) -> int | None:
    """None for what is no number, and for one of more digits than a row has."""
    text = text.strip() if len(text) < 20 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else None


def _is_true(text: str) -> bool:
    return text in ("1", "true") or text.strip() in ("1", "true")
