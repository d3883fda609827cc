"""The clerk's own workbook with every wrong cell coloured and the reason in a comment, as one piece of work for a child
process: a question and the bytes of the workbook in; out a row of JSON, and behind it the marked workbook, always an .xlsx.

Sent back as it is, it is wrong for the same reasons, but for what was out of sight: hidden rows, columns and sheets are
shown. Its marks are neither problems nor lines.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.rosters.workbook.examining import LONGEST_FOUND, MOST_FOREIGN, Question, compare
from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.marked.marks import Mark, Marks, marks_of, shape_of
from services.reporting.rosters.workbook.marked.rebuilding import (
    COLOURS,
    LONGEST_TEXT,
    WORDS,
    Rebuilder,
    Styles,
    free_name,
)
from services.reporting.rosters.workbook.opening.sheets import open_workbook
from services.reporting.rosters.workbook.reading import SPARE_ROWS, WHOLE_WORKBOOK, NotTakenOver, Reading
from shared.errors import Invalid, Problem
from shared.forms.columns import column_letters
from shared.forms.form6.layout import MARKS, is_list_of_marks
from shared.forms.form6.writing import lines_of

TOO_LARGE_TO_MARK: Final = (
    "工作簿过大，无法标注，请按逐格列出的问题修改 · the workbook is too large to be marked: mend it by the list of its "
    "problems"
)
BEGINNING: Final = b"PK\x03\x04"
LINE: Final = 16  # points of one line of a cell in the list
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001  the format has no zones; equal content, equal bytes


class _Said(BaseModel):
    """detail: why there is no marked workbook; empty: it follows."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
    detail: str = ""
    foreign: list[str] = Field([], max_length=MOST_FOREIGN)


@dataclass(frozen=True, slots=True)
class MarkedWorkbook:
    """content: an .xlsx. foreign: certificate numbers in it without the industry mark (R3)."""

    content: bytes
    foreign: tuple[str, ...]


# --- in the child ---------------------------------------------------------------------------------------------------------


def mark(question: bytes, content: bytes) -> bytes:
    """Whatever the bytes are, an answer. Reads them twice: first what is wrong, then the cells."""
    asked = Question.model_validate_json(question)
    try:
        found = _examined(content, asked)
        marked = _marked(content, asked, found)
    except Invalid as error:
        return _row(_Said(detail=str(error)))
    except MemoryError:
        return _row(_Said(detail=TOO_LARGE_TO_MARK))
    return _row(_Said(foreign=list(found.foreign[:MOST_FOREIGN]))) + marked


def _row(said: _Said) -> bytes:
    return said.model_dump_json(exclude_defaults=True).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class _Examined:
    detail: str
    problems: Sequence[Problem]
    notes: Sequence[Correction]
    foreign: Sequence[str] = ()


def _examined(content: bytes, asked: Question) -> _Examined:
    planned = {(item.occupation, item.level) for item in asked.items}
    unplanned: dict[tuple[str, int], None] = {}

    reading = Reading(asked.rules, asked.held_on)
    notes: tuple[Correction, ...] = ()
    try:
        for line in reading.lines(content):
            if (line.occupation, line.level) not in planned:
                unplanned[line.occupation, line.level] = None
        notes = reading.notes
        compare(reading.heading, asked, unplanned)
    except NotTakenOver as error:
        return _Examined(str(error), error.problems, error.notes, error.foreign)
    except Invalid as error:
        return _Examined(str(error), error.problems, notes)
    return _Examined("没有发现问题 · nothing is wrong", (), notes)


def _marked(content: bytes, asked: Question, found: _Examined) -> bytes:
    """Raises Invalid where nothing can be read."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": MARKS, "created": _MADE})
    styles, marks = Styles(book), marks_of(found.problems, found.notes)
    left, rebuilder = Marks(marks), Rebuilder(styles)
    listing, taken = book.add_worksheet(MARKS), {MARKS.casefold()}
    names: dict[str, str] = {}
    for source in open_workbook(content, asked.rules.most_rows + SPARE_ROWS):
        shape = shape_of(source)
        if shape.title_row is None and is_list_of_marks(source.name):
            continue  # of the last time
        placed = left.of(source, shape)
        names[source.name] = free_name(source.name, taken)
        sheet = book.add_worksheet(names[source.name])
        rebuilder.write(sheet, source, shape, placed)
        wrong = any(mark.kind == "wrong" for row in placed.values() for found in row.values() for mark in found)
        if source.hidden and not wrong:  # what is only noted there would be wrong in sight
            sheet.hide()
    _List(listing, book).write(found.detail, marks, names)
    book.close()
    return out.getvalue()


class _List:
    """The first sheet: all marks with a link to each, and what the colours mean."""

    COLUMNS: Final = (
        ("种类 · kind", 22),
        ("位置 · place", 24),
        ("原填 · as typed", 26),
        ("问题或更正 · what it is", 60),
        ("怎么改、读作什么 · how to mend it, how it was read", 50),
    )

    def __init__(self, sheet: Any, book: Any) -> None:
        self._sheet = sheet
        self._heading = book.add_format({"bold": True, "font_size": 14})
        self._title = book.add_format({"bold": True, "border": 1, "bg_color": "#DDE7F0", "text_wrap": True})
        self._text = book.add_format({"num_format": 49, "text_wrap": True, "valign": "top", "border": 1})
        self._link = book.add_format(
            {"num_format": 49, "text_wrap": True, "valign": "top", "border": 1, "font_color": "#0B5394", "underline": 1}
        )
        self._kinds = {
            kind: book.add_format({"bg_color": colour, "border": 1, "text_wrap": True, "valign": "top"})
            for kind, colour in COLOURS.items()
        }

    def write(self, detail: str, marks: Sequence[Mark], names: dict[str, str]) -> None:
        """names: of the sheets, by those they had."""
        sheet = self._sheet
        for column, (_, width) in enumerate(self.COLUMNS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, "问题清单 · what was found in this workbook", self._heading)
        sheet.write_string(1, 0, detail)
        row = 2
        count = Counter(mark.kind for mark in marks)
        for kind, words in WORDS.items():
            sheet.write_string(row, 0, words, self._kinds[kind])
            sheet.write_number(row, 1, count[kind])
            sheet.set_row(row, LINE * lines_of(words, self.COLUMNS[0][1]))
            row += 1
        sheet.write_string(
            row,
            0,
            "本工作簿按您上传的内容重新生成：改好有误的单元格即可直接再次上传，本页和批注不影响导入；原有的批注、公式、颜色不再保留，"
            "隐藏的行、列、工作表已显示。",
        )
        sheet.write_string(
            row + 1,
            0,
            "Made anew from the cells you sent: mend what is wrong and send it again as it is; this sheet and the comments do "
            "no harm. Your own comments, formulas and colours are gone; what was hidden is shown.",
        )
        row += 3
        for column, (title, _) in enumerate(self.COLUMNS):
            sheet.write_string(row, column, title, self._title)
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)
        for n, mark in enumerate(marks, row + 1):
            self._mark(n, mark, names)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页 / 共 &N 页")
        sheet.activate()

    def _mark(self, row: int, mark: Mark, names: dict[str, str]) -> None:
        texts = {column: _in_lines(text) for column, text in enumerate((mark.was, mark.what, mark.fix), 2)}
        height = max(
            sum(lines_of(line, self.COLUMNS[column][1]) for line in text.split("\n")) for column, text in texts.items()
        )
        self._sheet.set_row(row, LINE * max(2, height))
        self._sheet.write_string(row, 0, _in_lines(WORDS[mark.kind]), self._kinds[mark.kind])
        if mark.place is None:
            self._sheet.write_string(row, 1, mark.where[:LONGEST_TEXT], self._text)
        else:
            name, line, column = mark.place
            cell = f"{column_letters(column)}{line + 1}"
            target = "internal:'" + names[name].replace("'", "''") + f"'!{cell}"
            self._sheet.write_url(row, 1, target, self._link, f"{names[name]}!{cell}")
        for column, text in texts.items():
            self._sheet.write_string(row, column, text[:LONGEST_TEXT], self._text)


def _in_lines(text: str) -> str:
    """Each language on its own."""
    return text.replace(" · ", "\n", 1)


# --- in the service -------------------------------------------------------------------------------------------------------


def from_answer(answer: bytes) -> MarkedWorkbook:
    """Raises NotTakenOver where there is nothing to mark, ValueError for anything that `mark` does not write. The workbook
    itself goes to nobody but whoever sent it, and is not opened here."""
    end = answer.find(b"\n", 0, LONGEST_FOUND) + 1
    if not end:
        raise ValueError("no answer")
    said = _Said.model_validate_json(answer[:end])
    if said.detail:
        raise NotTakenOver(said.detail, [Problem(WHOLE_WORKBOOK, said.detail)])
    if not answer.startswith(BEGINNING, end):
        raise ValueError("no workbook")
    return MarkedWorkbook(answer[end:], tuple(said.foreign))
