"""Form 6 out to the station and back in: the empty workbook of a session, and the filled one checked and stored.

Reading and writing a workbook keeps a core busy, so both happen in a thread."""

from __future__ import annotations

import asyncio

from services.reporting.foreign_numbers import storage as foreign_numbers
from services.reporting.foreign_numbers.foreign_number import PresentedFor
from services.reporting.rosters import storage
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.workbook.reading import NotTakenOver, RosterWorkbook, read
from services.reporting.rosters.workbook.rules import Rules
from services.reporting.rosters.workbook.writing import SheetContent, write
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import RosterLine
from shared.errors import Invalid, Problem
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store


async def template(store: Store, id: str, by: Actor) -> bytes:
    """An empty form 6 for this session: one sheet per planned occupation and level, headers filled in."""
    roster = await repository.reached(store, Roster, id, by)
    body = await local_copies.copy_of(store, BodyRegistered, roster.body)
    sheets = [
        SheetContent(
            station_zh=body.name_zh,
            institution=roster.body,
            session=roster.session,
            occupation=item.occupation,
            occupation_zh=item.occupation_zh,
            level=item.level,
            held_on=roster.held_on,
            rows=(),
        )
        for item in roster.items
    ]
    return await asyncio.to_thread(write, sheets)


async def import_workbook(store: Store, id: str, asked: Asked, content: bytes) -> tuple[Roster, tuple[Problem, ...]]:
    """Read form 6, check it against the session, store its lines, then switch the roster to them in one write.

    Returns the roster and the corrections made while reading. The same content again changes nothing. Raises Invalid
    with every wrong cell, NotFound, Stale, WrongState, NotAllowed."""
    by = asked.by
    roster = await repository.reached(store, Roster, id, by)
    # The industry is the station's own: that of the deployment, or 99 in the practice tree.
    rules = Rules(industry=roster.body[:2])
    try:
        book = await asyncio.to_thread(read, content, rules)
    except NotTakenOver as refusal:
        presented = PresentedFor(roster.body, roster.path, roster.session)
        await foreign_numbers.keep(store, asked, presented, refusal.foreign)
        raise
    passed = _fit(book, roster)
    pages = await asyncio.to_thread(storage.sealed, passed)
    import_ = storage.import_id(id, pages)
    if roster.import_id == import_ and roster.imported_by == by.id:
        return roster, book.notes
    repository.must_be_expected(roster, asked)
    roster.take_lines(by, asked.at, import_, pages)
    await storage.write(store, import_, passed)
    await repository.save(store, roster)
    return roster, book.notes


def _fit(book: RosterWorkbook, roster: Roster) -> list[RosterLine]:
    """The lines with the session's names of occupations. Raises Invalid when the workbook is of another session."""
    planned: dict[tuple[str, int], PlannedItem] = {(item.occupation, item.level): item for item in roster.items}
    wrong: list[Problem] = []
    if book.institution != roster.body:
        wrong.append(Problem("机构编码", f"{book.institution} 不是本站 · is not this station, {roster.body}"))
    if book.session != roster.session:
        wrong.append(Problem("鉴定批次", f"{book.session} 不是本批次 · is not this session, {roster.session}"))
    for occupation, level in dict.fromkeys((line.occupation, line.level) for line in book.lines):
        if (occupation, level) not in planned:
            wrong.append(
                Problem(
                    f"{occupation} / {level}",
                    "不在批准的鉴定计划中 · is not in the approved session plan",
                    "核对职业编码和等级",
                )
            )
    if wrong:
        raise Invalid("名册与批次不符 · the workbook does not belong to this session", wrong)
    return [
        line.model_copy(
            update={
                "occupation_zh": planned[line.occupation, line.level].occupation_zh,
                "occupation_en": planned[line.occupation, line.level].occupation_en,
            }
        )
        for line in book.lines
    ]
