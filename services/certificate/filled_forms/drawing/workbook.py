"""The filled form as an .xlsx: a sheet per volume. The same form, the same bytes. It prints as it looks: A4 across, page
numbers, the hash below."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from services.certificate.filled_forms.drawing import words
from services.certificate.filled_forms.filled_form import KEYS, FilledForm, Line, Volume
from shared.forms.form6.layout import BY_KEY, TITLE, TITLE_EN
from shared.forms.form6.writing import FORMULA_MARKS, SheetContent, sheet_name
from shared.trade.days import day_zh

TITLE_ROW: Final = 4  # index of the row of column titles
TEXT_FORMAT: Final = 49  # index of the built-in format @
SIZE: Final = 9  # points, of the table
LINE, LOWEST = 12.0, 22.0  # points: a line of text in a row, and a row at the least
SCORES: Final = frozenset({"theory", "practical", "review"})
LEFT: Final = frozenset({"name", "employer", "remark"})
WIDTHS: Final = (5, 22.5, 10, 5, 10.5, 10, 19.5, 8, 18, 7, 7, 8, 6, 17.5, 11, 10.5, 10)
"""In characters, for each of KEYS: narrower than where people type, so that A4 across shows 9 points as 7."""


def write(form: FilledForm, lines: Sequence[tuple[Volume, Sequence[Line]]], copy: str) -> bytes:
    """These lines, each volume's on its sheet. copy: "1" or "2", which of the two copies it is.

    Texts go in as texts, so nothing a candidate is called can become a formula, and no number loses a digit."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    issued = form.heading.issued_on
    # Excel files carry their time of making; the day of issue keeps the bytes of one form equal.
    made = datetime(issued.year, issued.month, issued.day)  # noqa: DTZ001  the format has no zones
    book.set_properties({"title": f"{TITLE} {form.heading.roster}", "subject": TITLE_EN, "created": made})
    styles = _styles(book)
    names: set[str] = set()
    for volume, some in lines:
        name = sheet_name(_content(form, volume), names)
        names.add(name.casefold())
        _Sheet(book.add_worksheet(name), styles).write(form, volume, some, copy)
    book.close()
    return out.getvalue()


def _content(form: FilledForm, volume: Volume) -> SheetContent:
    heading = form.heading
    return SheetContent(
        heading.body_zh,
        heading.body,
        heading.session,
        volume.occupation,
        volume.occupation_zh,
        volume.level,
        heading.held_on,
    )


def _styles(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": SIZE, "num_format": TEXT_FORMAT}
    return {
        "title": book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"}),
        "mark": book.add_format({"bold": True, "font_color": "#9E1B1B", "font_size": 14, "num_format": TEXT_FORMAT}),
        "text": book.add_format({"num_format": TEXT_FORMAT, "valign": "vcenter"}),
        "right": book.add_format({"num_format": TEXT_FORMAT, "align": "right"}),
        "head": book.add_format({**cell, "bold": True, "bg_color": "#EEF1F4", "align": "center"}),
        "left": book.add_format(cell),
        "quoted": book.add_format({**cell, "quote_prefix": True}),
        "centre": book.add_format({**cell, "align": "center"}),
        "score": book.add_format({**cell, "align": "center", "num_format": "0.######"}),
    }


class _Sheet:
    def __init__(self, sheet: Any, styles: dict[str, Any]) -> None:
        self._sheet, self._styles = sheet, styles

    def write(self, form: FilledForm, volume: Volume, lines: Sequence[Line], copy: str) -> None:
        for column, width in enumerate(WIDTHS):
            self._sheet.set_column(column, column, width)
        self._heading(form, volume, copy)
        self._sheet.set_row(TITLE_ROW, 30)
        for column, key in enumerate(KEYS):
            self._sheet.write_string(TITLE_ROW, column, BY_KEY[key].title, self._styles["head"])
        for row, line in enumerate(lines, TITLE_ROW + 1):
            self._sheet.set_row(row, max(LOWEST, LINE * _rows_in(line)))
            for column, (key, text) in enumerate(zip(KEYS, line, strict=True)):
                self._cell(row, column, key, text)
        self._foot(form, volume, TITLE_ROW + 1 + len(lines), copy)
        self._printing(form, copy)

    def _heading(self, form: FilledForm, volume: Volume, copy: str) -> None:
        last = len(KEYS) - 1
        self._sheet.write_string(0, 0, f"附表六{words.COPIES[copy]}", self._styles["text"])
        if words.is_practised(form.heading):
            self._sheet.write_string(0, 3, words.PRACTICE_MARK, self._styles["mark"])
        self._sheet.write_string(0, last, words.volume_zh(form, volume), self._styles["right"])
        self._sheet.merge_range(1, 0, 1, last, TITLE, self._styles["title"])
        self._sheet.set_row(1, 32)
        for n, (label, value) in enumerate(words.labels(form.heading, volume)):
            self._sheet.write_string(2 + n // 3, (0, 6, 12)[n % 3], f"{label}：{value}", self._styles["text"])

    def _cell(self, row: int, column: int, key: str, text: str) -> None:
        if key in SCORES and text:
            self._sheet.write_number(row, column, float(text), self._styles["score"])
            return
        style = "quoted" if text.startswith(FORMULA_MARKS) else "left" if key in LEFT else "centre"
        self._sheet.write_string(row, column, text, self._styles[style])

    def _foot(self, form: FilledForm, volume: Volume, row: int, copy: str) -> None:
        texts = [
            (row, 0, words.total_zh(form, volume)),
            (row, 12, f"填发日期：{day_zh(form.heading.issued_on)}"),
            (row + 1, 0, "制表人（签字）："),
            (row + 1, 6, "审核人（签字）："),
            (row + 1, 12, "站长（签字）："),
        ]
        texts += [
            (row + 3, place, f"{office}（盖章）：{name}")
            for place, (office, name) in zip((0, 6, 12), words.sealing(form.heading), strict=False)
        ]
        texts.append((row + 8, 0, f"{words.COPY_NAMES[copy]} · 内容摘要 content hash {form.seal}"))
        for at in range(row, row + 4):
            self._sheet.set_row(at, 24)
        for at, column, text in texts:
            self._sheet.write_string(at, column, text, self._styles["text"])

    def _printing(self, form: FilledForm, copy: str) -> None:
        sheet = self._sheet
        sheet.freeze_panes(TITLE_ROW + 1, 3)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(TITLE_ROW)
        sheet.center_horizontally()
        mark = f"&L{words.PRACTICE_MARK}" if words.is_practised(form.heading) else ""
        sheet.set_footer(f"{mark}&C第 &P 页 共 &N 页&R&6{words.COPY_NAMES[copy]} {form.seal}")


def _rows_in(line: Line) -> int:
    """How many rows of text its longest cell takes: a program that opens the file does not always find out itself."""
    return max(math.ceil(_width(text) / (width - 0.5)) for text, width in zip(line, WIDTHS, strict=True))


def _width(text: str) -> float:
    """In characters of the sheet's own size, which is 11 points."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1.1 for one in text) * SIZE / 11
