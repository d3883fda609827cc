"""The print file of a batch: one A4 page per certificate, one PDF/A-2b, the same bytes for the same sheets."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import typst

from services.certificate.drawing import qr
from services.certificate.drawing.fonts import library
from services.certificate.drawing.glyphs import missing, missing_in, named
from services.certificate.drawing.sheet import Sheet, words
from shared.contracts.reporting import LINES_PER_PAGE
from shared.errors import Invalid, Problem, Unavailable

MOST_SHEETS = LINES_PER_PAGE  # a page of a roster is a batch is a print file
TEMPLATE = Path(__file__).with_name("template.typ")
# The typesetter forgets what its last ten compilations did not use. Eleven empty ones after each batch (20 ms) make it
# forget the batch's people: a drawing process then stays near 250 MB instead of growing to 610 MB, and the next batch
# compiles in 140 ms instead of 170, for searching a full memory costs more than it finds.
FORGETTING = 11


def draw(sheets: Sequence[Sheet], folder: Path | None = None) -> bytes:
    """A PDF with one page per sheet, in their order. Pure: no clock, no network, no system fonts.

    `folder`: the operator's fonts. The document's date is the latest date of issue. Raises Invalid for no sheets, more
    than MOST_SHEETS, or characters that no font has (all of them, named by certificate), Unavailable without fonts.
    """
    if not 0 < len(sheets) <= MOST_SHEETS:
        raise Invalid(f"a print file holds 1 to {MOST_SHEETS} certificates, not {len(sheets)}")
    texts = [words(sheet) for sheet in sheets]
    if missing("".join(text for one in texts for text in one.values()), folder):
        raise _unprintable(sheets, folder)
    issued = max(sheet.issued_on for sheet in sheets)
    content = {
        "families": library(folder).families,
        "issued": [issued.year, issued.month, issued.day],
        "sheets": [one | {"qr": qr.svg(sheet.verify_url)} for one, sheet in zip(texts, sheets, strict=True)],
    }
    return _typesetter(folder).set(json.dumps(content, ensure_ascii=False))


class Typesetter:
    """The compiler with its fonts loaded. One caller at a time: the compiler keeps its input between calls."""

    def __init__(self, folder: Path | None) -> None:
        self._template = TEMPLATE.read_bytes()
        lacking = missing("".join(self._template.decode().split()), folder)
        if lacking:
            raise Unavailable(f"the fonts lack characters of the printed form: {''.join(lacking)}")
        self._compiler = typst.Compiler(font_paths=library(folder).fonts, ignore_system_fonts=True)
        self._turn = threading.Lock()

    def set(self, content: str) -> bytes:
        with self._turn:
            drawn = self._compiler.compile(
                self._template,
                format="pdf",
                sys_inputs={"print_file": content},
                pdf_standards=["a-2b"],
                pdf_tags=False,
            )
            for _ in range(FORGETTING):
                self._compiler.compile(b"", format="pdf", sys_inputs=None)
        if not isinstance(drawn, bytes):
            raise TypeError(f"the compiler answered with {type(drawn).__name__}, not with one file")
        return drawn


@lru_cache(maxsize=2)
def _typesetter(folder: Path | None) -> Typesetter:
    return Typesetter(folder)


def _unprintable(sheets: Sequence[Sheet], folder: Path | None) -> Invalid:
    problems = [
        Problem(sheet.certificate_no, f"no font has {named(character)}", "add a font that has it")
        for sheet in sheets
        for character in missing_in(sheet, folder)
    ]
    return Invalid("; ".join(f"{problem.where}: {problem.what}" for problem in problems), problems)
