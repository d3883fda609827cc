"""Where in a workbook each thing that was said about it belongs: cells get marks, by row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from services.reporting.rosters.workbook.cells import text_of
from services.reporting.rosters.workbook.findings import Correction, Findings
from services.reporting.rosters.workbook.heading import find_table_row, labelled
from services.reporting.rosters.workbook.opening.sheets import OpenSheet
from shared.errors import Problem
from shared.forms.columns import column_index
from shared.forms.form6.layout import COLUMN_SPELLINGS, LABELS, LEVEL_SPELLINGS, heading
from shared.trade.numbers.spelling import normalise

Kind = Literal["wrong", "confirm", "spelling"]
"""From the heaviest down: refused; read as another date, name or number; read as another way of writing the same."""

_PLACE: Final = re.compile(
    r"(?s)(?P<sheet>.+)!(?:(?P<column>[A-Z]{1,3})(?P<row>[1-9]\d{0,6})(?::[A-Z]{1,3}\d+)?"
    r"|(?P<whole_row>[1-9]\d{0,6}):\d+|(?P<whole_column>[A-Z]{1,3}):[A-Z]{1,3})"
)
_ITEM: Final = re.compile(r"(?P<occupation>\S+) / (?P<level>\d)")
_LABEL_KEYS: Final = {label.title: label.key for label in LABELS}


@dataclass(slots=True)
class Mark:
    """One thing that was said, in the words in which it was. place: sheet as it came, row and column from 0, once it is
    found; one that names the workbook as a whole has none."""

    kind: Kind
    where: str
    what: str
    fix: str
    was: str = ""
    place: tuple[str, int, int] | None = None


def marks_of(problems: Iterable[Problem], corrections: Iterable[Correction]) -> list[Mark]:
    """In reading order, problems first."""
    wrong = [Mark("wrong", one.where, one.what, one.fix) for one in problems]
    return wrong + [Mark(one.weight, one.where, one.what, one.fix, one.was) for one in corrections]


@dataclass(slots=True)
class Shape:
    """What a sheet looks like to whoever reads it: index of the title row (none: no table), keys by column, and where the
    values above the table are."""

    title_row: int | None
    keys: dict[int, str] = field(default_factory=dict)
    values: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """Row, column and text by the key of the label."""


def shape_of(sheet: OpenSheet) -> Shape:
    title_row = find_table_row(sheet)
    if title_row is None:
        return Shape(None)
    titles: Sequence[object] = next(row for index, row in sheet.rows if index == title_row)
    keys: dict[int, str] = {}
    for column, title in enumerate(titles):
        key = COLUMN_SPELLINGS.get(heading(title)) if isinstance(title, str) else None
        if key is not None and key not in keys.values():
            keys[column] = key
    values: dict[str, tuple[int, int, str]] = {}
    for key, (where, value) in labelled(sheet, title_row, Findings())[0].items():
        if (place := _PLACE.fullmatch(where)) is not None and place["column"]:
            values[key] = (int(place["row"]) - 1, column_index(place["column"]), text_of(value))
    return Shape(title_row, keys, values)


class Marks:
    """The marks that are still to be placed, by what they name: a cell, a row or a column of a sheet, the sheet, a value
    above the table, an occupation at a level."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._by_sheet: dict[str, list[tuple[Mark, re.Match[str] | None]]] = {}
        self._others: list[Mark] = []
        for mark in marks:
            place = _PLACE.fullmatch(mark.where)
            self._by_sheet.setdefault(place["sheet"] if place else mark.where, []).append((mark, place))
            if place is None:
                self._others.append(mark)

    def of(self, sheet: OpenSheet, shape: Shape) -> dict[int, dict[int, list[Mark]]]:
        """The marks of this sheet by row and column, each with its place from now on."""
        placed: dict[int, dict[int, list[Mark]]] = {}
        found = [(mark, *_cell(place, shape)) for mark, place in self._by_sheet.pop(sheet.name, ())]
        for mark, row, column in [*found, *self._in_heading(shape)]:
            if mark.place is None:
                mark.place = (sheet.name, row, column)
                placed.setdefault(row, {}).setdefault(column, []).append(mark)
        return placed

    def _in_heading(self, shape: Shape) -> Iterator[tuple[Mark, int, int]]:
        for mark in self._others:
            if mark.place is not None:
                continue
            item = _ITEM.fullmatch(mark.where)
            if item is not None and shape.values:
                _, _, occupation = shape.values.get("occupation", (0, 0, ""))
                _, _, level = shape.values.get("level", (0, 0, ""))
                same = normalise(occupation) == item["occupation"]
                if same and LEVEL_SPELLINGS.get(normalise(level)) == int(item["level"]):
                    yield mark, *shape.values["occupation"][:2]
            elif (key := _LABEL_KEYS.get(mark.where)) in shape.values and key is not None:
                yield mark, *shape.values[key][:2]


def _cell(place: re.Match[str] | None, shape: Shape) -> tuple[int, int]:
    """Row and column of what is named; of a row its first column that is known, of a column its title, of a sheet its
    beginning."""
    if place is None:
        return 0, 0
    if place["column"]:
        return int(place["row"]) - 1, column_index(place["column"])
    if place["whole_row"]:
        return int(place["whole_row"]) - 1, min(shape.keys, default=0)
    return shape.title_row or 0, column_index(place["whole_column"])
