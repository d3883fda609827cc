"""From the stores to the rows of a quarter: keeps the records, reads them together with what inspections, violations,
sanctions and work reports say, and leaves the adding to `figures`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from services.supervision.figures import watched
from services.supervision.figures.counted_fact import KIND, ROSTER, SESSION, VOIDED, CountedFact, counted
from services.supervision.figures.figures import Counted, Figures, Place, Row, rows_of
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports.duty import owes_reports
from services.supervision.work_reports.work_report import WorkReport, timeliness
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.errors import Stale
from shared.keeping import local_copies
from shared.ports import Record, Store, Value
from shared.trade.practice import is_training

PAGE = 500


async def keep(store: Store, envelope: Envelope) -> None:
    """Safe to run again and out of order: one document per fact, the source's sequence is the watermark.

    Raises Unreadable, Stale."""
    record = counted(envelope)
    if record is None:
        return
    known = await store.get(KIND.name, record.id)
    if known is None:
        if not await store.add(KIND.name, Record(record.id, record.as_body())):
            raise Stale(KIND.name, record.id, 0)
    elif known.body["sequence"] < record.sequence:
        await store.put(KIND.name, Record(record.id, record.as_body(), known.version, known.facts))


async def rows(store: Store, quarter: Quarter, now: datetime, days: int, *, reports: bool = True) -> list[Row]:
    """The figures of a quarter as the records stand now. days: until when work reports are due.

    reports: whether to say who handed in a work report; not inside such a report."""
    bodies = [one for one in await local_copies.all_copies(store, BodyRegistered) if not is_training(one.path)]
    found = [*await _recorded(store, quarter), *await _watched(store, quarter)]
    if reports:
        found += await _reported(store, quarter, bodies, now, days)
    return rows_of([_place(body) for body in bodies], found)


def _place(body: BodyRegistered) -> Place:
    return Place(
        body=body.body, path=body.path, name_zh=body.name_zh, name_en=body.name_en, branch=body.kind == "branch"
    )


async def _recorded(store: Store, quarter: Quarter) -> list[Counted]:
    """A session counts as held once its roster is approved, be it in a later quarter; not at all once it was voided."""
    voided = {one.body["subject"] async for one in _all(store, KIND.name, {"what": VOIDED})}
    since = ("day", quarter.first.isoformat(), "9999-12-31")
    rosters = {one.body["subject"] async for one in _all(store, KIND.name, {"what": ROSTER}, since)}
    found: list[Counted] = []
    async for record in _all(store, KIND.name, {"quarter": quarter.name}):
        one = CountedFact.from_record(record)
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
            if day is not None and Quarter.of(day) == quarter and not is_training(path):
                found.append(Counted(record.body["body"], path, watched.figures_of(kind, record.body)))
    return found


async def _reported(
    store: Store, quarter: Quarter, bodies: list[BodyRegistered], now: datetime, days: int
) -> list[Counted]:
    handed_in = {
        record.body["body"]: WorkReport.from_record(record)
        async for record in _all(store, WorkReport.KIND, {"quarter": quarter.name})
    }
    owing = {body.body: body.path for body in bodies if owes_reports(body)}
    owing |= {code: report.path for code, report in handed_in.items() if report.on_hand}
    return [
        Counted(code, path, timeliness(handed_in.get(code), quarter, days, now))
        for code, path in owing.items()
        if not is_training(path)
    ]


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
