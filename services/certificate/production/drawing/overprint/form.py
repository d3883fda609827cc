"""What the typesetter draws for the overprint: the form and the mark of practice, and words that need fitting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.certificate.production.drawing.places import NUMBER, NUMBER_PLACE, for_the_template
from services.certificate.production.drawing.sheet import WATERMARK
from shared.drawing.fonts import library
from shared.drawing.typesetter import Typesetter

TEMPLATE = Path(__file__).parents[1] / "template.typ"


def typeset(pages: Sequence[dict[str, Any]], dated: date, folder: Path | None) -> bytes:
    """A PDF of these pages (see the template for what one may ask). Raises Unavailable without fonts, or with fonts that
    lack characters of the form."""
    content = {
        **for_the_template(),
        "families": library(folder).families,
        "issued": [dated.year, dated.month, dated.day],
        "pages": pages,
    }
    return _typesetter(folder).set(json.dumps(content, ensure_ascii=False))


@lru_cache(maxsize=8)
def form_and_mark(dated: date, folder: Path | None) -> bytes:
    """Two pages, the same for all sheets; the document has the date."""
    form = {"form": True, "words": {}}
    mark = {"form": False, "words": {}, "watermark": WATERMARK}
    return typeset([form, mark], dated, folder)


def fitted(words: Sequence[tuple[str, str]], dated: date, folder: Path | None) -> bytes:
    """A page for each (place, words)."""
    return typeset([_alone(place, text) for place, text in words], dated, folder)


def _alone(place: str, text: str) -> dict[str, Any]:
    if place == NUMBER_PLACE:
        return {"form": False, "words": {}, "number": text}
    return {"form": False, "words": {place: text}}


@lru_cache(maxsize=2)
def _typesetter(folder: Path | None) -> Typesetter:
    return Typesetter(TEMPLATE, "print_file", folder, NUMBER.zh + NUMBER.en + WATERMARK)
