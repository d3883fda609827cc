"""The workbook back, with the wrong cells marked."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Final

from services.reporting.rosters.roster import Roster
from services.reporting.rosters.usecases import quarantined
from services.reporting.rosters.usecases.quarantined import MEGABYTE
from services.reporting.rosters.workbook.marked import marking
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Quarantine, Store, Work

MARK: Final = Work(
    marking.mark,
    memory=640 * MEGABYTE,
    cpu=60,
    patience=120.0,
    answer=64 * MEGABYTE,
    loads=("python_calamine", "xlsxwriter"),
)
"""docs/decisions/0044: reading, and the new workbook beside it."""


async def mark(store: Store, quarantine: Quarantine, id: str, asked: Asked, content: AsyncIterable[bytes]) -> bytes:
    """An .xlsx with the cells of the workbook, those that are wrong or were put right coloured, with the reason in a comment
    and on the first sheet. Made in a process of its own; the roster stays as it is.

    Raises NotFound, NotAllowed, Unavailable, and Invalid before the day of the exam and for what cannot be read at all."""
    roster = await repository.reached(store, Roster, id, asked.by)
    roster.must_not_be_early(asked.at)
    marked = await quarantined.made_of(quarantine, MARK, roster, content, marking.from_answer)
    await quarantined.keep_foreign(store, asked, roster, marked.foreign)
    return marked.content
