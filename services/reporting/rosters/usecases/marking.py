"""The workbook back, with the wrong cells marked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable
from typing import Final

from services.reporting.foreign_numbers import storage as foreign_numbers
from services.reporting.foreign_numbers.foreign_number import PresentedFor
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.usecases.importing import BROKEN, MEGABYTE, question_of
from services.reporting.rosters.workbook.examining import unreadable
from services.reporting.rosters.workbook.marked import marking
from services.reporting.rosters.workbook.marked.marking import MarkedWorkbook, from_answer
from services.reporting.rosters.workbook.reading import NotTakenOver
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Perished, Quarantine, Store, Work

log = logging.getLogger(__name__)

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
    marked = await _made(quarantine, roster, content)
    presented = PresentedFor(roster.body, roster.path, roster.session)
    await foreign_numbers.keep(store, asked, presented, marked.foreign)
    return marked.content


async def _made(quarantine: Quarantine, roster: Roster, content: AsyncIterable[bytes]) -> MarkedWorkbook:
    """Raises NotTakenOver, Unavailable."""
    try:
        answer = await quarantine.examine(MARK, question_of(roster).model_dump_json().encode(), content)
        return await asyncio.to_thread(from_answer, answer)
    except NotTakenOver:
        raise
    except Perished as error:
        log.warning("roster %s: a workbook ended whoever marked it: %s", roster.id, error)
        raise unreadable(BROKEN) from None
    except ValueError:  # no honest reader says so: the file made it. Its text may hold what was read
        log.warning("roster %s: a workbook made whoever marked it say something else", roster.id)
        raise unreadable() from None
