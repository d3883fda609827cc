"""The print file of a batch: one A4 page per certificate, one PDF/A-2b, the same bytes for the same sheets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from services.certificate.production.drawing.glyphs import missing_in
from services.certificate.production.drawing.overprint.file import overprint
from services.certificate.production.drawing.sheet import Sheet, words
from shared.contracts.reporting import LINES_PER_PAGE
from shared.drawing.glyphs import missing, named
from shared.errors import Invalid, Problem, all_of

MOST_SHEETS = LINES_PER_PAGE  # a page of a roster is a batch is a print file


def draw(sheets: Sequence[Sheet], folder: Path | None = None) -> bytes:
    """A PDF with one page per sheet, in their order. Pure: no clock, no network, no system fonts.

    `folder`: the operator's fonts. The document's date is the latest date of issue. Raises Invalid for no sheets, more
    than MOST_SHEETS, or characters that no font has (all of them, named by certificate), Unavailable without fonts.
    """
    if not 0 < len(sheets) <= MOST_SHEETS:
        raise Invalid(
            f"一份打印文件有 1 至 {MOST_SHEETS} 张证书，不能是 {len(sheets)} 张 · "
            f"a print file holds 1 to {MOST_SHEETS} certificates, not "
            f"{len(sheets)}"
        )
    texts = [words(sheet) for sheet in sheets]
    if missing("".join(text for sheet_words in texts for text in sheet_words.values()), folder):
        raise _unprintable(sheets, folder)
    return overprint(
        [(sheet_words, sheet.verify_url) for sheet_words, sheet in zip(texts, sheets, strict=True)],
        max(sheet.issued_on for sheet in sheets),
        folder,
    )


def draw_what_can_be(sheets: Sequence[Sheet], folder: Path | None = None) -> tuple[dict[str, list[str]], bytes]:
    """(number of a certificate → its characters that no font has, the print file of all the others, empty if there are none)."""
    lacking = {sheet.certificate_no: found for sheet in sheets if (found := missing_in(sheet, folder))}
    rest = [sheet for sheet in sheets if sheet.certificate_no not in lacking]
    return lacking, draw(rest, folder) if rest else b""


def _unprintable(sheets: Sequence[Sheet], folder: Path | None) -> Invalid:
    problems = [
        Problem(
            sheet.certificate_no,
            f"字库中没有 {named(character)} · no font has it",
            "补装含此字的字库 · add a font that has it",
        )
        for sheet in sheets
        for character in missing_in(sheet, folder)
    ]
    return Invalid(all_of(problems), problems)
