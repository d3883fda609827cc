"""The parts of an .xlsx file as XML, within limits: pieces go through, and what is looked for is kept."""

from __future__ import annotations

from typing import ClassVar, Final
from xml.parsers import expat

from services.reporting.rosters.workbook.opening import plain
from services.reporting.rosters.workbook.opening.traits import SPREAD_OUT, UNUSUAL, Spans, Traits
from shared.errors import Invalid
from shared.forms.columns import column_index

SHEET_ROWS: Final = 1_048_576  # of Excel, and its columns
SHEET_COLUMNS: Final = 16_384
MOST_CELLS: Final = (
    12_000_000  # up to the last value, which the parser fills in: 24 bytes each, and it has half a gigabyte
)
DEEPEST: Final = 64  # elements within elements; a sheet has about ten
LONGEST_TAG: Final = 1024 * 1024  # bytes


class Elements:
    """A part on its way through the parser. Raises ExpatError, and ValueError for what no workbook has: elements nested
    without end, tags without end, and a document type, which is where entities are declared. Raises Invalid for what the
    parser of cells leaves out without a word: marked sections, and remarks in the middle of a text."""

    PLAIN_INSIDE: ClassVar[list[str]] = []
    """The open elements inside which most of the others are plain ones, with which `_past_plain` is done at a glance."""
    PLAIN_END: ClassVar[bytes] = b""
    """With which each of those others ends."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartCdataSectionHandler = _refuse_unusual
        self._parser.CommentHandler = self._parser.ProcessingInstructionHandler = self._beside
        self._parser.StartElementHandler = self._start
        # Which of several of the same name goes is all the same: the rest must be as many. This is called a million
        # times, and a method of a list is the quickest there is.
        self._parser.EndElementHandler = self.open.remove

    def feed(self, piece: bytes) -> None:
        place = 0
        while place < len(piece):
            if self.open == self.PLAIN_INSIDE and self._parser.CurrentByteIndex == self._fed:  # nothing is half parsed
                start, place = place, self._past_plain(piece, place)
                plain.must_be_text(piece[start:place])
            end = piece.find(self.PLAIN_END, place) + len(self.PLAIN_END) if self.PLAIN_END else 0
            end = end if end > place else len(piece)
            self._parse(piece[place:end])
            place = end

    def _past_plain(self, piece: bytes, place: int) -> int:
        """Where the first element stands that is not plain."""
        return place

    def _parse(self, piece: bytes) -> None:
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

    def _beside(self, *_: object) -> None:
        if self.open and _local(self.open[-1]) in ("t", "v"):
            raise Invalid(UNUSUAL)


def _refuse_unusual() -> None:
    raise Invalid(UNUSUAL)


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


class TextsScan(Elements):
    """The list of texts."""

    PLAIN_INSIDE: ClassVar = ["sst"]
    PLAIN_END: ClassVar = b"</si>"

    def _past_plain(self, piece: bytes, place: int) -> int:
        texts = plain.TEXTS.match(piece, place)
        return texts.end() if texts else place


_CONDITIONS: Final = frozenset(("filters", "customFilters", "top10", "dynamicFilter", "colorFilter", "iconFilter"))
_FILTER: Final = ["worksheet", "autoFilter", "filterColumn"]
"""Where conditions count: those of a view that somebody stored lie elsewhere."""


class SheetScan(Elements):
    """Finds the traits of one sheet. Raises Invalid also where places contradict each other: rows and cells out of order or
    twice, and cells that say another row than theirs. Readers disagree about what such a sheet says."""

    PLAIN_INSIDE: ClassVar = ["worksheet", "sheetData"]
    PLAIN_END: ClassVar = b"</row>"

    def __init__(self, found: Traits) -> None:
        super().__init__()
        self._found = found
        self._row = self._column = -1
        self._digits = "0"
        """Of the row, as its cells must have them."""
        self._letters: dict[str, int] = {}
        self._type = ""
        """Of the cell."""
        self._formula: str | None = None
        """Type of the cell whose formula has no value yet."""
        self._value: list[str] | None = None
        self._widest = self._longest = 0
        """The last column and row with a value."""
        self._no_height = self._no_width = False
        self._columns = Spans()
        """Those with a width of their own."""

    def _start(self, name: str, attributes: dict[str, str]) -> None:  # everything in one place: a million times
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise ValueError("elements nested deeper than in any workbook")
        if ":" in name:
            name = _local(name)
        if name == "c":
            if self._formula is not None:
                self._end_formula()
            place = attributes.get("r")
            column = self._column + 1
            if place is not None:
                letters = place.rstrip("0123456789")
                stated = self._letters.get(letters)
                column = self._learn(letters) if stated is None else stated
                if column <= self._column or place[len(letters) :] != self._digits:
                    raise Invalid(UNUSUAL)
            self._column = column
            self._type = attributes.get("t", "")
            if self._type == "e":
                self._found.add_error(self._row, column)
        elif name == "v" or name == "is":
            if self._column > self._widest:
                self._widest = self._column
            self._longest = self._row
            if self._formula is not None:
                self._value = []
                self._parser.CharacterDataHandler = self._value.append
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            if _local(self.open[-2]) == "c":
                self._formula = self._type
        elif name == "col":
            first, last = _number(attributes.get("min", "")), _number(attributes.get("max", ""))
            if first is not None and last is not None:
                first, last = max(first, 1) - 1, min(last, SHEET_COLUMNS) - 1
                self._columns.add(first, last)
                if is_true(attributes.get("hidden", "")) or _is_nothing(attributes.get("width", "")):
                    self._found.hidden_columns.add(first, last)
        elif name == "sheetFormatPr":
            self._no_height = _is_nothing(attributes.get("defaultRowHeight", ""))
            self._no_width = _is_nothing(attributes.get("defaultColWidth", ""))
        elif name in _CONDITIONS and [_local(one) for one in self.open[:-1]] == _FILTER:
            self._found.filtered = True

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self._formula is not None:
            self._end_formula()
        stated = attributes.get("r")
        # A row without a number follows the one before.
        row = self._row + 1 if stated is None else (_number(stated) or 0) - 1
        if not self._row < row < SHEET_ROWS:
            raise Invalid(UNUSUAL)
        self._row, self._column, self._digits = row, -1, str(row + 1)
        height = attributes.get("ht", "0" if self._no_height else "")
        if is_true(attributes.get("hidden", "")) or _is_nothing(height):
            self._found.hidden_rows.add(row, row)

    def _past_plain(self, piece: bytes, place: int) -> int:
        """Raises Invalid for rows out of order."""
        if self._no_height:  # rows without a height are hidden
            return place
        while row := plain.ROW.match(piece, place):
            place = row.end()
            if self._formula is not None:
                self._end_formula()
            number = int(row["n"]) - 1
            if not self._row < number < SHEET_ROWS:
                raise Invalid(UNUSUAL)
            self._row = number
            widest = (row.lastindex or 1) - 2
            if widest >= 0:
                self._longest = number
                self._widest = max(self._widest, widest)
        return place

    def _learn(self, letters: str) -> int:
        """Raises Invalid for what is no column."""
        if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()):
            raise Invalid(UNUSUAL)
        return self._letters.setdefault(letters, column_index(letters))

    def _end_formula(self) -> None:
        """Raises Invalid."""
        sort, value = self._formula, None if self._value is None else "".join(self._value).strip()
        self._formula = self._value = None
        self._parser.CharacterDataHandler = None
        # An empty text is the value of a formula that is of type `str`; of a number or of no type it is none.
        if value is None or (not value and sort != "str") or (sort in ("", "n") and _is_nothing(value)):
            self._found.add_unvalued(self._row, self._column)

    def close(self) -> None:
        super().close()
        if self._formula is not None:
            self._end_formula()
        if (self._longest + 1) * (self._widest + 1) > MOST_CELLS:
            raise Invalid(SPREAD_OUT)
        if self._no_width:
            for first, last in self._columns.gaps(SHEET_COLUMNS - 1):
                self._found.hidden_columns.add(first, last)


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _number(text: str) -> int | None:
    """None for what is no number, and for one of more digits than a row has."""
    text = text.strip() if len(text) < 20 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else None


def is_true(text: str) -> bool:
    return text in ("1", "true") or text.strip() in ("1", "true")


def _is_nothing(text: str) -> bool:
    """Whether it says 0, in one of the ways to write a number."""
    return text.strip()[:1] in ("0", ".", "-", "+") and _as_float(text) == 0


def _as_float(text: str) -> float | None:
    try:
        return float(text) if len(text) < 40 else None
    except ValueError:
        return None
