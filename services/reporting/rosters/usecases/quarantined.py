"""A workbook that somebody sent goes to a child process, and what comes out of it is no more than bytes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable
from typing import Final, TypeVar

from services.reporting.foreign_numbers import storage as foreign_numbers
from services.reporting.foreign_numbers.foreign_number import PresentedFor
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.workbook.examining import Question, unreadable
from services.reporting.rosters.workbook.reading import NotTakenOver
from services.reporting.rosters.workbook.rules import Rules
from shared.keeping.asked import Asked
from shared.ports import Perished, Quarantine, Store, Work

log = logging.getLogger(__name__)

T = TypeVar("T")

MEGABYTE: Final = 1024 * 1024
BROKEN: Final = "文件损坏或过大，无法读取 · the file is damaged or too large and cannot be read"


async def made_of(
    quarantine: Quarantine,
    work: Work,
    roster: Roster,
    content: AsyncIterable[bytes],
    read: Callable[[bytes], T],
    hear: Callable[[bytes], None] | None = None,
) -> T:
    """What `work` makes of a workbook of this roster. Nothing is stored, so it may be cancelled. read: looks at every byte of
    the answer, in a thread, and raises NotTakenOver, or ValueError for what the work does not write. hear: does so with each
    piece as it comes, and `read` has the last word, without bytes.

    Raises NotTakenOver, also where the workbook ended the child; Unavailable."""
    try:
        answer = await quarantine.examine(work, _question(roster).model_dump_json().encode(), content, hear)
        return await asyncio.to_thread(read, answer)
    except NotTakenOver:
        raise
    except Perished as error:
        log.warning("roster %s: a workbook ended its reader: %s", roster.id, error)
        raise unreadable(BROKEN) from None
    except ValueError:  # no honest reader says so: the file made it. Its text may hold what was read
        log.warning("roster %s: a workbook made its reader say something else", roster.id)
        raise unreadable() from None


def _question(roster: Roster) -> Question:
    """What a workbook of this roster should be."""
    # The industry is the station's own: that of the deployment, or 99 in the practice tree.
    rules = Rules(industry=roster.body[:2])
    return Question(
        rules=rules, body=roster.body, session=roster.session, held_on=roster.held_on, items=tuple(roster.items)
    )


async def keep_foreign(store: Store, asked: Asked, roster: Roster, numbers: tuple[str, ...]) -> None:
    """Certificate numbers without the industry mark are kept, whoever shows them (R3)."""
    await foreign_numbers.keep(store, asked, PresentedFor(roster.body, roster.path, roster.session), numbers)
