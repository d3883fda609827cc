"""From the store to the rows of a quarter: keeps the counted facts, reads them, and leaves the adding to `figures`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from services.supervision.figures.counted_fact import ROSTER, SESSION, VOIDED, CountedFact, counted
from services.supervision.figures.existence import told_of
from services.supervision.figures.figures import (
    Counted,
    Figures,
    Gathered,
    Place,
    QuarterRows,
    rows_of,
    together,
    visible_from,
)
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.errors import Stale
from shared.keeping import local_copies, repository
from shared.keeping.aggregate import Aggregate
from shared.ports import Record, Store, Value, every_record
from shared.trade.practice import is_practice

log = logging.getLogger(__name__)

A = TypeVar("A", bound=Aggregate)

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
            raise Stale
    elif known.body["sequence"] < fact.sequence:
        await store.put(COUNTED_FACTS, Record(fact.id, fact.as_body(), known.version, known.facts))


async def rows(store: Store, quarter: Quarter, part: Part, more: Gathered) -> QuarterRows:
    """The figures of a quarter as the counted facts stand now, of one part of the country. more: what other nouns say
    that counts in it."""
    bodies = await bodies_of(store, part)
    found = together([await _recorded(store, quarter, part), more])
    places = [_place(body) for body in told_of(bodies, quarter, {one.body for one in found.counted})]
    laid_out = await asyncio.to_thread(rows_of, places, found.counted)  # in the event loop everybody else would wait
    return QuarterRows(visible_from(laid_out, part.path), found.left_out)


async def bodies_of(store: Store, part: Part) -> list[BodyRegistered]:
    """Those that are registered, without twins. A station is asked for by its code: nothing stands below it."""
    top = await local_copies.seek(store, BodyRegistered, part.top)
    known = [top] if top and top.kind == "station" else await local_copies.all_copies(store, BodyRegistered)
    return [body for body in known if part.holds(body.path) and not is_practice(body.path)]


async def readable(
    store: Store, what: type[A], part: Part, where: Mapping[str, Value] | None = None
) -> tuple[list[A], list[str]]:
    """All documents of a kind that match, and the ids of those that cannot be read."""
    records = [record async for record in every_record(store, what.KIND, where, **_walked(part, where))]
    return repository.readable(what, records)


def _walked(part: Part, where: Collection[str] | None) -> Mapping[str, Any]:
    """As `Part.looked_up`; what is narrowed in the whole country, too, in the order of its index, which goes on by path."""
    return part.looked_up or ({"sort": "path"} if where else {})


def _place(body: BodyRegistered) -> Place:
    return Place(
        body=body.body, path=body.path, name_zh=body.name_zh, name_en=body.name_en, branch=body.kind == "branch"
    )


async def _recorded(store: Store, quarter: Quarter, part: Part) -> Gathered:
    """A session counts as held once its roster is approved, be it in a later quarter; not at all once it was voided."""
    voided = await _subjects(store, VOIDED, _walked(part, {"what"}))
    since: Mapping[str, Any] = (
        {"between": ("day", quarter.first.isoformat(), "9999-12-31"), "sort": "day"}
        if part.is_whole
        else part.looked_up
    )
    rosters = await _subjects(store, ROSTER, since)
    found = Gathered([], [])
    async for record in every_record(store, COUNTED_FACTS, {"quarter": quarter.name}, **_walked(part, {"quarter"})):
        try:
            fact = CountedFact.from_body(record.id, record.body)
        except ValidationError as error:
            log.error("%s %s cannot be read: %d fields", COUNTED_FACTS, record.id, error.error_count())
            repository.UNREADABLE[COUNTED_FACTS] += 1
            found.left_out.append(f"{COUNTED_FACTS}/{record.id}")
            continue
        if fact.what == SESSION and fact.subject in voided:
            continue
        found.counted.append(Counted(fact.body, fact.path, fact.counts))
        if fact.what == SESSION and fact.subject in rosters:
            found.counted.append(Counted(fact.body, fact.path, Figures(held=1)))
    return found


async def _subjects(store: Store, what: str, looked_up: Mapping[str, Any]) -> set[str]:
    """The sessions about which there is such a fact."""
    return {
        str(record.body.get("subject", ""))
        async for record in every_record(store, COUNTED_FACTS, {"what": what}, **looked_up)
    }
