"""From the store to the rows of a quarter: keeps the counted facts, reads them, and leaves the adding to `figures`."""

from __future__ import annotations

from collections.abc import Iterable

from services.supervision.figures.counted_fact import ROSTER, SESSION, VOIDED, CountedFact, counted
from services.supervision.figures.figures import Counted, Figures, Place, Row, rows_of
from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.errors import Stale
from shared.keeping import local_copies
from shared.ports import Record, Store, every_record
from shared.trade.practice import is_practice

COUNTED_FACTS = "record"  # under the name it was stored by from the first


async def keep(store: Store, envelope: Envelope) -> None:
    """Safe to run again and out of order: one document per fact, the source's sequence is the watermark.

    Raises Unreadable, Stale."""
    fact = counted(envelope)
    if fact is None:
        return
    known = await store.get(COUNTED_FACTS, fact.id)
    if known is None:
        if not await store.add(COUNTED_FACTS, Record(fact.id, fact.as_body())):
            raise Stale(COUNTED_FACTS, fact.id, 0)
    elif known.body["sequence"] < fact.sequence:
        await store.put(COUNTED_FACTS, Record(fact.id, fact.as_body(), known.version, known.facts))


async def rows(store: Store, quarter: Quarter, more: Iterable[Counted]) -> list[Row]:
    """The figures of a quarter as the counted facts stand now. more: what other nouns say that counts in it."""
    bodies = [body for body in await local_copies.all_copies(store, BodyRegistered) if not is_practice(body.path)]
    return rows_of([_place(body) for body in bodies], [*await _recorded(store, quarter), *more])


def _place(body: BodyRegistered) -> Place:
    return Place(
        body=body.body, path=body.path, name_zh=body.name_zh, name_en=body.name_en, branch=body.kind == "branch"
    )


async def _recorded(store: Store, quarter: Quarter) -> list[Counted]:
    """A session counts as held once its roster is approved, be it in a later quarter; not at all once it was voided."""
    voided = {record.body["subject"] async for record in every_record(store, COUNTED_FACTS, {"what": VOIDED})}
    since = ("day", quarter.first.isoformat(), "9999-12-31")
    approved = every_record(store, COUNTED_FACTS, {"what": ROSTER}, between=since)
    rosters = {record.body["subject"] async for record in approved}
    found: list[Counted] = []
    async for record in every_record(store, COUNTED_FACTS, {"quarter": quarter.name}):
        fact = CountedFact.from_body(record.id, record.body)
        if fact.what == SESSION and fact.subject in voided:
            continue
        found.append(Counted(fact.body, fact.path, fact.counts))
        if fact.what == SESSION and fact.subject in rosters:
            found.append(Counted(fact.body, fact.path, Figures(held=1)))
    return found
