"""A filled form 6 → roster lines, or every wrong cell at once, each with its place, what is wrong and how to mend it.

Safe corrections (blanks, full-width digits, spellings of dates) are made and listed; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, cast

from services.reporting.rosters.workbook import cells
from services.reporting.rosters.workbook.comparing import Compared
from services.reporting.rosters.workbook.findings import Correction, Findings
from services.reporting.rosters.workbook.heading import (
    Heading,
    Table,
    find_table_row,
    not_taken_over,
    read_heading,
    read_table,
)
from services.reporting.rosters.workbook.lines import LineReader
from services.reporting.rosters.workbook.opening.sheets import Cell, OpenSheet, by_row, open_workbook, with_rows
from services.reporting.rosters.workbook.other_rows import OtherRows
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.reporting import RosterLine
from shared.errors import Invalid, Problem
from shared.forms.columns import column_letters
from shared.forms.form6.layout import COLUMNS, INSTRUCTIONS, RESIDENT_ID, is_list_of_marks
from shared.forms.form6.rows import ENOUGH_OF_A_PERSON, of_a_person

WHOLE_WORKBOOK: Final = "工作簿 · workbook"
SPARE_ROWS: Final = 10_000  # headings, feet and instructions of all sheets, on top of the candidates
ENOUGH_CELLS: Final = 4  # filled required cells that make a row below the foot a candidate

Names: TypeAlias = Mapping[tuple[str, int], tuple[str, str]]

_REQUIRED: Final = tuple(column.key for column in COLUMNS if column.required)


@dataclass(frozen=True, slots=True)
class RosterWorkbook:
    """What a correct workbook says. lines: n runs over all sheets; occupation_en is empty (the session plan knows it).

    notes: the corrections made, each with its cell, what was changed, and how it was read."""

    station_zh: str
    institution: str
    session: str
    held_on: date
    lines: tuple[RosterLine, ...]
    notes: tuple[Correction, ...]


class NotTakenOver(Invalid):
    """A workbook that is not taken over. foreign: certificate numbers in it without the industry mark (R3). notes: what would
    have been corrected besides."""

    def __init__(
        self,
        detail: str,
        problems: Sequence[Problem],
        foreign: tuple[str, ...] = (),
        notes: tuple[Correction, ...] = (),
    ) -> None:
        super().__init__(detail, problems)
        self.foreign = foreign
        self.notes = notes


def read(content: bytes, rules: Rules | None = None) -> RosterWorkbook:
    """Read an .xlsx or .xls workbook. Raises NotTakenOver with all problems in reading order, whatever the bytes are.

    Foreign bytes may take all memory and time there is, or end the process: call it in a child that has limits."""
    reading = Reading(rules or Rules())
    lines = tuple(reading.lines(content))
    heading = reading.heading
    return RosterWorkbook(
        cast(str, heading.station_zh),
        cast(str, heading.institution),
        cast(str, heading.session),
        cast(date, heading.held_on),
        lines,
        reading.notes,
    )


class Reading:
    """As `read`, for rosters that are too large to hold: each line is there as soon as it was read.

    held_on: the day that every sheet must name, and by which ages count; None: the day that the workbook says. names: of
    occupations in Chinese and English, by occupation and level, as they are planned; of others the workbook's own counts."""

    heading: Heading
    """Complete, once the last line was read."""
    notes: tuple[Correction, ...]
    """The corrections, once the last line was read."""

    def __init__(self, rules: Rules, held_on: date | None = None, names: Names | None = None) -> None:
        self._rules = rules
        self._findings = Findings()
        self._roster = _Roster(rules, self._findings, held_on, names or {})

    def lines(self, content: bytes) -> Iterator[RosterLine]:
        """They count only if this comes to its end. Raises NotTakenOver."""
        try:
            for sheet in open_workbook(content, self._rules.most_rows + SPARE_ROWS):
                yield from self._roster.add(sheet)
        except Invalid as error:
            raise NotTakenOver(str(error), [Problem(WHOLE_WORKBOOK, str(error))]) from error
        self.heading, self.notes = _result(self._roster, self._findings)


def _result(filled: _Roster, findings: Findings) -> tuple[Heading, tuple[Correction, ...]]:
    """Raises NotTakenOver."""
    rules = filled.rules
    if not filled.compared.headings and not findings.problems:
        findings.wrong(
            WHOLE_WORKBOOK,
            "没有合格人员名册 · there is no roster in this workbook",
            "请使用名册模板 · please use the template",
        )
    elif not filled.rows and not findings.problems:
        findings.wrong(WHOLE_WORKBOOK, "名册中没有人员 · the roster lists nobody", "请填写名册 · please fill it in")
    if filled.rows > rules.most_rows:
        findings.wrong(
            WHOLE_WORKBOOK,
            f"名册超过 {rules.most_rows} 行 · the roster has more than {rules.most_rows} rows",
            "请分批上报 · please report it in parts",
        )
    problems, notes = findings.listed(WHOLE_WORKBOOK)
    if problems:
        count = findings.wrong_cells
        raise NotTakenOver(
            f"名册有 {count} 处问题，未导入任何内容 · the roster has {count} problem(s); nothing was taken over",
            problems,
            tuple(findings.foreign),
            notes,
        )
    _, heading = filled.compared.headings[0]
    return heading, notes


class _Roster:
    """The sheets read so far."""

    def __init__(self, rules: Rules, findings: Findings, held_on: date | None, names: Names) -> None:
        self.rules = rules
        self.held_on = held_on
        self.names = names
        self.findings = findings
        self.rows = 0
        """Rows that look like candidates, whether right or wrong."""
        self.compared = Compared(findings)

    def add(self, sheet: OpenSheet) -> Iterator[RosterLine]:
        if sheet.is_empty:
            return
        title_row = find_table_row(sheet)
        if title_row is None:
            if sheet.name.strip() == INSTRUCTIONS or is_list_of_marks(sheet.name):
                return
            if sheet.hidden:
                # A program's own list of choices, most likely: said, but no reason to refuse the others.
                index, row = next(iter(sheet.rows))
                column = next(n for n, cell in enumerate(row) if cell != "")
                where = f"{sheet.name}!{column_letters(column)}{index + 1}"
                not_taken_over(self.findings, where, cells.text_of(row[column]))
            else:
                self.findings.wrong(
                    sheet.name,
                    "没有找到名册的表头行 · the row of column titles was not found",
                    "请使用名册模板，或删除该工作表 · please use the template, or delete this sheet",
                )
            return
        if sheet.hidden:
            self.findings.wrong(
                sheet.name,
                "工作表被隐藏 · the sheet is hidden",
                "请取消隐藏，或删除该工作表 · unhide or delete it",
            )
            return
        heading = read_heading(sheet, title_row, self.rules, self.findings, self.held_on)
        table = read_table(sheet, title_row, heading.level, self.findings)
        self.compared.heading(sheet.name, heading)
        yield from self._read_rows(sheet, table, heading)

    def _read_rows(self, sheet: OpenSheet, table: Table, heading: Heading) -> Iterator[RosterLine]:
        names = self.names.get((heading.occupation or "", heading.level or 0))
        reader = LineReader(sheet.name, table, heading, self.rules, self.findings, names)
        errors, unvalued = by_row(sheet.traits.errors), by_row(sheet.traits.unvalued)
        running = table.columns.get("n", -1)
        hidden = [column for column in sorted(table.columns.values()) if column in sheet.traits.hidden_columns]
        nowhere: frozenset[int] = frozenset()
        unseen: dict[int, int] = {}
        """The first row with something in it, by hidden column."""
        count, renumbered, concealed = 0, False, False
        strays: set[int] = set()
        others = OtherRows(sheet, table, heading, self.findings)
        last = table.row
        for index, row in with_rows(sheet.rows, errors.keys() | unvalued.keys()):
            if index <= table.row:
                continue
            for column in hidden:
                if column < len(row) and not cells.is_blank(row[column]):
                    unseen.setdefault(column, index)
            broken = table.keys_of(errors.get(index, ()))
            # Running numbers are computed in advance, for rows that nobody filled in.
            uncomputed = table.keys_of(unvalued[index] - {running}) if index in unvalued else ()
            person = of_a_person(row, table.columns) >= ENOUGH_OF_A_PERSON
            if not person and not broken and others.take(index, row, count, uncomputed):
                continue
            without_value = errors.get(index, nowhere) | unvalued.get(index, nowhere)
            if not person and not broken and not uncomputed and self._is_empty(table, row):
                self._strays(sheet, table, index, row, without_value, strays)
                others.only_a_number(index, row)
                continue
            if others.foot is not None:
                filled = self._filled(table, row, unvalued.get(index, ()))
                if person or broken or filled >= ENOUGH_CELLS:
                    self.rows += 1
                    self.findings.wrong(
                        f"{sheet.name}!{index + 1}:{index + 1}",
                        "合计行之后还有人员 · a candidate below the foot of the table",
                        "移到合计行之前 · move the row above the foot",
                    )
                else:
                    others.below_foot(index, row)
                continue
            count += 1
            last = index
            self.rows += 1
            if index in sheet.traits.hidden_rows:
                concealed = True
                self.findings.wrong(
                    f"{sheet.name}!{index + 1}:{index + 1}",
                    "该行被隐藏或筛选 · the row is hidden or filtered out",
                    "取消隐藏和筛选，或删除该行 · unhide or delete it",
                )
            renumbered = self._number(reader, table, index, row, count, renumbered)
            self._strays(sheet, table, index, row, without_value, strays)
            candidate = reader.read(self.rows, index, row, broken, uncomputed)
            self.compared.candidate(reader, candidate, heading)
            if candidate.line is not None:
                yield candidate.line
        self._check_shape(sheet, table, last, [column for column in hidden if unseen.get(column, last + 1) <= last])
        if sheet.traits.filtered and not concealed:
            self.findings.wrong(
                sheet.name,
                "工作表设有筛选条件，有的行可能看不到 · a filter with conditions is set: rows may be out of sight",
                "清除筛选后保存 · clear the filter and save",
            )

    def _is_empty(self, table: Table, row: list[Cell]) -> bool:
        """Nothing but what templates are filled with in advance: a running number, and the usual kind of document."""
        advance = {table.columns.get("n")}
        kind = table.columns.get("id_type", -1)
        if 0 <= kind < len(row) and row[kind] == RESIDENT_ID:
            advance.add(kind)
        return all(cells.is_blank(cell) or index in advance for index, cell in enumerate(row)) or not any(
            column < len(row) and not cells.is_blank(row[column])
            for column in table.columns.values()
            if column not in advance
        )

    def _filled(self, table: Table, row: list[Cell], unvalued: Collection[int]) -> int:
        """How many of the required columns say something, or would, had somebody computed them."""
        columns = [table.columns[key] for key in _REQUIRED if key in table.columns]
        return sum(n in unvalued or (n < len(row) and not cells.is_blank(row[n])) for n in columns)

    def _strays(
        self,
        sheet: OpenSheet,
        table: Table,
        index: int,
        row: list[Cell],
        without_value: Collection[int],
        reported: set[int],
    ) -> None:
        """A column with cells but no title would be lost silently: reported once, at its first cell."""
        if len(row) <= table.unbroken and not without_value:
            return
        known = {*table.columns.values(), *table.unknown, *reported}
        filled = {column for column, cell in enumerate(row) if not cells.is_blank(cell)}
        for column in sorted(filled.union(without_value)):
            if column not in known:
                reported.add(column)
                self.findings.wrong(
                    f"{sheet.name}!{column_letters(column)}{index + 1}",
                    "该列没有标题 · this column has no title",
                    "请填写列名或删除 · name the column or delete it",
                )

    def _number(
        self, reader: LineReader, table: Table, index: int, row: list[Cell], count: int, renumbered: bool
    ) -> bool:
        """序号 is only an aid: a gap is renumbered, noted once per sheet. Returns whether it was noted. A word instead of a
        number says something of the row: that it is an example, was struck out, or is the foot."""
        column = table.columns.get("n")
        if column is None or column >= len(row) or cells.is_blank(row[column]):
            return renumbered
        if isinstance(row[column], float) and row[column] == count:
            return renumbered
        text = cells.text_of(row[column])
        if not any(char.isnumeric() for char in text):
            self.findings.wrong(
                f"{reader.sheet}!{column_letters(column)}{index + 1}",
                "序号不是数字，而该行有人员信息 · the running number is a word, and the row holds a candidate",
                "改为数字；示例行、作废行请删除，合计另起一行 · write a number; delete examples and rows that do not count, and "
                "give totals a row of their own",
            )
            return renumbered
        if renumbered:
            return renumbered
        if text.strip() == str(count):
            return False
        self.findings.changed(
            f"{reader.sheet}!{column_letters(column)}{index + 1}",
            "序号不连续，由此起重新编号 · running numbers have a gap; renumbered from here",
            str(count),
            was=cells.text_of(row[column]),
        )
        return True

    def _check_shape(self, sheet: OpenSheet, table: Table, last: int, unseen: list[int]) -> None:
        """Merged cells in the table, and hidden columns with something in them: nobody can see what would be read."""
        for (top, left), (bottom, right) in sheet.merged:
            if bottom >= table.row and top <= last:
                self.findings.wrong(
                    f"{sheet.name}!{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}",
                    "表格中有合并单元格 · merged cells inside the table",
                    "取消合并，逐格填写 · unmerge and fill in each cell",
                )
        for column in unseen:
            self.findings.wrong(
                f"{sheet.name}!{column_letters(column)}:{column_letters(column)}",
                "该列被隐藏 · the column is hidden",
                "取消隐藏，或清空该列 · unhide or empty it",
            )
