"""Form 6 out to the station and back in: the empty workbook of a session, and the filled one checked and stored.

Writing a workbook keeps a core busy, so it happens in a thread. What somebody sends is read in a process of its own."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Final

from services.reporting.certified.person_key import PersonKey
from services.reporting.foreign_numbers import storage as foreign_numbers
from services.reporting.foreign_numbers.foreign_number import PresentedFor
from services.reporting.rosters import storage
from services.reporting.rosters.roster import Checked, Roster
from services.reporting.rosters.usecases import certifying, confirming, following
from services.reporting.rosters.usecases.certifying import SaidOfLine
from services.reporting.rosters.workbook import examining
from services.reporting.rosters.workbook.examining import NOTHING, PassedLines, Question, from_answer, unreadable
from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.reading import NotTakenOver
from services.reporting.rosters.workbook.rules import Rules
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import PageSeal
from shared.forms.form6.writing import SheetContent, write
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Perished, Quarantine, Store, Work

log = logging.getLogger(__name__)

MEGABYTE: Final = 1024 * 1024
CHECK: Final = Work(
    examining.examine,
    memory=512 * MEGABYTE,
    cpu=60,
    patience=120.0,
    answer=64 * MEGABYTE,
    loads=("python_calamine",),
)
"""docs/decisions/0024: what the largest roster takes, and what the container has room for."""

BROKEN: Final = "文件损坏或过大，无法读取 · the file is damaged or too large and cannot be read"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a workbook was found to be: lines with the seals of their pages and what was looked for in them, or why none of
    them is taken over."""

    lines: PassedLines = NOTHING
    seals: tuple[PageSeal, ...] = ()
    checked: Checked | None = None
    refusal: NotTakenOver | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What would be taken over. corrections: made while reading; confirm: the digest that a confirmation of those which
    weigh names, empty where there are none; said: of candidates who are certified already, or stand here at two levels."""

    roster: Roster
    checked: Checked
    corrections: tuple[Correction, ...]
    confirm: str
    said: tuple[SaidOfLine, ...]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """corrections and said as in Understood."""

    roster: Roster
    corrections: tuple[Correction, ...]
    said: tuple[SaidOfLine, ...]


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


async def examine(
    store: Store, quarantine: Quarantine, id: str, asked: Asked, content: AsyncIterable[bytes]
) -> Examined:
    """Read form 6 and check it against the session, in a process of its own; nothing is stored, so it may be cancelled.

    Raises NotFound, NotAllowed, Unavailable, and Invalid before the day of the exam."""
    roster = await repository.reached(store, Roster, id, asked.by)
    roster.must_not_be_early(asked.at)
    question = question_of(roster)
    try:
        answer = await quarantine.examine(CHECK, question.model_dump_json().encode(), content)
        lines = await asyncio.to_thread(from_answer, answer)
        # Looks at every line: from here on they are believed.
        seals, passed = await asyncio.to_thread(_looked_at, lines)
        return Examined(lines, seals, Checked.of(question.held_on, passed))
    except NotTakenOver as refusal:
        return Examined(refusal=refusal)
    except Perished as error:
        log.warning("roster %s: a workbook ended its reader: %s", id, error)
        return Examined(refusal=unreadable(BROKEN))
    except ValueError:  # no honest reader says so: the file made it. Its text may hold what was read
        log.warning("roster %s: a workbook made its reader say something else", id)
        return Examined(refusal=unreadable())


def question_of(roster: Roster) -> Question:
    """What a workbook of this roster should be."""
    # The industry is the station's own: that of the deployment, or 99 in the practice tree.
    rules = Rules(industry=roster.body[:2])
    return Question(
        rules=rules, body=roster.body, session=roster.session, held_on=roster.held_on, items=tuple(roster.items)
    )


def _looked_at(lines: PassedLines) -> tuple[tuple[PageSeal, ...], Counter[tuple[str, int]]]:
    """The seals of the pages, and how many lines there are by occupation and level."""
    seals, passed = list[PageSeal](), Counter[tuple[str, int]]()
    for page in lines.pages():
        seals += storage.sealed([page])
        passed.update((line.occupation, line.level) for line in page)
    return tuple(seals), passed


async def check(store: Store, key: PersonKey, id: str, asked: Asked, examined: Examined) -> Understood:
    """What taking it over would do; of the roster nothing is changed.

    Raises as `take_over`, but for what is not confirmed yet."""
    roster = await _open_for(store, id, asked, examined)
    roster.may_import(asked.by, asked.at)
    assert examined.checked is not None
    _, said = await certifying.said_at_import(store, key, roster, examined.lines.pages())
    import_ = storage.import_id(id, examined.seals)
    corrections = examined.lines.notes
    return Understood(roster, examined.checked, corrections, confirming.digest(import_, corrections), tuple(said))


async def take_over(
    store: Store, key: PersonKey, id: str, asked: Asked, examined: Examined, confirmed: str = ""
) -> TakenOver:
    """Store the lines, then switch the roster to them in one write. What its session has become counts first. confirmed:
    the digest of the corrections that somebody has looked at.

    Returns the roster, and what whoever imported it should know. The same content again changes nothing. Raises Invalid
    with every wrong cell and before the day of the exam, Unconfirmed with every correction that weighs and was not
    confirmed, NotFound, Stale, WrongState, NotAllowed."""
    by = asked.by
    roster = await _open_for(store, id, asked, examined)
    import_ = storage.import_id(id, examined.seals)
    before, said = await certifying.said_at_import(store, key, roster, examined.lines.pages())
    taken_over = TakenOver(roster, examined.lines.notes, tuple(said))
    if roster.import_id == import_ and roster.imported_by == by.id:
        return taken_over
    repository.must_be_expected(roster, asked)
    roster.may_import(by, asked.at)
    weighty = confirming.must_be_confirmed(import_, examined.lines.notes, confirmed)
    roster.take_lines(by, asked.at, import_, list(examined.seals), examined.checked, confirmed=weighty)
    roster.certified_before = before
    await storage.write(store, import_, examined.lines.pages())
    await repository.save(store, roster)
    return taken_over


async def _open_for(store: Store, id: str, asked: Asked, examined: Examined) -> Roster:
    """The roster as its session has made it by now. Raises NotFound, and the refusal of the workbook; numbers without the
    industry mark are kept first, whoever shows them (R3)."""
    by = asked.by
    await repository.reached(store, Roster, id, by)
    await following.follow(store, id, asked.at)
    roster = await repository.reached(store, Roster, id, by)
    if examined.checked is None:
        assert examined.refusal is not None
        presented = PresentedFor(roster.body, roster.path, roster.session)
        await foreign_numbers.keep(store, asked, presented, examined.refusal.foreign)
        raise examined.refusal
    return roster
