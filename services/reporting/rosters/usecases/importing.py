"""Use cases of reporting: load, call the verb, save."""

from __future__ import annotations

import asyncio

from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind
from services.reporting.rosters import storage
from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import OPEN, Roster, producer_of
from services.reporting.rosters.workbook.reading import NotTakenOver, RosterWorkbook, read
from services.reporting.rosters.workbook.rules import Rules
from services.reporting.rosters.workbook.writing import SheetContent, write
from services.reporting.sessions.storage import must_not_be_voided
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import PlannedItem, SessionPlanApproved
from shared.contracts.reporting import RosterLine, RosterPage, SealedRoster
from shared.errors import Invalid, NotFound, Problem, Stale, WrongState
from shared.keeping import creation, local_copies, repository
from shared.ports import Clock, Store
from shared.trade.numbers import foreign
from shared.trade.practice import is_training
from shared.trade.roles import Role

MOST_FINDS = 50
"""Foreign numbers of one workbook that are kept: enough to see what a station does, and no door to fill the store."""


async def open_roster(store: Store, clock: Clock, by: Actor, key: str, new: NewRoster) -> Roster:
    """For an approved session of one's own. Raises NotYet while the approval has not arrived here, AlreadyThere, and
    WrongState for a session that was voided."""
    by.must_be(Role.STATION_CLERK)
    session = await local_copies.copy_of(store, SessionPlanApproved, new.session)
    by.must_reach(session.path, f"session {new.session}")
    by.must_sit_at(session.body)
    await must_not_be_voided(store, new.session, "open a roster")
    left = await repository.seek(store, Roster, new.session)
    if left is not None and left.body != session.body and left.state in OPEN:
        # Opened by the body that held the session before, in the moment in which the session was moved.
        left.transfer(by, clock.now(), "随鉴定批次移交 · with its session", session.body, session.path)
        left.request = await creation.once(store, by, key, new)
        await repository.save(store, left)
        return left
    roster = Roster(
        id=new.session,
        body=session.body,
        path=session.path,
        prepared_by=by.id,
        session=new.session,
        held_on=session.held_on,
        items=session.items,
        attendance=new.attendance,
    )
    roster.move("draft", roster.state, by, clock.now())
    request = await creation.once(store, by, key, new)
    return await creation.create(store, roster, request, f"/reporting/rosters/{roster.id}")


async def import_workbook(
    store: Store, clock: Clock, by: Actor, id: str, seen: int, content: bytes
) -> tuple[Roster, tuple[Problem, ...]]:
    """Read form 6, check it against the session, store its lines, then switch the roster to them in one write.

    Returns the roster and the corrections made while reading. The same content again changes nothing. Raises Invalid
    with every wrong cell, Stale, WrongState, NotAllowed."""
    roster = await repository.reached(store, Roster, id, by)
    # The industry is the station's own: that of the deployment, or 99 in training mode.
    rules = Rules(industry=roster.body[:2])
    try:
        book = await asyncio.to_thread(read, content, rules)
    except NotTakenOver as refusal:
        await _keep_foreign_numbers(store, clock, by, roster, refusal.foreign)
        raise
    passed = _fit(book, roster)
    pages = await asyncio.to_thread(storage.sealed, passed)
    import_ = storage.import_id(id, pages)
    if roster.import_id == import_ and roster.imported_by == by.id:
        return roster, book.notes
    if roster.version != seen:
        raise Stale(Roster.KIND, id, seen)
    roster.take_lines(by, clock.now(), import_, pages)
    await storage.write(store, import_, passed)
    await repository.save(store, roster)
    return roster, book.notes


async def _keep_foreign_numbers(
    store: Store, clock: Clock, by: Actor, roster: Roster, numbers: tuple[str, ...]
) -> None:
    """Certificates of somebody else in a station's roster are a violation (R3). Each number of a body is found once."""
    if is_training(roster.body) or by.body != roster.body:
        return
    for number in numbers[:MOST_FINDS]:
        found = foreign(number, industry=roster.body[:2])
        if found is not None:
            await repository.add(store, ForeignNumberFind.of(by, clock.now(), roster, number, found))


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


async def revise(store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: RosterEntry) -> Roster:
    """Before it is submitted, or after it was returned. Raises NotFound, Stale, WrongState, NotAllowed."""
    roster = await repository.seen(store, Roster, id, by, seen)
    roster.revise(by, clock.now(), attendance=entry.attendance)
    await repository.save(store, roster)
    return roster


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


async def step(store: Store, clock: Clock, id: str, seen: int, by: Actor, verb: str, reason: str = "") -> Roster:
    """One step of the approval. Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    roster = await repository.seen(store, Roster, id, by, seen)
    if verb != "send_back":
        await _session_must_stand(store, roster, verb)
    if verb == "approve":  # the production right counts as it stands on the day of the approval
        branches = frozenset(
            body.body for body in await local_copies.all_copies(store, BodyRegistered) if body.produces
        )
        roster.producer = producer_of(roster.path, branches)
    roster.step(verb, by, clock.now(), reason)
    await repository.save(store, roster)
    return roster


async def _session_must_stand(store: Store, roster: Roster, verb: str) -> None:
    """A roster may have been opened in the very moment in which its session was voided or moved to another body.

    Raises WrongState."""
    await must_not_be_voided(store, roster.session, verb)
    session = await local_copies.copy_of(store, SessionPlanApproved, roster.session)
    if session.body != roster.body:
        raise WrongState(f"session {roster.session}", f"held by {session.body} now", verb)


async def read_page(store: Store, id: str, page: int, by: Actor) -> RosterPage:
    """Raises NotFound."""
    roster = await repository.reached(store, Roster, id, by)
    if not 0 <= page < len(roster.pages):
        raise NotFound(f"roster {id} has no page {page}")
    return RosterPage(roster=id, page=page, lines=await storage.read_page(store, roster.import_id, page))


async def read_sealed(store: Store, id: str, by: Actor) -> SealedRoster:
    """What the pages add up to. Raises WrongState before the approval."""
    roster = await repository.reached(store, Roster, id, by)
    if roster.approved_on is None:
        raise WrongState(f"roster {id}", roster.state, "reading it sealed")
    return SealedRoster(
        roster=id,
        session=roster.session,
        body=roster.body,
        held_on=roster.held_on,
        approved_on=roster.approved_on,
        pages=roster.pages,
    )
