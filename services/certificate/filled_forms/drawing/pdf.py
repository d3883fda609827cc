"""The filled form as an official paper: A4 across, set after GB/T 9704 as far as that fits a table, in duplicate (R5). The same
form, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from services.certificate.filled_forms.drawing import words
from services.certificate.filled_forms.drawing.paging import Page
from services.certificate.filled_forms.drawing.words import Copies
from services.certificate.filled_forms.filled_form import KEYS, FilledForm, Line
from shared.drawing.fonts import library
from shared.drawing.glyphs import missing, named
from shared.drawing.typesetter import Typesetter
from shared.errors import Invalid, Problem
from shared.forms.form6.layout import BY_KEY, RESIDENT_ID, TITLE, TITLE_EN
from shared.trade.days import day_zh

TEMPLATE: Final = Path(__file__).with_name("form6.typ")
MOST_NAMED: Final = 1000  # lines of a refusal; nobody reads more
NUMBER: Final = KEYS.index("certificate")
ON_PAPER: Final = tuple(
    key for key in KEYS if key != "id_type"
)  # it stands below the number, where it is no resident ID


def draw(form: FilledForm, pages: Sequence[tuple[Page, Sequence[Line]]], copies: Copies, folder: Path | None) -> bytes:
    """A PDF/A-2b of these pages of the form: all of them as the first copy, then as the second. Pure: no clock, no network,
    no system fonts; dated with the day of issue.

    folder: the operator's fonts. Raises Invalid for characters that no font has, each named with the number of its
    certificate, Unavailable without fonts."""
    content = _content(form, pages)
    _must_be_printable(content, pages, folder)
    chosen = ("1", "2") if copies == "both" else (copies,)
    marks = [{"mark": words.COPIES[copy], "name": words.COPY_NAMES[copy]} for copy in chosen]
    document = {"families": library(folder).families, "copies": marks, **content}
    return _typesetter(folder).set(json.dumps(document, ensure_ascii=False))


def _content(form: FilledForm, pages: Sequence[tuple[Page, Sequence[Line]]]) -> dict[str, Any]:
    """Everything the paper says, all words ready."""
    heading, day = form.heading, form.heading.issued_on
    return {
        "day": [day.year, day.month, day.day],
        "title": TITLE,
        "title_en": TITLE_EN,
        "seal": form.seal,
        "roster": heading.roster,
        "watermark": words.PRACTICE_MARK if words.is_practised(heading) else "",
        "heads": [[key, BY_KEY[key].title] for key in ON_PAPER],
        "volumes": [
            {
                "labels": words.labels(heading, volume),
                "name": words.volume_zh(form, volume),
                "total": words.total_zh(form, volume),
            }
            for volume in form.volumes
        ],
        "sealing": words.sealing(heading),
        "day_zh": day_zh(day),
        "pages": [
            {
                "volume": page.stretch.volume.number - 1,
                "number": f"第 {page.number} 页 共 {page.of} 页",
                "last": page.is_last,
                "lines": [_cells(line) for line in lines],
            }
            for page, lines in pages
        ],
    }


def _cells(line: Line) -> list[str]:
    cells = dict(zip(KEYS, line, strict=True))
    if cells["id_type"] != RESIDENT_ID:
        cells["id_number"] = f"{cells['id_number']}\n{cells['id_type']}"
    return [cells[key] for key in ON_PAPER]


@lru_cache(maxsize=2)
def _typesetter(folder: Path | None) -> Typesetter:
    return Typesetter(TEMPLATE, "form6", folder)


def _must_be_printable(
    content: dict[str, Any], pages: Sequence[tuple[Page, Sequence[Line]]], folder: Path | None
) -> None:
    around = json.dumps([content["volumes"], content["sealing"], content["roster"]], ensure_ascii=False)
    places = [("/heading", around)]
    places += [(line[NUMBER], "\u0020".join(line)) for _, lines in pages for line in lines]
    if not missing("".join(text for _, text in places), folder):
        return
    problems = [
        Problem(place, f"字库中没有 {named(character)} · no font has it", "补装含此字的字库 · add a font that has it")
        for place, text in places
        for character in missing(text, folder)
    ]
    raise Invalid(
        f"附表六中有 {len(problems)} 处用字为字库所无，未出具 · the fonts lack characters of the form, {len(problems)} times",
        problems[:MOST_NAMED],
    )
