"""The files that a bulletin is given out as, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from services.supervision.bulletins import pdf, xlsx
from services.supervision.bulletins.bulletin import Bulletin

COUNTERPARTS: Final[dict[str, pdf.Counterpart]] = {"pdf": "both", "pdf_1": "1", "pdf_2": "2"}
WORKBOOK: Final = "xlsx"
NAMES: Final = (*COUNTERPARTS, WORKBOOK)


def name_of(counterpart: pdf.Counterpart) -> str:
    return next(name for name, one in COUNTERPARTS.items() if one == counterpart)


def draw(bulletin: Bulletin, name: str, fonts: Path | None) -> bytes:
    """Raises Invalid for characters that no font has, Unavailable without fonts."""
    if name == WORKBOOK:
        return xlsx.write(bulletin)
    return pdf.draw(bulletin, COUNTERPARTS[name], fonts)
