"""From the store to the rows of a quarter: keeps the records, reads them together with what inspections, violations and
sanctions say, and leaves the adding to `figures`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from services.supervision.figures import watched
from services.supervision.figures.counted_fact import ROSTER, SESSION, VOIDED, CountedFact, counted
from services.supervision.figures.figures import Counted, Figures, Place, Row, rows_of
from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.errors import Stale
from shared.keeping import local_copies
from shared.ports import Record, Store, Value
from shared.trade.practice import is_practice

RECORDS = "record"
"""The collection of counted facts."""

PAGE = 500


async def keep(store: Store, envelope: Envelope) -> None:
    """Safe to run again and out of order: one document per fact, the source's sequence is the watermark.

    Raises Unreadable, Stale."""
    record = counted(envelope)
    if record is None:
        return
    known = await store.get(RECORDS, record.id)
    if known is None:
        if not await store.add(RECORDS, Record(record.id, record.as_body())):
            raise Stale(RECORDS, record.id, 0)
    elif known.body["sequence"] < record.sequence:
        await store.put(RECORDS, Record(record.id, record.as_body(), known.version, known.facts))


async def rows(store: Store, quarter: Quarter, more: Iterable[Counted] = ()) -> list[Row]:
    """The figures of a quarter as the records stand now. more: what others count of it."""
    bodies = [one for one in await local_copies.all_copies(store, BodyRegistered) if not is_practice(one.path)]
    found = [*await _recorded(store, quarter), *await _watched(store, quarter), *more]
    return rows_of([_place(body) for body in bodies], found)


def _place(body: BodyRegistered) -> Place:
    return Place(
        body=body.body, path=body.path, name_zh=body.name_zh, name_en=body.name_en, branch=body.kind == "branch"
    )


async def _recorded(store: Store, quarter: Quarter) -> list[Counted]:
    """A session counts as held once its roster is approved, be it in a later quarter; not at all once it was voided."""
    voided = {one.body["subject"] async for one in _all(store, RECORDS, {"what": VOIDED})}
    since = ("day", quarter.first.isoformat(), "9999-12-31")
    rosters = {one.body["subject"] async for one in _all(store, RECORDS, {"what": ROSTER}, since)}
    found: list[Counted] = []
    async for record in _all(store, RECORDS, {"quarter": quarter.name}):
        one = CountedFact.from_body(record.id, record.body)
        if one.what == SESSION and one.subject in voided:
            continue
        found.append(Counted(one.body, one.path, one.counts))
        if one.what == SESSION and one.subject in rosters:
            found.append(Counted(one.body, one.path, Figures(held=1)))
    return found


async def _watched(store: Store, quarter: Quarter) -> list[Counted]:
    """All of them are looked at: they are few, and each kind tells its day in its own way."""
    found: list[Counted] = []
    for kind in watched.KINDS:
        async for record in _all(store, kind):
            day, path = watched.day_of(kind, record.body), record.body["path"]
            if day is not None and Quarter.of(day) == quarter and not is_practice(path):
                found.append(Counted(record.body["body"], path, watched.figures_of(kind, record.body)))
    return found


async def _all(
    store: Store,
    kind: str,
    where: Mapping[str, Value] | None = None,
    between: tuple[str, Value, Value] | None = None,
) -> AsyncIterator[Record]:
    after: Any = None
    while True:
        page = await store.find(kind, where, between=between, after=after, limit=PAGE)
        for record in page.records:
            yield record
        after = page.next
        if after is None:
            return
