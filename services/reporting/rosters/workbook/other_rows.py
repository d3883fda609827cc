"""The rows of a table that are no candidates: titles and headings of the next page, numbers of columns, the foot."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import takewhile
from typing import Final, cast

from services.reporting.rosters.workbook import cells
from services.reporting.rosters.workbook.findings import Findings
from services.reporting.rosters.workbook.heading import Heading, Table, differs, labels_in, not_taken_over, same_value
from services.reporting.rosters.workbook.opening.sheets import Cell, OpenSheet
from shared.forms.columns import column_letters
from shared.forms.form6.feet import closes, is_label, is_total
from shared.forms.form6.layout import COLUMN_SPELLINGS
from shared.forms.form6.layout import heading as heading_of
from shared.forms.form6.rows import (
    ENOUGH_TITLES,
    is_foot_row,
    is_spread_over_cells,
    is_struck_out,
    no_part_of_a_foot,
    numbers_of_columns,
    titles_in,
)
from shared.trade.numbers.spelling import normalise

_PEOPLE: Final = re.compile(r"([0-9]+)\s*(?:人|名)")
_ONLY_NUMBER: Final = re.compile(r"^\D*([0-9]+)\D*$")


class OtherRows:
    """The rows of one sheet's table that are no candidates. Whatever is not a usual part of such a sheet is noted."""

    def __init__(self, sheet: OpenSheet, table: Table, heading: Heading, findings: Findings) -> None:
        self.sheet = sheet
        self.table = table
        self.heading = heading
        self.findings = findings
        self.foot: int | None = None
        """The first row of a foot; None above it, and again below titles that were repeated."""
        self._repeated = False
        self._struck = False
        self._above = {
            normalise(cells.text_of(cell))
            for _, row in takewhile(lambda numbered: numbered[0] <= table.row, sheet.rows)
            for cell in row
            if cell != ""
        }

    def take(self, index: int, row: list[Cell], count: int, uncomputed: Collection[str] = ()) -> bool:
        """Whether it is such a row. count: candidates above it; uncomputed: columns with a formula without a value."""
        if titles_in(row) >= ENOUGH_TITLES:
            self._titles(index, row)
        elif numbers_of_columns(row):
            self._note_repeated(index, row)
        elif is_foot_row(row):
            self._foot_row(index, row, count)
        elif not uncomputed and is_struck_out(row, self.table.columns.get("n")):
            self._struck_out(index, row)
        elif not self._heading_again(index, row):
            return False
        return True

    def _titles(self, index: int, row: list[Cell]) -> None:
        """Printed forms have them on every page."""
        self.foot = None
        for column, cell in enumerate(row):
            if cells.is_blank(cell):
                continue
            key = COLUMN_SPELLINGS.get(heading_of(cells.text_of(cell)))
            if self.table.columns.get(key or "") != column and column not in self.table.unknown:
                self.findings.wrong(
                    f"{self.sheet.name}!{column_letters(column)}{index + 1}",
                    f"该列标题与第 {self.table.row + 1} 行不同 · this column has another title than in row {self.table.row + 1}",
                    "一张工作表只放一张表，其余另起一张 · one table in a sheet: put the other into a sheet of its own",
                )
                return
        self._note_repeated(index, row)

    def _heading_again(self, index: int, row: list[Cell]) -> bool:
        """The heading of the next page. One of another occupation or level begins another table."""
        if all(normalise(cells.text_of(cell)) in self._above for cell in row if not cells.is_blank(cell)):
            if any(not cells.is_blank(cell) and not isinstance(cell, float) for cell in row):
                self._note_repeated(index, row)
                return True
            return False
        labelled = labels_in(self.sheet.name, index, row)
        if not labelled.values:
            return False
        for key, where, value in labelled.values:
            if not cells.is_blank(value) and not same_value(value, self.heading.typed.get(key, "")):
                self.findings.wrong(where, *differs(key, self.heading.places.get(key, self.sheet.name)))
        for where, other in labelled.others:
            if normalise(cells.text_of(other)) not in self._above:
                not_taken_over(self.findings, where, cells.text_of(other))
        self._note_repeated(index, row)
        return True

    def _note_repeated(self, index: int, row: list[Cell]) -> None:
        if not self._repeated:
            self._repeated = True
            column = next(n for n, cell in enumerate(row) if not cells.is_blank(cell))
            self.findings.changed(
                f"{self.sheet.name}!{column_letters(column)}{index + 1}",
                "表头在各页重复，只读第一处 · the heading is repeated on each page; the first one is read",
                "",
            )

    def _foot_row(self, index: int, row: list[Cell], count: int) -> None:
        left = no_part_of_a_foot(row)
        closing = is_spread_over_cells(row) or any(
            closes(cell) for cell in row if isinstance(cell, str) and cell.strip()
        )
        running = self.table.columns.get("n")
        left = [column for column in left if column != running or not isinstance(row[column], float)]
        labels = {column for column in left if isinstance(row[column], str) and is_label(cast(str, row[column]))}
        if len(left) - len(labels) > 1:
            self.findings.wrong(
                f"{self.sheet.name}!{index + 1}:{index + 1}",
                "表尾行中还有其他内容，分不清是不是人员 · the foot of the table holds more: nobody can tell whether it is a "
                "candidate",
                "人员写在表尾之前并填写完整，其余删除 · put candidates above the foot, complete, and delete the rest",
            )
        else:
            for column in left:
                self._not_taken_over(index, column, row[column])
        if closing and self.foot is None:
            self.foot = index
            self._check_foot(index, row, count)

    def _struck_out(self, index: int, row: list[Cell]) -> None:
        """Said once in a sheet: offices strike out all that is left of a page."""
        if not self._struck:
            self._struck = True
            column = next(n for n, cell in enumerate(row) if isinstance(cell, str) and cell.strip())
            self._not_taken_over(index, column, row[column])

    def below_foot(self, index: int, row: list[Cell]) -> None:
        filled = [column for column, cell in enumerate(row) if not cells.is_blank(cell)]
        for column in filled:
            self._not_taken_over(index, column, row[column], confirm=len(filled) > 1)

    def only_a_number(self, index: int, row: list[Cell]) -> None:
        """Templates are numbered in advance; a word there is something else."""
        column = self.table.columns.get("n")
        if column is None or column >= len(row) or cells.is_blank(row[column]):
            return
        if not normalise(cells.text_of(row[column])).strip("第号()[].、,№NO").isnumeric():
            self._not_taken_over(index, column, row[column], confirm=True)

    def _not_taken_over(self, index: int, column: int, cell: Cell, *, confirm: bool = False) -> None:
        where = f"{self.sheet.name}!{column_letters(column)}{index + 1}"
        not_taken_over(self.findings, where, cells.text_of(cell), confirm=confirm)

    def _check_foot(self, index: int, row: list[Cell], count: int) -> None:
        """本册合计 n 人, if it says a number at all, in one cell or several."""
        column = next(n for n, cell in enumerate(row) if not cells.is_blank(cell))
        text = " ".join(cells.text_of(cell).strip() for cell in row if not cells.is_blank(cell))
        stated = [int(number) for number in _PEOPLE.findall(text) or _ONLY_NUMBER.findall(text)]
        # Men and women may be counted apart, with a total or without; totals of scores are no people.
        if is_total(text) and stated and count not in (max(stated), sum(stated)):
            said = max(stated)
            self.findings.wrong(
                f"{self.sheet.name}!{column_letters(column)}{index + 1}",
                f"合计 {said} 人，实有 {count} 人 · the foot says {said}, the sheet lists {count}",
                "请核对是否缺行 · check whether rows are missing",
            )
