"""Nobody is certified twice in an occupation and level unless the Centre says why (docs/decisions/0036).

The lines of a roster are looked up when they are imported and again when they are approved; then they are claimed, each
hash by one write, before the roster itself is saved. A hash counts for a roster that is approved and whose certificates
are not voided, and for one that is just being approved: of two approvals at the same moment one stands back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from services.reporting.certified import storage as certified
from services.reporting.certified.certified import CertifiedBefore, Claim, Holder
from services.reporting.certified.person_key import PersonKey, identity
from services.reporting.rosters import storage
from services.reporting.rosters.roster import Roster
from shared.contracts.reporting import RosterLine
from shared.errors import Invalid, NotYet, Overtaken
from shared.keeping import repository
from shared.ports import GET_TOGETHER, Store
from shared.procedure.approval import APPROVED, ENDORSED, SUBMITTED

MOST_KEPT: Final = 1000
"""Lines that are kept with the roster: as many as an approval can make exceptions for."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """A line without its person. `n` and the hash of person, occupation and level."""

    n: int
    hash: str


@dataclass(frozen=True, slots=True)
class SaidOfLine:
    """Something that somebody should look at before the roster goes on. name: of the candidate."""

    n: int
    name: str
    rule: str
    what: str


def hashed(key: PersonKey, body: str, lines: Iterable[RosterLine]) -> list[Hashed]:
    return [Hashed(line.n, key.certified(body, line)) for line in lines]


async def lines_of(store: Store, roster: Roster) -> AsyncIterator[list[RosterLine]]:
    """Page by page."""
    for page in range(len(roster.pages)):
        yield await storage.read_page(store, roster.import_id, page)


async def all_hashed(store: Store, key: PersonKey, roster: Roster) -> list[Hashed]:
    return [one async for page in lines_of(store, roster) for one in hashed(key, roster.body, page)]


# --- looked up --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Judge:
    """Whether what holds a hash counts; each roster is looked at once."""

    store: Store
    _known: dict[Holder, CertifiedBefore | None] = field(default_factory=dict)

    async def first(self, n: int, holders: Sequence[Holder], *, pending: bool = True) -> CertifiedBefore | None:
        """The first of them that counts, those approved before those under way. n: of the line that is asked about."""
        found = [one for holder in holders if (one := await self._judged(holder)) is not None]
        best = min(found, key=lambda one: one.pending, default=None)
        return None if best is None or (best.pending and not pending) else best.model_copy(update={"n": n})

    async def counting(self, holders: Sequence[Holder]) -> list[Holder]:
        return [holder for holder in holders if await self._judged(holder) is not None]

    async def _judged(self, holder: Holder) -> CertifiedBefore | None:
        of_roster = holder.model_copy(update={"n": 1})
        if of_roster not in self._known:
            self._known[of_roster] = await self._look_at(of_roster)
        return self._known[of_roster]

    async def _look_at(self, holder: Holder) -> CertifiedBefore | None:
        roster = await repository.seek(self.store, Roster, holder.roster)
        if roster is None or roster.import_id != holder.import_id:
            return None
        found = CertifiedBefore(n=1, roster=roster.id, body=roster.body)
        if roster.state == APPROVED:
            return None if await certified.are_voided(self.store, roster.id) else found
        if roster.state not in (SUBMITTED, ENDORSED):
            return None
        under_way = await certified.is_being_approved(self.store, roster.id, roster.version, roster.import_id)
        return found.model_copy(update={"pending": True}) if under_way else None


async def look_up(store: Store, roster: str, lines: Iterable[Hashed], *, pending: bool) -> list[CertifiedBefore]:
    """Lines whose person holds the level already, through another roster. pending: also those just being approved."""
    judge, found = Judge(store), []
    for together in _batches(lines):
        known = await certified.claims(store, [line.hash for line in together])
        for line in together if known else ():
            claim = known.get(line.hash)
            if claim is None:
                continue
            if (before := await judge.first(line.n, claim.others(roster), pending=pending)) is not None:
                found.append(before)
    return found


# --- at the import ----------------------------------------------------------------------------------------------------


class Looked:
    """The lines of a workbook as they are looked up: each as a hash, gathered page by page while the workbook is read. Who has
    two levels of one occupation is found on the way."""

    def __init__(self, key: PersonKey, roster: Roster) -> None:
        self._key = key
        self._body = roster.body
        self.hashes: list[bytes] = []
        """Of line 1 and so on; none without a key."""
        self.said: list[SaidOfLine] = []
        at_levels = Counter(item.occupation for item in roster.items)
        self._several = {occupation for occupation, levels in at_levels.items() if levels > 1}
        self._levels: dict[tuple[str, str, str], tuple[int, int]] = {}

    def take(self, lines: Sequence[RosterLine]) -> None:
        if self._key.is_set:
            self.hashes += [bytes.fromhex(one.hash) for one in hashed(self._key, self._body, lines)]
        if self._several:
            self._compare(line for line in lines if line.occupation in self._several)

    def _compare(self, lines: Iterable[RosterLine]) -> None:
        for line in lines:
            n, level = self._levels.setdefault((*identity(line), line.occupation), (line.n, line.level))
            if n != line.n:
                self.said.append(_two_levels(line, n, level))


async def said_at_import(
    store: Store, key: PersonKey, roster: Roster, looked: Looked, name_of: Callable[[int], str]
) -> tuple[list[CertifiedBefore], list[SaidOfLine]]:
    """Whoever is certified already, and the same with the names, for whoever imported them; there stands also who has two
    levels of one occupation in this workbook. Where nobody can tell, because of the key, that is said instead. name_of: the
    candidate of a line."""
    why = await certified.why_not(store, key)
    if why:
        return [], [SaidOfLine(0, "", "", why)]
    hashes = (Hashed(n, hash.hex()) for n, hash in enumerate(looked.hashes, 1))
    before = await look_up(store, roster.id, hashes, pending=False)
    said = [*looked.said, *(SaidOfLine(one.n, name_of(one.n), one.rule, one.sentence) for one in before[:MOST_KEPT])]
    return before[:MOST_KEPT], sorted(said, key=lambda one: one.n)[:MOST_KEPT]


def _two_levels(line: RosterLine, n: int, level: int) -> SaidOfLine:
    what = (
        f"与第 {n} 行是同一人、同一职业，等级分别为 {level} 和 {line.level}，请核对 · the same person and occupation as line "
        f"{n}, at levels {level} and {line.level}: compare both"
    )
    return SaidOfLine(line.n, line.name, "", what)


# --- at the approval --------------------------------------------------------------------------------------------------


async def must_be_possible(store: Store, key: PersonKey) -> None:
    """Raises Unavailable for the key, NotYet while what was approved by earlier releases is being entered."""
    await certified.must_be_usable(store, key)
    if await certified.all_entered(store, key):
        return
    if await store.count(Roster.KIND, {"state": APPROVED}):
        raise NotYet(
            "正在登记以往批准的名册，稍后即可批准 · rosters approved by an earlier release are being entered, so that nobody is "
            "certified twice; approve again in a few minutes"
        )
    await certified.note_all_entered(store, key)


async def found_anew(store: Store, roster: Roster, lines: Sequence[Hashed]) -> list[CertifiedBefore]:
    """Those of a roster that is to be approved. Raises Invalid for more than exceptions can be made for."""
    found = await look_up(store, roster.id, lines, pending=True)
    if len(found) > MOST_KEPT:
        raise Invalid(
            f"名册中 {len(found)} 人已取得同一职业、等级的证书，请退回核对 · {len(found)} lines are certified already, more than "
            "exceptions can be made for: send the roster back"
        )
    return found


async def claim(store: Store, roster: Roster, lines: Sequence[Hashed], excepted: Collection[int]) -> None:
    """Every line of a roster that is about to be saved as approved. excepted: lines that the Centre lets through.

    A crash leaves hashes that count until the roster is approved, or goes another way. Raises Overtaken when somebody
    else holds one of them by now, and then none of ours counts."""
    begun = await certified.begin_approving(store, roster.id, roster.version, roster.import_id)
    # In one order for everybody: of two who claim the same, one meets the other at the first of them.
    for together in _batches(await asyncio.to_thread(sorted, lines, key=lambda line: line.hash)):
        holders = {line.hash: Holder(roster=roster.id, n=line.n, import_id=roster.import_id) for line in together}
        if await certified.add_new(store, holders):
            continue
        if (taken := await _claim_held(store, holders, excepted)) is not None:
            if begun is not None:
                await certified.stand_back(store, begun)
            raise Overtaken(taken.sentence)


async def _claim_held(store: Store, holders: dict[str, Holder], excepted: Collection[int]) -> CertifiedBefore | None:
    """Some are held by others. Returns the first that is not to be had."""
    known = await certified.claims(store, list(holders))
    for hash, holder in holders.items():
        if known[hash].held_by(holder):
            continue
        taken = await _take(store, hash, holder, may_share=holder.n in excepted)
        if taken is not None:
            return taken
    return None


async def _take(store: Store, hash: str, holder: Holder, *, may_share: bool) -> CertifiedBefore | None:
    """Becomes one of those that hold the hash; whoever does not count any more is left out."""

    async def once() -> CertifiedBefore | None:
        claim, record = await certified.claim_of(store, hash)
        judge, others = Judge(store), claim.others(holder.roster)
        taken = await judge.first(holder.n, others)
        if taken is not None and not may_share:
            return taken
        await certified.hand_over(store, record, [*await judge.counting(others), holder])
        return None

    return await repository.in_turn(once, repository.TRIES)


# --- what earlier releases approved -----------------------------------------------------------------------------------


async def enter(store: Store, key: PersonKey, roster: Roster) -> None:
    """The lines of an approved roster, as if it had claimed them. Safe to repeat: two rosters may have certified the same
    person, and then both hold the hash."""
    async for page in lines_of(store, roster):
        holders = {
            line.hash: Holder(roster=roster.id, n=line.n, import_id=roster.import_id)
            for line in hashed(key, roster.body, page)
        }
        if await certified.add_new(store, holders):
            continue
        known = await certified.claims(store, list(holders))
        for hash, holder in holders.items():
            if not known[hash].held_by(holder):
                await _join(store, hash, holder)


async def _join(store: Store, hash: str, holder: Holder) -> None:
    async def once() -> None:
        claim, record = await certified.claim_of(store, hash)
        await certified.hand_over(store, record, _with(claim, holder))

    await repository.in_turn(once, repository.TRIES)


def _with(claim: Claim, holder: Holder) -> list[Holder]:
    return [*claim.others(holder.roster), holder]


def _batches(lines: Iterable[Hashed]) -> Iterable[list[Hashed]]:
    left = iter(lines)
    while together := list(islice(left, GET_TOGETHER)):
        yield together
