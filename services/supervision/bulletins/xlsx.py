"""The tables of a bulletin as an .xlsx: one sheet per table. The same bulletin, the same bytes. Every sheet of a draft says
that it is one."""

from __future__ import annotations

import io
from typing import Any, Final

import xlsxwriter

from services.supervision.bulletins import words
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.bulletins.layout import Line, Sort, Table, tables
from services.supervision.figures.quarter import Quarter
from shared.trade.deadline import CHINA

TEXT_FORMAT: Final = 49  # index of the built-in format @
HEADS: Final = (("机构编码", "Institution code"), ("机构", "Body"), ("机构英文名称", "Body in English"))
DRAFT_MARK: Final = "【送审稿 · DRAFT, not published】"
WIDTHS: Final = (13, 34, 44)
_SUMS: Final = frozenset({"total", "branch", "direct"})


def write(bulletin: Bulletin) -> bytes:
    """The first sheet says what the figures are; the others hold them. Codes are text, so that no program drops a zero
    or makes a number of them."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    mark = "" if bulletin.published_at else DRAFT_MARK
    title = f"职业技能鉴定质量通报（{Quarter.named(bulletin.quarter).name_zh}）{words.correction_zh(bulletin)}"
    # Excel files carry their time of making; that of the publishing keeps the bytes of one bulletin equal.
    made = (bulletin.published_at or bulletin.cut_at).astimezone(CHINA).replace(tzinfo=None)
    book.set_properties({"title": title, "subject": f"Quality bulletin {bulletin.quarter}", "created": made})
    styles = _styles(book)
    _write_cover(book.add_worksheet("说明 About"), bulletin, f"{mark}{title}", styles)
    for table in tables(bulletin.rows):
        _write_table(book.add_worksheet(table.name), table, styles, mark)
    for sheet in book.worksheets() if mark else ():
        sheet.set_tab_color("#C00000")
        sheet.set_header(f'&C&"-,Bold"&14{mark}')
    book.close()
    return out.getvalue()


def _styles(book: Any) -> dict[tuple[str, bool], Any]:
    """(sort, whether it is a sum) → format."""
    formats: dict[str, dict[str, Any]] = {
        "count": {"num_format": "0"},
        "rate": {"num_format": "0.0%"},
        "text": {"num_format": TEXT_FORMAT},
    }
    styles = {
        (sort, strong): book.add_format({**form, "bold": strong, **({"bg_color": "#EEF2F6"} if strong else {})})
        for sort, form in formats.items()
        for strong in (False, True)
    }
    head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#DDE7F0"}
    styles["head", False] = book.add_format(head)
    styles["title", False] = book.add_format({"bold": True, "font_size": 16, "num_format": TEXT_FORMAT})
    styles["long", False] = book.add_format({"text_wrap": True, "valign": "top", "num_format": TEXT_FORMAT})
    return styles


def _write_cover(sheet: Any, bulletin: Bulletin, title: str, styles: dict[tuple[str, bool], Any]) -> None:
    published = bulletin.published_at
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, title, styles["title", False])
    cover = [
        ("发文字号 Document number", bulletin.document_number or "—"),
        ("季度 Quarter", bulletin.quarter),
        ("数据截止 Data cut (Beijing time)", f"{bulletin.cut_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"),
        ("发布 Published (Beijing time)", f"{published.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if published else "—"),
        ("封存摘要 Seal", bulletin.seal or "—"),
        ("政策法规执行情况 Policy and regulations", bulletin.summary or "—"),
        ("抄送 Copied to", bulletin.copied_to or "—"),
    ]
    if bulletin.corrects:
        cover += [("更正 Correction", words.corrected_zh(bulletin)), ("更正理由 Reason", bulletin.reason)]
    for n, (label, text) in enumerate(cover, 2):
        sheet.write_string(n, 0, label, styles["long", False])
        sheet.write_string(n, 1, text, styles["long", False])


def _write_table(sheet: Any, table: Table, styles: dict[tuple[str, bool], Any], mark: str) -> None:
    """mark: stands alone in the first row, where there is one."""
    heads = (*HEADS, *((zh, en) for zh, en, _ in table.heads))
    top = 1 if mark else 0
    if mark:
        sheet.write_string(0, 0, mark, styles["title", False])
    sheet.set_row(top, 45)
    for column, (zh, en) in enumerate(heads):
        sheet.write_string(top, column, f"{zh}\n{en}", styles["head", False])
        sheet.set_column(column, column, WIDTHS[column] if column < len(WIDTHS) else 15)
    sheet.freeze_panes(top + 1, len(HEADS) - 1)
    sheet.repeat_rows(0, top)
    for n, line in enumerate(table.lines, top + 1):
        _write_line(sheet, n, line, [sort for _, _, sort in table.heads], styles)


def _write_line(sheet: Any, n: int, line: Line, sorts: list[Sort], styles: dict[tuple[str, bool], Any]) -> None:
    strong = line.kind in _SUMS
    for column, text in enumerate((line.code, line.name_zh, line.name_en)):
        sheet.write_string(n, column, text, styles["text", strong])
    for column, (cell, sort) in enumerate(zip(line.cells, sorts, strict=True), len(HEADS)):
        if isinstance(cell, str):
            sheet.write_string(n, column, cell, styles["text", strong])
        elif cell is None:
            sheet.write_blank(n, column, None, styles[sort, strong])
        else:
            sheet.write_number(n, column, cell / 1000 if sort == "rate" else cell, styles[sort, strong])
