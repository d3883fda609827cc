"""No technician or senior technician is approved without the approval form (R4.2): recorded by the Centre, line by line, and
asked for when the roster is approved. No exception can be made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.reporting import ids
from services.reporting.certified import storage as certified
from services.reporting.certified.person_key import PersonKey
from services.reporting.rosters import storage
from services.reporting.rosters.roster import OPEN, Roster
from services.reporting.rosters.usecases.approving import MOST_NAMED
from services.reporting.technician_reviews.requests import ReviewCorrection, ReviewEntries, ReviewEntry
from services.reporting.technician_reviews.technician_review import ApprovalForm, FormRules, TechnicianReview
from shared.actor import Actor
from shared.contracts.reporting import RosterLine
from shared.contracts.words import LEVELS_WITH_REVIEW
from shared.errors import Invalid, NotFound, Problem
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Page, Store
from shared.trade.deadline import local_day
from shared.trade.names import same_name
from shared.trade.roles import Role


@dataclass(frozen=True, slots=True)
class PanelRules:
    """Of the settings: how many members a panel has at least, and whether their number must be odd."""

    least: int = 3
    odd: bool = True

    def on(self, asked: Asked, roster: Roster) -> FormRules:
        return FormRules(local_day(asked.at), roster.held_on, self.least, self.odd)


# --- recorded -----------------------------------------------------------------------------------------------------------


async def record(
    store: Store, key: PersonKey, rules: PanelRules, id: str, asked: Asked, request: str, entries: ReviewEntries
) -> tuple[list[TechnicianReview], int]:
    """登记审批表, a list at once: nothing is recorded while a row is wrong, and every wrong row is named. The same list again
    changes nothing.

    Returns what is recorded of them, and how many lines still lack a form. Raises NotFound, NotAllowed, WrongState, Invalid,
    Stale, Unavailable for the key."""
    roster = await _open_to(store, id, asked.by)
    await certified.must_be_usable(store, key)
    await creation.once(store, asked.by, request, entries)
    candidates = {line.ticket: line for line in await technicians(store, roster)}
    known = await _known(store, id)
    wrong: list[Problem] = []
    for place, entry in enumerate(entries.reviews):
        where = f"/reviews/{place}"
        wrong += rules.on(asked, roster).wrong(entry.form, where)
        wrong += _not_of(entry, candidates.get(entry.ticket), where)
        if (line := candidates.get(entry.ticket)) is not None:
            wrong += _is_other(entry, known.get(entry.ticket), line, key.person(roster.body, line), where)
    wrong += _twice(entries.reviews)
    if wrong:
        raise Invalid("审批表登记有误，未作任何登记 · nothing was recorded: some rows are wrong", wrong)
    for entry in entries.reviews:
        line = candidates[entry.ticket]
        person = key.person(roster.body, line)
        known[entry.ticket] = await _recorded(store, asked, roster, line, person, entry.form, known.get(entry.ticket))
    lacking = _lacking(key, roster, candidates.values(), known)
    return [known[entry.ticket] for entry in entries.reviews], len(lacking)


async def _recorded(
    store: Store,
    asked: Asked,
    roster: Roster,
    line: RosterLine,
    person: str,
    form: ApprovalForm,
    known: TechnicianReview | None,
) -> TechnicianReview:
    if known is None:
        fresh = TechnicianReview.record(asked.by, asked.at, roster.id, roster.body, roster.path, line, person, form)
        if await repository.add(store, fresh):
            return fresh
        known = await repository.load(store, TechnicianReview, fresh.id)
    if not known.is_of(line, person):
        known.record_anew(asked.by, asked.at, line, person, form)
        await repository.save(store, known)
    elif known.form != form:  # somebody else recorded it in this moment
        raise known.WORDS.stale(known.id)
    return known


def _not_of(entry: ReviewEntry, line: RosterLine | None, where: str) -> list[Problem]:
    if line is None:
        what = f"名册中没有准考证号为 {entry.ticket} 的技师或高级技师 · no line of level 2 or 1 has this ticket"
        return [Problem(f"{where}/ticket", what)]
    if not same_name(line.name, entry.name):
        what = f"与名册第 {line.n} 行的姓名不符 · is not the name on line {line.n} of the roster"
        return [Problem(f"{where}/name", what, "请核对审批表和名册 · compare the form with the roster")]
    return []


def _is_other(
    entry: ReviewEntry, known: TechnicianReview | None, line: RosterLine, person: str, where: str
) -> list[Problem]:
    if known is None or not known.is_of(line, person) or known.form == entry.form:
        return []
    what = "该考生的审批表已登记，内容不同 · a form with other content is recorded for this candidate already"
    return [
        Problem(where, what, "如有误，请更正并说明理由 · correct it with a reason (PUT …/technician-reviews/{ticket})")
    ]


def _twice(entries: Sequence[ReviewEntry]) -> list[Problem]:
    first: dict[str, int] = {}
    return [
        Problem(f"/reviews/{place}/ticket", f"与第 {seen + 1} 项重复 · the same ticket as entry {seen + 1}")
        for place, entry in enumerate(entries)
        if (seen := first.setdefault(entry.ticket, place)) != place
    ]


async def correct(
    store: Store, rules: PanelRules, id: str, ticket: str, asked: Asked, correction: ReviewCorrection
) -> TechnicianReview:
    """更正. Raises NotFound, NotAllowed, WrongState once the roster is approved, Stale, Invalid."""
    roster = await _open_to(store, id, asked.by)
    review = await _of_ticket(store, id, ticket)
    repository.must_be_expected(review, asked)
    if wrong := rules.on(asked, roster).wrong(correction.form, ""):
        raise Invalid("审批表更正有误 · the correction cannot be right", wrong)
    review.correct(asked.by, asked.at, correction.form, correction.reason)
    await repository.save(store, review)
    return review


async def _open_to(store: Store, id: str, by: Actor) -> Roster:
    """The roster, for the Centre's clerk, as long as it has lines and is not approved. Raises NotFound, NotAllowed, WrongState,
    Invalid."""
    roster = await repository.reached(store, Roster, id, by)
    by.must_be(Role.CENTRE_CLERK)
    by.must_sit_at(roster.centre)
    roster.only_when("review", *OPEN)
    if not roster.pages:
        raise Invalid("名册尚未导入，请先由本站导入 · no workbook was imported yet: the station does that first")
    return roster


# --- read ---------------------------------------------------------------------------------------------------------------


async def listed(store: Store, id: str, by: Actor, after: tuple[str | int | bool, str] | None, limit: int) -> Page:
    """Those of one roster, in the order of their ids. Raises NotFound."""
    await repository.reached(store, Roster, id, by)
    return await store.find(TechnicianReview.KIND, {"roster": id}, after=after, limit=limit)


async def read(store: Store, id: str, ticket: str, by: Actor) -> TechnicianReview:
    """Raises NotFound."""
    await repository.reached(store, Roster, id, by)
    return await _of_ticket(store, id, ticket)


async def missing(store: Store, key: PersonKey, id: str, by: Actor) -> list[RosterLine]:
    """Lines of levels 2 and 1 without a form. Raises NotFound, Unavailable for the key."""
    roster = await repository.reached(store, Roster, id, by)
    await certified.must_be_usable(store, key)
    return _lacking(key, roster, await technicians(store, roster), await _known(store, id))


async def technicians(store: Store, roster: Roster) -> list[RosterLine]:
    """The lines of levels 2 and 1. Pages without any are not read."""
    pages = [number for number, page in enumerate(roster.pages) if LEVELS_WITH_REVIEW & page.lines.keys()]
    return [
        line
        for number in pages
        for line in await storage.read_page(store, roster.import_id, number)
        if line.level in LEVELS_WITH_REVIEW
    ]


async def _of_ticket(store: Store, id: str, ticket: str) -> TechnicianReview:
    review = await repository.seek(store, TechnicianReview, ids.technician_review_id(id, ticket))
    if review is None:
        raise NotFound(
            f"名册 {id} 未登记此准考证号的审批表，请核对准考证号 · roster {id} has no technician review of this ticket: check "
            "the ticket"
        )
    return review


async def _known(store: Store, id: str) -> dict[str, TechnicianReview]:
    return {one.ticket: one async for one in repository.every(store, TechnicianReview, {"roster": id})}


def _lacking(
    key: PersonKey, roster: Roster, lines: Iterable[RosterLine], known: dict[str, TechnicianReview]
) -> list[RosterLine]:
    return [
        line
        for line in lines
        if (review := known.get(line.ticket)) is None
        or not review.covers(line, key.person(roster.body, line), roster.held_on)
    ]


# --- asked for ----------------------------------------------------------------------------------------------------------


async def may_be_approved(store: Store, key: PersonKey, roster: Roster, by: Actor) -> None:
    """Before somebody tries. Without a key nobody can tell who lacks a form: the approval says that. Raises what
    `must_be_reviewed` raises."""
    if not await certified.why_not(store, key):
        await must_be_reviewed(store, key, roster, by)


async def must_be_reviewed(store: Store, key: PersonKey, roster: Roster, by: Actor) -> None:
    """At the approval. Raises NotAllowed for whoever recorded one of them, Invalid with every line that lacks its form."""
    lines = await technicians(store, roster)
    if not lines:
        return
    known = await _known(store, roster.id)
    recorders = {account for review in known.values() for account in review.whoever("record", "correct")}
    by.must_not_be(recorders, "登记审批表的人不得批准 · who recorded a technician review may not approve")
    lacking = _lacking(key, roster, lines, known)
    if lacking:
        raise Invalid(
            f"{len(lacking)} 名技师、高级技师尚无审批表，不得批准（通知第四条） · {len(lacking)} lines of levels 2 and 1 have no "
            "technician review: the Centre's clerk records document number, day and panel of the approval form "
            f"(POST /reporting/rosters/{roster.id}/technician-reviews)",
            [_without_form(line) for line in lacking[:MOST_NAMED]],
        )


def _without_form(line: RosterLine) -> Problem:
    return Problem(
        f"/lines/{line.n}",
        f"第 {line.n} 行（准考证号 {line.ticket}）无审批表 · line {line.n}: no technician review",
        "由中心经办人登记审批表 · the Centre's clerk records the approval form",
    )
