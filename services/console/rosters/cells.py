"""What a service says about the cells of a workbook, as a list that somebody works through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.console.refusal import Fault

MOST_SHOWN: Final = 500
"""Of the wrong cells; nobody works through more on a page, and the marked workbook has all of them."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One cell. cell: empty where the whole sheet, or the file, is meant."""

    sheet: str
    cell: str
    what: str
    fix: str


def wrong(faults: Sequence[Fault]) -> list[Wrong]:
    """In reading order; a fault of a field of the form is none of a cell."""
    return [
        Wrong(sheet or cell, cell if sheet else "", one.what, one.fix)
        for one in faults
        if not one.where.startswith("/")
        for sheet, _, cell in [one.where.rpartition("!")]
    ]
