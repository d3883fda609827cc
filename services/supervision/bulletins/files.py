"""The files that a bulletin is given out as, by name. What draws them is loaded by whoever draws, which is a child process, for
fonts, typesetter and the writer of workbooks are more than the service itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.bulletins.words import Copy, Counterpart

COPIES: Final[dict[str, Copy]] = {"pdf_1": "1", "pdf_2": "2"}
BOTH: Final = "pdf"
WORKBOOK: Final = "xlsx"
NAMES: Final = (BOTH, *COPIES, WORKBOOK)


def name_of(counterpart: Counterpart) -> str:
    return BOTH if counterpart == "both" else f"{BOTH}_{counterpart}"


def draw(bulletin: Bulletin, name: str, fonts: Path | None) -> bytes:
    """name: all but BOTH, which is joined of its copies. Raises Invalid for characters that no font has, Unavailable
    without fonts."""
    from services.supervision.bulletins import pdf, xlsx

    if name == WORKBOOK:
        return xlsx.write(bulletin)
    return pdf.draw(bulletin, COPIES[name], fonts)


def join(first: bytes, second: bytes) -> bytes:
    from services.supervision.bulletins import pdf

    return pdf.joined(first, second)
