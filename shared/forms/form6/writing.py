"""Form 6 as an .xlsx: empty with its heading filled in from the plan, or with lines. Same content, same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter

from shared.contracts.reporting import RosterLine
from shared.contracts.words import LEVEL_NAMES
from shared.errors import Invalid
from shared.forms.columns import column_letters
from shared.forms.form6.layout import (
    COLUMNS,
    GRADES,
    INSTRUCTIONS,
    TEMPLATE_VERSION,
    TITLE,
    TITLE_EN,
    Column,
)

TITLE_ROW: Final = 5  # index of the row of column titles
ROOM: Final = 2_000  # rows below the last line that still have drop-downs
IN_TEMPLATE: Final = tuple(sorted(COLUMNS, key=lambda column: (column.centre, column.on_screen)))
"""What the station's paper shows comes first, for a print area is one piece; then addresses, then what the Centre fills in."""
PRINTED: Final = sum(not column.centre and not column.on_screen for column in COLUMNS)
LAST_ROW: Final = 1_048_575  # of any sheet: of whole columns only the rows with something in them are printed
_LABELS: Final = (((0, 1), (2, 5)), ((6, 6), (7, 8)), ((9, 10), (11, 13)))
"""Columns, first and last, of a label and of its value: three of them in a row."""
ROW_HEIGHT: Final = 22  # points; with the widths of the columns some 25 rows on a page
TITLE_HEIGHT: Final = 32
LINE_HEIGHT: Final = 15
FROZEN_COLUMNS: Final = 3  # running number, ticket, name stay in sight
TEXT_FORMAT: Final = 49  # index of the built-in format @
LONGEST_NAME: Final = 31  # characters of a sheet name
FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r")

# Excel files carry their time of making; a fixed one keeps the bytes of equal content equal.
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001  the format has no zones
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_EXAMPLE_DAY: Final = "1990-03-01"


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One sheet: one occupation at one level. No rows makes an empty template."""

    station_zh: str
    institution: str
    session: str
    occupation: str
    occupation_zh: str
    level: int
    held_on: date
    rows: Sequence[RosterLine] = ()


def write(sheets: Sequence[SheetContent], educations: Sequence[str] | None = None) -> bytes:
    """An .xlsx that `read` accepts. educations: the choices of 文化程度, if they differ from the form's own list.

    Raises Invalid when there is nothing to write or a text is longer than a cell can hold."""
    if not sheets:
        raise Invalid("名册至少要有一张工作表 · a roster has at least one sheet")
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": TITLE, "subject": TITLE_EN, "created": _MADE})
    book.set_custom_property("form6_template_version", TEMPLATE_VERSION, "text")
    styles = _styles(book)
    names: set[str] = {INSTRUCTIONS}
    for content in sheets:
        name = sheet_name(content, names)
        names.add(name.casefold())
        _Writer(book.add_worksheet(name), styles, educations).write(content)
    _write_instructions(book.add_worksheet(INSTRUCTIONS), styles)
    book.close()
    return out.getvalue()


def sheet_name(content: SheetContent, taken: set[str]) -> str:
    """车工-四级, cut to what Excel allows and unlike the others."""
    rank = LEVEL_NAMES[content.level][0].split("/")[0]
    trade = _FORBIDDEN.sub("", content.occupation_zh) or content.occupation
    for n in range(1, len(taken) + 2):
        ending = f"-{rank}" + (f"({n})" if n > 1 else "")
        name = trade[: LONGEST_NAME - len(ending)] + ending
        if name.casefold() not in taken:
            break
    return name


def _styles(book: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "vcenter"}
    shrunk = {"shrink": True, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "label": book.add_format({"bold": True, "align": "right", "valign": "vcenter"}),
        "text": book.add_format({"num_format": TEXT_FORMAT}),
        "quoted text": book.add_format({"num_format": TEXT_FORMAT, "quote_prefix": True}),
        "value": book.add_format({"num_format": TEXT_FORMAT, **shrunk}),
        "quoted value": book.add_format({"num_format": TEXT_FORMAT, "quote_prefix": True, **shrunk}),
        "code": book.add_format({"num_format": TEXT_FORMAT, **wrapped}),
        "quoted code": book.add_format({"num_format": TEXT_FORMAT, "quote_prefix": True, **wrapped}),
        "cell": book.add_format(wrapped),
        "ruled": book.add_format({"border": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "vcenter"}),
        "score": book.add_format({"num_format": "0.##", "valign": "vcenter"}),
        "column": book.add_format(
            {
                "bold": True,
                "border": 1,
                "bg_color": "#DDE7F0",
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
            }
        ),
        "centre": book.add_format(
            {
                "bold": True,
                "border": 1,
                "bg_color": "#D9D9D9",
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
            }
        ),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "heading": book.add_format({"bold": True, "font_size": 13}),
    }


class _Writer:
    """Writes one sheet. Texts go in as texts always, so nothing a candidate is called can become a formula."""

    def __init__(self, sheet: Any, styles: dict[str, Any], educations: Sequence[str] | None) -> None:
        self.sheet = sheet
        self.styles = styles
        self.educations = educations

    def write(self, content: SheetContent) -> None:
        for index, column in enumerate(IN_TEMPLATE):
            # Text format for the whole column: a cell format alone is lost when the clerk edits or adds rows.
            self.sheet.set_column(index, index, column.width, self.styles["code" if column.text else "cell"])
        self._heading(content)
        for index, column in enumerate(IN_TEMPLATE):
            self.sheet.write_string(
                TITLE_ROW, index, column.title, self.styles["centre" if column.centre else "column"]
            )
        self.sheet.set_default_row(ROW_HEIGHT)
        self.sheet.set_row(TITLE_ROW, TITLE_HEIGHT)
        self.sheet.freeze_panes(TITLE_ROW + 1, FROZEN_COLUMNS)
        for n, line in enumerate(content.rows, 1):
            self._line(TITLE_ROW + n, n, line)
        last = TITLE_ROW + len(content.rows)
        self._choices(last + ROOM)
        if content.rows:
            self._text(last + 1, 0, f"本册合计 {len(content.rows)} 人")
            for place, who in ((1, "制表人："), (6, "审核人："), (8, "站长：")):
                self._text(last + 2, place, who)
        self._rule(last + ROOM)
        self._paper(signed=bool(content.rows))

    def _rule(self, last: int) -> None:
        """Lines round every row in which something stands, and round no other: nobody knows how many there will be."""
        right = column_letters(PRINTED - 1)
        self.sheet.conditional_format(
            TITLE_ROW + 1,
            0,
            last,
            PRINTED - 1,
            {
                "type": "formula",
                "criteria": f"=COUNTA($A{TITLE_ROW + 2}:${right}{TITLE_ROW + 2})>1",
                "format": self.styles["ruled"],
            },
        )

    def _paper(self, *, signed: bool) -> None:
        """A4 across. What the Centre fills in is not printed here: it is on the filled form. signed: below the last row there
        is a place for signatures; else every page has one."""
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        self.sheet.center_horizontally()
        self.sheet.print_area(0, 0, LAST_ROW, PRINTED - 1)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(TITLE_ROW)
        pages = "第 &P 页 / 共 &N 页"
        self.sheet.set_footer(f"&C{pages}" if signed else f"&L制表人：&C审核人：                    站长：&R{pages}")

    def _heading(self, content: SheetContent) -> None:
        self.sheet.merge_range(0, 0, 0, PRINTED - 1, TITLE, self.styles["title"])
        self.sheet.set_row(0, 28)
        chinese = LEVEL_NAMES[content.level][0]
        for row, place, label, value in (
            (1, 0, "鉴定站", content.station_zh),
            (1, 1, "机构编码", content.institution),
            (1, 2, "鉴定批次", content.session),
            (2, 0, "职业(工种)", content.occupation_zh),
            (2, 1, "职业编码", content.occupation),
            (2, 2, "等级", chinese),
            (3, 0, "鉴定日期", content.held_on),
        ):
            at, to = _LABELS[place]
            self._wide(row, at, "label")
            self.sheet.write_string(row, at[0], label, self.styles["label"])
            self._wide(row, to, "value")
            if isinstance(value, str):
                self._text(row, to[0], value, "value")
            else:
                self.sheet.write_datetime(row, to[0], value, self.styles["day"])

    def _wide(self, row: int, columns: tuple[int, int], style: str) -> None:
        if columns[0] != columns[1]:
            self.sheet.merge_range(row, columns[0], row, columns[1], "", self.styles[style])

    def _line(self, row: int, n: int, line: RosterLine) -> None:
        texts = {
            "ticket": line.ticket,
            "name": line.name,
            "sex": line.sex,
            "id_type": line.id_type,
            "id_number": line.id_number,
            "education": line.education,
            "employer": line.employer,
            "grade": GRADES[line.grade],
            "remark": line.remark,
            "email": line.email,
        }
        scores = {"theory": line.theory, "practical": line.practical, "review": line.review}
        for index, column in enumerate(IN_TEMPLATE):
            if column.key == "n":
                self.sheet.write_number(row, index, n, self.styles["cell"])
            elif column.key == "birth":
                self.sheet.write_datetime(row, index, line.birth, self.styles["day"])
            elif text := texts.get(column.key):
                self._text(row, index, text, "code")
            elif (score := scores.get(column.key)) is not None:
                self.sheet.write_number(row, index, score, self.styles["score"])
        longest = max(lines_of(texts.get(column.key, ""), column.width) for column in IN_TEMPLATE)
        if longest * LINE_HEIGHT > ROW_HEIGHT:
            self.sheet.set_row(row, longest * LINE_HEIGHT)

    def _text(self, row: int, column: int, text: str, style: str = "text") -> None:
        # The apostrophe Excel itself puts before a text that would else become a formula when edited.
        chosen = self.styles[f"quoted {style}" if text.startswith(FORMULA_MARKS) else style]
        if self.sheet.write_string(row, column, text, chosen) != 0:
            raise Invalid(f"文字过长，单元格放不下：{column_letters(column)}{row + 1} · a text is too long for a cell")

    def _choices(self, last: int) -> None:
        for index, column in enumerate(IN_TEMPLATE):
            offer_choices(self.sheet, index, column, TITLE_ROW + 1, last, self.educations)


def lines_of(text: str, width: int) -> int:
    """How many a text takes in a column of that many digits; a Chinese character is as wide as two."""
    return max(1, -(-sum(2 if ord(char) > 0x2E7F else 1 for char in text) // max(1, width - 1)))


def offer_choices(
    sheet: Any, index: int, column: Column, first: int, last: int, educations: Sequence[str] | None = None
) -> None:
    """The drop-down of a column, if it has one, in the rows from first to last. educations: the choices of 文化程度, if they
    differ from the form's own list."""
    choices = educations if column.key == "education" and educations else column.choices
    if choices:
        sheet.data_validation(
            first,
            index,
            last,
            index,
            {
                "validate": "list",
                "source": list(choices),
                "error_title": column.title,
                "error_message": "请从下拉列表中选择 · please choose from the list",
            },
        )


def _explain(column: Column) -> tuple[str, str]:
    """What to fill in, in Chinese and in English."""
    if column.centre:
        return "由中心填写，请留空", "filled by the Centre, leave it empty"
    special = {
        "n": ("从 1 起连续编号，可不填", "running number from 1, may stay empty"),
        "birth": (f"写作 {_EXAMPLE_DAY}；须与身份证号一致", f"such as {_EXAMPLE_DAY}; as in the resident ID"),
        "id_type": ("不填即为身份证", "empty means resident ID"),
        "id_number": ("18 位或 15 位，以文本录入，末位 X 大写", "18 or 15 characters, as text, X in upper case"),
        "employer": ("没有单位可不填", "may stay empty if there is none"),
        "theory": ("0-100，60 分及以上；名册只列合格人员", "0-100, at least 60: passed candidates only"),
        "practical": ("0-100，60 分及以上", "0-100, at least 60"),
        "review": ("只有技师和高级技师填写，60 分及以上", "levels 2 and 1 only, at least 60"),
        "grade": ("合格、良好或优秀，可不填，由系统计算", "may stay empty: it follows from the scores"),
        "email": ("选填，用于通知本人", "optional, for letters to the holder"),
    }
    if column.key in special:
        return special[column.key]
    return ("必填", "required") if column.required else ("选填", "optional")


def _write_instructions(sheet: Any, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 46, styles["wrapped"])
    sheet.set_column(2, 2, 52, styles["wrapped"])
    sheet.write_string(0, 0, INSTRUCTIONS, styles["heading"])
    sheet.write_string(0, 2, "How to fill in this workbook", styles["heading"])
    notes = (
        (
            "一个职业一个等级一张工作表；表头已按批准的鉴定计划填好，请勿改动。",
            "One sheet per occupation and level; the headings follow the approved plan, please leave them.",
        ),
        (
            "号码各列已设为文本格式；从别处粘贴时请用“选择性粘贴-数值”。",
            "Number columns are formatted as text; when pasting, use paste special, values.",
        ),
        (
            "列的次序可以改变，可以删去不用的选填列；请勿合并单元格，请勿隐藏行。",
            "Columns may change places and unused optional ones may go; do not merge cells or hide rows.",
        ),
        (
            "末行可写“本册合计 n 人”，人数须相符。本工作簿没有宏。",
            "The last row may give the total, which must be right. This workbook has no macros.",
        ),
    )
    explained = [("", *note) for note in notes] + [("", "", "")]
    explained += [(column.title, *_explain(column)) for column in IN_TEMPLATE]
    for row, (title, chinese, english) in enumerate(explained, 1):
        sheet.write_string(row, 0, title, styles["wrapped"])
        sheet.write_string(row, 1, chinese, styles["wrapped"])
        sheet.write_string(row, 2, english, styles["wrapped"])
        sheet.set_row(row, LINE_HEIGHT * max(lines_of(chinese, 46), lines_of(english, 52)))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
