"""Form 6 out to the station and back in: the empty workbook of a session, and the filled one checked and stored.

Writing a workbook keeps a core busy, so it happens in a thread. What somebody sends is read in a process of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from services.reporting.certified.certified import CertifiedBefore
from services.reporting.certified.person_key import PersonKey
from services.reporting.rosters import storage
from services.reporting.rosters.roster import Checked, Roster
from services.reporting.rosters.usecases import certifying, confirming, following, quarantined
from services.reporting.rosters.usecases.certifying import Looked, SaidOfLine
from services.reporting.rosters.usecases.quarantined import MEGABYTE
from services.reporting.rosters.workbook import examining
from services.reporting.rosters.workbook.examining import Answer
from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.reading import NotTakenOver
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import LINES_PER_PAGE, PageSeal, RosterLine
from shared.forms.form6.writing import SheetContent, write
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Quarantine, Store, Work

CHECK: Final = Work(
    examining.examine,
    memory=512 * MEGABYTE,
    cpu=60,
    patience=120.0,
    answer=64 * MEGABYTE,
    loads=("python_calamine",),
)
"""docs/decisions/0024: what the largest roster takes, and what the container has room for."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A workbook without problems: the texts of its pages as they are stored, a tenth of what lines take as objects, and their
    seals; what was looked for in them, and how they are looked up. notes: the corrections made while reading."""

    pages: Sequence[bytes]
    seals: Sequence[PageSeal]
    checked: Checked
    looked: Looked
    notes: tuple[Correction, ...] = ()

    def name_of(self, n: int) -> str:
        """Of the candidate of a line."""
        page, place = divmod(n - 1, LINES_PER_PAGE)
        return storage.lines_of(self.pages[page])[place].name


Examined: TypeAlias = Passed | NotTakenOver
"""What a workbook was found to be, or why nothing of it is taken over."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What is taken over of a workbook, or would be. corrections: made while reading; confirm: the digest that a
    confirmation of those which weigh names, empty where there are none; certified_before, said: of candidates who are
    certified already; in `said` also of those who stand here at two levels."""

    roster: Roster
    import_id: str
    checked: Checked
    corrections: tuple[Correction, ...]
    confirm: str
    certified_before: tuple[CertifiedBefore, ...]
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
    store: Store, quarantine: Quarantine, key: PersonKey, id: str, asked: Asked, content: AsyncIterable[bytes]
) -> Examined:
    """Read form 6 and check it against the session, in a process of its own; nothing is stored, so it may be cancelled. What
    it says is looked at while it reads on.

    Raises NotFound, NotAllowed, Unavailable, and Invalid before the day of the exam."""
    roster = await repository.reached(store, Roster, id, asked.by)
    roster.must_not_be_early(asked.at)

    pages, seals, count, looked = list[bytes](), list[PageSeal](), Counter[tuple[str, int]](), Looked(key, roster)

    def take(lines: Sequence[RosterLine], text: bytes) -> None:
        pages.append(text)
        seals.append(storage.sealed(lines, text))
        count.update([(line.occupation, line.level) for line in lines])
        looked.take(lines)

    answer = Answer(take)

    def passed(_: bytes) -> Passed:
        """From here on they are believed."""
        notes = answer.ended()
        return Passed(pages, seals, Checked.of(roster.held_on, count), looked, notes)

    try:
        return await quarantined.made_of(quarantine, CHECK, roster, content, passed, answer.hear)
    except NotTakenOver as refusal:
        return refusal


async def check(store: Store, key: PersonKey, id: str, asked: Asked, examined: Examined) -> Understood:
    """What taking it over would do; of the roster nothing is changed.

    Raises as `take_over`, but for what is not confirmed yet."""
    roster, passed = await _open_for(store, id, asked, examined)
    roster.may_import(asked.by, asked.at)
    return await _understood(store, key, roster, passed)


async def take_over(
    store: Store, key: PersonKey, id: str, asked: Asked, examined: Examined, confirmed: str = ""
) -> Understood:
    """Store the lines, then switch the roster to them in one write. What its session has become counts first. confirmed:
    the digest of the corrections that somebody has looked at.

    Returns the roster as it is then, and what whoever imported it should know. The same content again changes nothing. Raises
    Invalid with every wrong cell and before the day of the exam, Unconfirmed with every correction that weighs and was not
    confirmed, NotFound, Stale, WrongState, NotAllowed."""
    by = asked.by
    roster, passed = await _open_for(store, id, asked, examined)
    understood = await _understood(store, key, roster, passed)
    if roster.import_id == understood.import_id and roster.imported_by == by.id:
        return understood
    repository.must_be_expected(roster, asked)
    roster.may_import(by, asked.at)
    weighty = confirming.must_be_confirmed(understood.import_id, understood.corrections, confirmed)
    roster.take_lines(by, asked.at, understood.import_id, list(passed.seals), passed.checked, confirmed=weighty)
    roster.certified_before = list(understood.certified_before)
    await storage.write(store, understood.import_id, passed.pages)
    await repository.save(store, roster)
    return understood


async def _open_for(store: Store, id: str, asked: Asked, examined: Examined) -> tuple[Roster, Passed]:
    """The roster as its session has made it by now, with lines to take over. Raises NotFound, and the refusal of the
    workbook, of which numbers without the industry mark are kept first."""
    await repository.reached(store, Roster, id, asked.by)
    await following.follow(store, id, asked.at)
    roster = await repository.reached(store, Roster, id, asked.by)
    if isinstance(examined, NotTakenOver):
        await quarantined.keep_foreign(store, asked, roster, examined.foreign)
        raise examined
    return roster, examined


async def _understood(store: Store, key: PersonKey, roster: Roster, passed: Passed) -> Understood:
    before, said = await certifying.said_at_import(store, key, roster, passed.looked, passed.name_of)
    import_id, corrections = storage.import_id(roster.id, passed.seals), passed.notes
    confirm = confirming.digest(import_id, corrections)
    return Understood(roster, import_id, passed.checked, corrections, confirm, tuple(before), tuple(said))
