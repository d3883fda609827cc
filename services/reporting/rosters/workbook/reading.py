"""A filled form 6 → roster lines, or every wrong cell at once, each with its place, what is wrong and how to mend it.

Safe corrections (blanks, full-width digits, spellings of dates) are made and listed; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Final, cast

from services.reporting.rosters.workbook import cells
from services.reporting.rosters.workbook.findings import Correction, Findings
from services.reporting.rosters.workbook.heading import (
    Heading,
    Table,
    differs,
    find_table_row,
    labels_in,
    not_taken_over,
    read_heading,
    read_table,
    same_value,
)
from services.reporting.rosters.workbook.lines import Candidate, LineReader
from services.reporting.rosters.workbook.opening import Cell, OpenSheet, open_workbook
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.reporting import RosterLine
from shared.errors import Invalid, Problem
from shared.forms.columns import column_letters
from shared.forms.form6.feet import closes, is_label, is_total
from shared.forms.form6.layout import COLUMN_SPELLINGS, COLUMNS, INSTRUCTIONS, LABELS, RESIDENT_ID, is_list_of_marks
from shared.forms.form6.layout import heading as heading_of
from shared.forms.form6.rows import (
    ENOUGH_OF_A_PERSON,
    ENOUGH_TITLES,
    is_foot_row,
    is_spread_over_cells,
    is_struck_out,
    no_part_of_a_foot,
    numbers_of_columns,
    of_a_person,
    titles_in,
)
from shared.trade.names import same_name
from shared.trade.numbers.spelling import normalise

WHOLE_WORKBOOK: Final = "工作簿 · workbook"
SPARE_ROWS: Final = 10_000  # headings, feet and instructions of all sheets, on top of the candidates
ENOUGH_CELLS: Final = 4  # filled required cells that make a row below the foot a candidate

_PEOPLE: Final = re.compile(r"([0-9]+)\s*(?:人|名)")
_ONLY_NUMBER: Final = re.compile(r"^\D*([0-9]+)\D*$")
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
    lines: list[RosterLine] = []
    heading, notes = read_lines(content, rules or Rules(), lines.append)
    return RosterWorkbook(
        cast(str, heading.station_zh),
        cast(str, heading.institution),
        cast(str, heading.session),
        cast(date, heading.held_on),
        tuple(lines),
        notes,
    )


def read_lines(
    content: bytes, rules: Rules, take: Callable[[RosterLine], None], held_on: date | None = None
) -> tuple[Heading, tuple[Correction, ...]]:
    """As `read`, for rosters that are too large to hold: each line is handed to `take` as soon as it was read, and counts
    only when this returns the heading, which is complete then, and the notes.

    held_on: the day that every sheet must name, and by which ages count; None: the day that the workbook says."""
    findings = Findings()
    filled = _Roster(rules, findings, take, held_on)
    try:
        for sheet in open_workbook(content, rules.most_rows + SPARE_ROWS):
            filled.add(sheet)
    except Invalid as error:
        raise NotTakenOver(str(error), [Problem(WHOLE_WORKBOOK, str(error))]) from error
    if not filled.headings and not findings.problems:
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
    _, heading = filled.headings[0]
    return heading, notes


class _Roster:
    """The sheets read so far, and what must be unique or equal over all of them."""

    def __init__(
        self, rules: Rules, findings: Findings, take: Callable[[RosterLine], None], held_on: date | None
    ) -> None:
        self.rules = rules
        self.held_on = held_on
        self.findings = findings
        self.take = take
        self.rows = 0
        """Rows that look like candidates, whether right or wrong."""
        self.headings: list[tuple[str, Heading]] = []
        self.tickets: dict[str, str] = {}
        self.people: dict[tuple[str, str], tuple[str, str]] = {}
        """Name and place by (document type, number)."""
        self.passes: dict[tuple[str, str, str, int], str] = {}

    def add(self, sheet: OpenSheet) -> None:
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
        self._compare(sheet.name, heading)
        self._read_rows(sheet, table, heading)

    # --- heading against the other sheets -----------------------------------------------------------------------------

    def _compare(self, name: str, heading: Heading) -> None:
        for label in LABELS:
            if label.key not in ("station_zh", "institution", "session", "held_on"):
                continue
            mine = getattr(heading, label.key)
            first = next(((n, h) for n, h in self.headings if getattr(h, label.key) is not None), None)
            if mine is not None and first is not None and mine != getattr(first[1], label.key):
                self.findings.wrong(
                    heading.places[label.key],
                    f"“{label.title}”与工作表 {first[0]} 不同 · {label.title} differs from sheet {first[0]}",
                    "一个工作簿只报一个批次 · one workbook reports one session",
                )
        same = (heading.occupation, heading.level)
        if None not in same:
            for other, known in self.headings:
                if (known.occupation, known.level) == same:
                    self.findings.wrong(
                        name,
                        f"职业和等级与工作表 {other} 相同 · same occupation and level as sheet {other}",
                        "合并为一张 · put both into one sheet",
                    )
                    break
        self.headings.append((name, heading))

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _read_rows(self, sheet: OpenSheet, table: Table, heading: Heading) -> None:
        reader = LineReader(sheet.name, table, heading, self.rules, self.findings)
        errors, unvalued = _by_row(sheet.traits.errors), _by_row(sheet.traits.unvalued)
        running = table.columns.get("n", -1)
        hidden = [column for column in sorted(table.columns.values()) if column in sheet.traits.hidden_columns]
        unseen: dict[int, int] = {}
        """The first row with something in it, by hidden column."""
        count, renumbered, concealed = 0, False, False
        strays: set[int] = set()
        others = _OtherRows(sheet, table, heading, self.findings)
        last = table.row
        for index, row in _and_rows_without_values(sheet.rows, errors.keys() | unvalued.keys()):
            if index <= table.row:
                continue
            for column in hidden:
                if column < len(row) and not cells.is_blank(row[column]):
                    unseen.setdefault(column, index)
            broken = table.keys_of(errors.get(index, ()))
            # Running numbers are computed in advance, for rows that nobody filled in.
            uncomputed = table.keys_of(unvalued.get(index, set()) - {running})
            person = of_a_person(row, table.columns) >= ENOUGH_OF_A_PERSON
            if not person and not broken and others.take(index, row, count, uncomputed):
                continue
            without_value = errors.get(index, set()) | unvalued.get(index, set())
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
            self._compare_people(reader, candidate, heading)
            if candidate.line is not None:
                self.take(candidate.line)
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

    def _compare_people(self, reader: LineReader, candidate: Candidate, heading: Heading) -> None:
        """Nobody else has this ticket; this person has no other line of the occupation and level, and one name only."""
        if candidate.ticket is not None:
            here = reader.where("ticket")
            if (there := self.tickets.setdefault(candidate.ticket, here)) != here:
                self.findings.wrong(
                    here, f"准考证号与 {there} 重复 · same ticket number as {there}", "请核对两行 · compare both rows"
                )
        if candidate.document is None:
            return
        here = reader.where("id_number")
        if heading.occupation is not None and heading.level is not None:
            passed = (*candidate.document, heading.occupation, heading.level)
            if (there := self.passes.setdefault(passed, here)) != here:
                self.findings.wrong(
                    here,
                    f"同一职业同一等级中与 {there} 是同一人 · same person as {there} at the same occupation and level",
                    "删除其中一行 · delete one of them",
                )
        if candidate.name is not None:
            here = reader.where("name")
            name, there = self.people.setdefault(candidate.document, (candidate.name, here))
            if name != candidate.name and not same_name(name, candidate.name):
                self.findings.wrong(
                    here,
                    f"同一证件号码的姓名与 {there} 不同 · another name than {there} for the same document number",
                    "请核对两行 · compare both rows",
                )

    # --- foot and shape -----------------------------------------------------------------------------------------------

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


def _by_row(places: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Columns by row."""
    found: dict[int, set[int]] = {}
    for row, column in places:
        found.setdefault(row, set()).add(column)
    return found


class _OtherRows:
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


def _and_rows_without_values(
    rows: Iterable[tuple[int, list[Cell]]], places: Collection[int]
) -> Iterator[tuple[int, list[Cell]]]:
    """A row of nothing but errors, or of formulas that nobody computed, comes from the parser as an empty one, which is left
    out. places: the rows with such cells."""
    left = sorted(places, reverse=True)
    for index, row in rows:
        while left and left[-1] < index:
            yield left.pop(), []
        if left and left[-1] == index:
            left.pop()
        yield index, row
    while left:
        yield left.pop(), []
