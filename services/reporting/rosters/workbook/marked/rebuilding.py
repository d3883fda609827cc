"""The cells of a workbook written into a new one, with marks. A foreign package is never edited: what it holds besides its
cells (links, macros, parts nobody knows) would come along. Texts stay texts, so no cell becomes a formula."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from xlsxwriter.exceptions import OverlappingRange

from services.reporting.rosters.workbook.cells import text_of
from services.reporting.rosters.workbook.findings import LONGEST_QUOTED
from services.reporting.rosters.workbook.marked.marks import Kind, Mark, Shape
from services.reporting.rosters.workbook.opening.sheets import Cell, OpenSheet, by_row, with_rows
from shared.forms.form6.layout import BY_KEY
from shared.forms.form6.writing import FORMULA_MARKS, ROOM, TEXT_FORMAT, offer_choices

MOST_COMMENTS: Final = 10_000
LONGEST_TEXT: Final = 32_767  # characters of a cell, and of a comment
LAST_ROW: Final = 1_048_575
LAST_COLUMN: Final = 16_383
MOST_MERGED: Final = 20_000  # cells that a sheet's merged ranges cover; a heading has a few dozen
NO_VALUE: Final = "#N/A"
"""Written where Excel had an error, or a formula without a value: as a text it is refused as they are."""
COLOURS: Final[Mapping[Kind, str]] = {"wrong": "#FFB3B3", "confirm": "#FFD966", "spelling": "#CFE2F3"}
WORDS: Final[Mapping[Kind, str]] = {
    "wrong": "有误 · wrong",
    "confirm": "更正，须确认 · correction to be confirmed",
    "spelling": "更正写法 · spelling put right",
}

_AUTHOR: Final = "鉴定 Jianding"
_WIDEST: Final = 40  # characters
_MEASURED: Final = 200  # rows by which the width of a column goes
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

Base = Literal["text", "quoted", "figure", "day", "moment", "clock", "span"]
_NUMBER_FORMATS: Final[Mapping[Base, dict[str, Any]]] = {
    "text": {"num_format": TEXT_FORMAT},
    "quoted": {"num_format": TEXT_FORMAT, "quote_prefix": True},
    "figure": {},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "clock": {"num_format": "hh:mm:ss"},
    "span": {"num_format": "[h]:mm:ss"},
}


class Styles:
    """The formats of the new workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Base, Kind | None, bool], Any] = {}

    def of(self, base: Base, kind: Kind | None = None, *, title: bool = False) -> Any:
        if (base, kind, title) not in self._made:
            how = dict(_NUMBER_FORMATS[base])
            if title:
                how |= {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#DDE7F0"}
            if kind is not None:
                how |= {"bg_color": COLOURS[kind], "border": 1}
            self._made[base, kind, title] = self._book.add_format(how)
        return self._made[base, kind, title]


def free_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel allows, unlike the others, which it joins (case does not count)."""
    name = _FORBIDDEN.sub("_", wanted).strip("'")[:31] or "Sheet"
    for n in range(2, len(taken) + 3):
        if name.casefold() not in taken:
            break
        ending = f"({n})"
        name = name[: 31 - len(ending)] + ending
    taken.add(name.casefold())
    return name


class Rebuilder:
    """Writes sheets. comments: how many have been written."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.comments = 0

    def write(self, sheet: Any, source: OpenSheet, shape: Shape, marks: dict[int, dict[int, list[Mark]]]) -> None:
        """What was hidden is shown. Gives every mark whose cell is beyond what a sheet holds up again."""
        centred = self._merge(sheet, source, shape)
        lost = by_row(source.traits.errors | _uncomputed(source, shape))
        widths: dict[int, int] = {}
        for n, (index, cells) in enumerate(with_rows(source.rows, lost.keys() | marks.keys())):
            if index > LAST_ROW:
                break
            here, without = marks.get(index, {}), lost.get(index, ())
            for column in sorted({*range(len(cells)), *here, *without}):
                value = cells[column] if column < len(cells) else ""
                if column in without and value in ("", 0.0):
                    value = NO_VALUE
                if column > LAST_COLUMN or (value == "" and column not in here):
                    continue
                for mark in here.get(column, ()):
                    mark.was = mark.was or text_of(value)[:LONGEST_QUOTED]
                kind = _heaviest(here.get(column, ()))
                is_title = index == shape.title_row or (index, column) in centred
                self._cell(sheet, index, column, value, kind, shape.keys.get(column, ""), title=is_title)
                if n < _MEASURED and (index, column) not in centred:
                    widths[column] = max(widths.get(column, 0), _width(value))
                self._comment(sheet, index, column, here.get(column, ()))
        for row, found in marks.items():
            for column, gone in found.items():
                if row > LAST_ROW or column > LAST_COLUMN:
                    for mark in gone:
                        mark.place = None
        self._columns(sheet, shape, widths)

    def _merge(self, sheet: Any, source: OpenSheet, shape: Shape) -> set[tuple[int, int]]:
        """As it was, for a merged range in the table is wrong, which the marked workbook shall not hide. Returns the cells of
        titles over the table."""
        left, titles = MOST_MERGED, set[tuple[int, int]]()
        for (top, first), (bottom, last) in source.merged:
            if (top, first) == (bottom, last):
                continue
            left -= (bottom - top + 1) * (last - first + 1)
            if left < 0 or bottom > LAST_ROW or last > LAST_COLUMN:
                break
            over_table = shape.title_row is None or bottom < shape.title_row
            try:
                sheet.merge_range(top, first, bottom, last, "", self._styles.of("text", title=over_table))
            except OverlappingRange:  # which no program writes but a hostile one
                continue
            if over_table:
                titles.add((top, first))
        return titles

    def _cell(
        self, sheet: Any, row: int, column: int, value: Cell, kind: Kind | None, key: str, *, title: bool
    ) -> None:
        codes = key in BY_KEY and BY_KEY[key].text
        if isinstance(value, float) and not math.isfinite(value):
            value = str(value)
        if value == "":
            sheet.write_blank(row, column, None, self._styles.of("text" if codes else "figure", kind, title=title))
        elif isinstance(value, str):
            base: Base = "quoted" if value.startswith(FORMULA_MARKS) else "text"
            sheet.write_string(row, column, value[:LONGEST_TEXT], self._styles.of(base, kind, title=title))
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._styles.of("figure", kind))
        elif isinstance(value, float):
            # As text where codes stand: what is typed over it stays as it is typed.
            sheet.write_number(row, column, value, self._styles.of("text" if codes else "figure", kind))
        else:
            self._moment(sheet, row, column, value, kind)

    def _moment(
        self, sheet: Any, row: int, column: int, value: date | datetime | time | timedelta, kind: Kind | None
    ) -> None:
        base: Base = "day"
        if isinstance(value, timedelta):
            base = "span"
        elif isinstance(value, time):
            base = "clock"
        elif isinstance(value, datetime) and value.time() != time():
            base = "moment"
        if isinstance(value, date) and value.year < 1900:  # before the days of Excel
            sheet.write_string(row, column, value.isoformat(), self._styles.of("text", kind))
            return
        sheet.write_datetime(row, column, value, self._styles.of(base, kind))

    def _comment(self, sheet: Any, row: int, column: int, marks: Sequence[Mark]) -> None:
        if not marks or self.comments >= MOST_COMMENTS:
            return
        self.comments += 1
        text = "\n\n".join(said(mark) for mark in marks)[:LONGEST_TEXT]
        lines = sum(1 + len(line) // 24 for line in text.split("\n"))
        size = {"width": 300, "height": min(20 + 18 * lines, 600)}
        sheet.write_comment(row, column, text, {"author": _AUTHOR, "font_size": 10, **size})

    def _columns(self, sheet: Any, shape: Shape, widths: Mapping[int, int]) -> None:
        for column in {*widths, *shape.keys}:
            form = BY_KEY.get(shape.keys.get(column, ""))
            width = min(widths.get(column, 0) + 2, _WIDEST)
            if form is not None:
                width = max(width, form.width)
            codes = form is not None and form.text
            sheet.set_column(column, column, width, self._styles.of("text") if codes else None)
        if shape.title_row is not None:
            sheet.freeze_panes(shape.title_row + 1, 0)
            for column, key in shape.keys.items():
                offer_choices(sheet, column, BY_KEY[key], shape.title_row + 1, shape.title_row + ROOM)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)


def said(mark: Mark) -> str:
    """Chinese first, each language on its own lines."""
    parts = [WORDS[mark.kind], mark.what, mark.fix]
    pairs = [part.partition(" · ")[::2] for part in parts if part]
    chinese = [f"【{pairs[0][0]}】{pairs[1][0]}", *(zh for zh, _ in pairs[2:])]
    return "\n".join([*chinese, *(en for _, en in pairs[1:] if en)])


def _heaviest(marks: Iterable[Mark]) -> Kind | None:
    kinds = {mark.kind for mark in marks}
    return next((kind for kind in COLOURS if kind in kinds), None)


def _width(value: Cell) -> int:
    """Of a text as it is shown, in digits: a Chinese character is as wide as two."""
    if not isinstance(value, str):
        return 10
    return sum(2 if ord(char) > 0x2E7F else 1 for char in value[:_WIDEST])


def _uncomputed(source: OpenSheet, shape: Shape) -> set[tuple[int, int]]:
    """Running numbers are computed in advance, for rows that nobody filled in."""
    return {place for place in source.traits.unvalued if shape.keys.get(place[1]) != "n"}
