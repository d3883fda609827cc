"""Bytes from a clerk → sheets of cells. The spreadsheet parser is native code: a damaged or hostile file can make it ask
for 80 GB and abort the whole process (seen with a few changed bytes in an .xls), so this runs in a child process only."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from services.reporting.rosters.workbook.opening import compound, package
from services.reporting.rosters.workbook.opening.protection import unlocked
from services.reporting.rosters.workbook.opening.traits import ENCRYPTED, TOO_LARGE, UNREADABLE, UNUSUAL, Traits
from shared.errors import Invalid

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Cell: TypeAlias = str | float | bool | date | datetime | time | timedelta

MOST_COLUMNS: Final = 104  # A … CZ: form 6 has 18
MOST_CHARACTERS: Final = 40_000_000  # in all cells; 100,000 full rows have 15 million


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """rows: only those that are not empty, as (row index from 0, cells from column A up to the last filled one). They are
    made as they are asked for, each time anew: all of them at once take a hundred megabytes."""

    name: str
    hidden: bool
    rows: Iterable[tuple[int, list[Cell]]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    traits: Traits

    @property
    def is_empty(self) -> bool:
        return all(isinstance(cell, str) and not cell.strip() for _, row in self.rows for cell in row)


def open_workbook(content: bytes, most_rows: int) -> Iterator[OpenSheet]:
    """The worksheets in the order of the tabs; one at a time is open. most_rows: that are not empty, of all sheets.

    Raises Invalid with one sentence when there is no way to read them, at the start or at any later row; what the parser
    dies of, its process dies of."""
    if content.startswith(compound.MAGIC):
        content = unlocked(content)
    if content.startswith(b"PK\x03\x04"):
        readable, traits = package.open_package(content)
    elif content.startswith(compound.MAGIC):
        traits = compound.open_compound(content)
        readable = io.BytesIO(content)
    elif not content:
        raise Invalid("文件是空的 · the file is empty")
    else:
        raise Invalid(
            "这不是 Excel 工作簿（可能是网页或文本改了扩展名），请另存为 .xlsx · "
            "this is not an Excel workbook (maybe a web page or a text under another name): save it as .xlsx"
        )
    # Not with the others above: the service itself writes workbooks with this room, and never loads the parser.
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with _parsing():
        workbook = CalamineWorkbook.from_filelike(readable)
        tabs = list(enumerate(workbook.sheets_metadata))
        worksheets = [(tab, meta) for tab, meta in tabs if meta.typ is SheetTypeEnum.WorkSheet]
    if len(traits) == len(tabs):
        traits = [traits[tab] for tab, _ in worksheets]
    if len(traits) != len(worksheets):  # what is hidden in them would not be known
        raise Invalid(UNUSUAL)
    budget = _Budget(most_rows)
    for (tab, meta), found in zip(worksheets, traits, strict=True):
        with _parsing():
            sheet = workbook.get_sheet_by_index(tab)
            merged = tuple(sheet.merged_cell_ranges or ())
        hidden = meta.visible is not SheetVisibleEnum.Visible
        yield OpenSheet(meta.name, hidden, _Rows(sheet, budget), merged, found)


def by_row(places: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Columns by row."""
    found: dict[int, set[int]] = {}
    for row, column in places:
        found.setdefault(row, set()).add(column)
    return found


def with_rows(rows: Iterable[tuple[int, list[Cell]]], others: Iterable[int]) -> Iterator[tuple[int, list[Cell]]]:
    """Those of a sheet, and empty ones in their places where one of `others` is not among them: a row of nothing but errors,
    or of formulas that nobody computed, comes from the parser as an empty one, which is left out."""
    left = sorted(others, reverse=True)
    for index, row in rows:
        while left and left[-1] < index:
            yield left.pop(), []
        if left and left[-1] == index:
            left.pop()
        yield index, row
    while left:
        yield left.pop(), []


@contextmanager
def _parsing() -> Iterator[None]:
    """Raises Invalid for whatever the parser raises. A panic of it is no Exception, and its errors have no common class."""
    try:
        yield
    except (Invalid, MemoryError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise Invalid(ENCRYPTED if type(error).__name__ == "PasswordError" else UNREADABLE) from error


def _no_int(cell: Any) -> Cell:
    return float(cell) if type(cell) is int else cell


def _parsed(rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    with _parsing():
        yield from rows


@dataclass(slots=True)
class _Budget:
    """More rows, columns or text than any roster has are not read to the end."""

    rows: int
    characters: int = MOST_CHARACTERS

    def spend(self, cells: list[Cell]) -> None:
        """Raises Invalid."""
        self.rows -= 1
        self.characters -= sum([len(cell) for cell in cells if type(cell) is str])
        if self.rows < 0 or self.characters < 0 or len(cells) > MOST_COLUMNS:
            raise Invalid(TOO_LARGE)


class _Rows:
    def __init__(self, sheet: CalamineSheet, budget: _Budget) -> None:
        self._sheet = sheet
        self._budget = budget
        self._read = -1
        """The last row that was counted."""

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        # `iter_rows` begins at row 1 and column A, whatever the first used cell is.
        rows = _parsed(self._sheet.iter_rows())
        for index, cells in enumerate(rows):
            while cells and cells[-1] == "":
                cells.pop()
            if int in map(type, cells):  # as some .xls files have them
                cells = [_no_int(cell) for cell in cells]
            if not cells:
                continue
            if index > self._read:
                self._read = index
                self._budget.spend(cells)
            yield index, cells
