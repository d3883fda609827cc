"""Rows of the radar in the store: written by facts alone, asked for by place and day."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Iterable
from datetime import date

from pydantic import ValidationError

from services.notification import ids
from services.notification.radar.row import DEPTH, OPEN, DutyFact, RadarRow, place
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.errors import Stale
from shared.keeping import local_copies, repository
from shared.ports import Kind, Page, Record, Store, Value, every_record
from shared.trade.body_path import BodyPath

log = logging.getLogger(__name__)

RADAR = Kind(
    "radar",
    # First the one that narrows more: the index is chosen by that.
    indexes=(("body", "state", "due_on"), *((place(n), "state", "due_on") for n in range(DEPTH, 0, -1))),
    follows=True,
)
EVER = date.max


async def keep(store: Store, envelope: Envelope, fact: DutyFact) -> None:
    """Safe to repeat and out of order. Raises Stale when another worker wrote to the same row in between: then once more."""
    new = RadarRow(noun=envelope.fact_type.partition(".")[0], duty=envelope.subject)
    id = id_of(new)
    record = await store.get(RADAR.name, id)
    row = RadarRow.model_validate(record.body) if record else new
    if not row.take(envelope, fact):
        return
    if record is not None:
        await store.put(RADAR.name, Record(id, row.as_body(), record.version, record.facts))
    elif not await store.add(RADAR.name, Record(id, row.as_body())):
        raise Stale


def id_of(row: RadarRow) -> str:
    return ids.radar_id(row.noun, row.duty)


def at_or_below(path: str) -> dict[str, Value]:
    """The condition for what lies at a place of the tree or below it. path: `/` for everything."""
    codes = BodyPath.read(path).codes
    return {place(len(codes)): codes[-1]} if codes else {}


def by_day(before: date = EVER, since: date | None = None) -> tuple[str, Value, Value]:
    """Those due before one day, and on or after another."""
    return ("due_on", since.isoformat() if since else "", before.isoformat())


async def page(
    store: Store,
    where: dict[str, Value],
    due: tuple[str, Value, Value],
    after: tuple[Value, str] | None,
    limit: int,
) -> Page:
    """By their days, the earliest first. due: `by_day`."""
    return await store.find(RADAR.name, where, between=due, sort="due_on", after=after, limit=limit)


async def open_until(store: Store, where: dict[str, Value], before: date) -> AsyncIterator[RadarRow]:
    """What is still to be done and due before that day, the earliest first. Raises Unavailable."""
    found = every_record(store, RADAR.name, where | {"state": OPEN}, between=by_day(before), sort="due_on")
    async for record in found:
        for row in readable([record])[0]:
            yield row


def readable(records: Iterable[Record]) -> tuple[list[RadarRow], list[str]]:
    """The rows, and the ids of those that cannot be read: one of them must not hide all others."""
    found: list[RadarRow] = []
    left_out: list[str] = []
    for record in records:
        try:
            found.append(RadarRow.model_validate(record.body))
        except ValidationError as error:
            log.error("%s %s cannot be read: %d fields", RADAR.name, record.id, error.error_count())
            repository.UNREADABLE[RADAR.name] += 1
            left_out.append(record.id)
    return found, left_out


async def names_of(store: Store, bodies: Collection[str]) -> dict[str, tuple[str, str]]:
    """Code → Chinese and English name, of those that are known here."""
    known = await local_copies.copies_of(store, BodyRegistered, bodies)
    return {code: (body.name_zh, body.name_en) for code, body in known.items()}
