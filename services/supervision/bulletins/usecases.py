"""Use cases of the quality bulletin: preview, compile, publish, read, export."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from services.supervision.bulletins import pdf, xlsx
from services.supervision.bulletins.bulletin import DRAFT, PUBLISHED, Bulletin
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin
from services.supervision.figures import storage as counting
from services.supervision.figures.figures import Row, seen_from
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports import storage as work_reports
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.errors import NotFound, Stale
from shared.keeping import creation, local_copies, repository
from shared.ports import Clock, Store
from shared.trade.roles import Role

OFFICE = (Role.CENTRE_CLERK, Role.CENTRE_APPROVER)


def of_the_office(by: Actor) -> bool:
    """Whether somebody sees bulletins before they are published: the Centre's officers and its auditor."""
    return bool(by.roles.intersection((*OFFICE, Role.AUDITOR))) and by.path.count("/") == 2 and not by.practising


async def preview(store: Store, clock: Clock, by: Actor, quarter: str, days: int) -> list[Row]:
    """The rows of one's own path as the records stand now; nothing is kept. Raises Invalid."""
    return seen_from(await _rows(store, quarter, clock.now(), days), by.path)


async def compile_new(store: Store, clock: Clock, by: Actor, key: str, new: NewBulletin, days: int) -> Bulletin:
    """The first draft of a quarter. Raises AlreadyThere, NotYet while the Centre itself is unknown here."""
    by.must_be(Role.CENTRE_CLERK)
    await local_copies.copy_of(store, BodyRegistered, by.body)
    now = clock.now()  # before the records are read: what arrives meanwhile may count or not, what came before does
    rows = await _rows(store, new.quarter, now, days)
    bulletin = Bulletin(
        id=new.quarter,
        body=by.body,
        path=by.path,
        quarter=new.quarter,
        summary=new.summary,
        rows=rows,
        cut_at=now,
        compiled_by=by.id,
    )
    bulletin.compile(by, now, new.summary, rows, now)
    request = await creation.once(store, by, key, new)
    return await creation.create(store, bulletin, request, f"/supervision/bulletins/{bulletin.id}")


async def compile_again(
    store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: BulletinEntry, days: int
) -> Bulletin:
    """Raises NotFound, Stale, WrongState, NotAllowed."""
    bulletin = await _seen(store, id, seen, by)
    bulletin.only_when("compile", DRAFT)  # before everything is read in vain
    now = clock.now()
    rows = await _rows(store, bulletin.quarter, now, days)
    bulletin.compile(by, now, entry.summary, rows, now)
    await repository.save(store, bulletin)
    return bulletin


async def _rows(store: Store, name: str, now: datetime, days: int) -> list[Row]:
    """With who handed in a work report. days: until when those are due."""
    quarter = Quarter.named(name)
    return await counting.rows(store, quarter, await work_reports.timeliness_of_all(store, quarter, now, days))


async def publish(store: Store, clock: Clock, id: str, seen: int, by: Actor) -> Bulletin:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    bulletin = await _seen(store, id, seen, by)
    bulletin.publish(by, clock.now())
    await repository.save(store, bulletin)
    return bulletin


async def read(store: Store, id: str, by: Actor) -> Bulletin:
    """A published one is for everybody, a draft for the Centre's office. Raises NotFound, Unavailable."""
    bulletin = await repository.load(store, Bulletin, id)
    if bulletin.state != PUBLISHED and not (of_the_office(by) and bulletin.path.startswith(by.path)):
        raise NotFound(f"查无 {Bulletin.KIND} {id} · there is no {Bulletin.KIND} {id}")
    bulletin.must_be_intact()
    return bulletin


async def as_pdf(store: Store, id: str, by: Actor, copy: pdf.Copy, fonts: Path | None) -> bytes:
    """Raises NotFound, WrongState before it is published, Invalid for a character no font has, Unavailable."""
    bulletin = await _published(store, id, by)
    return await asyncio.to_thread(pdf.draw, bulletin, copy, fonts)


async def as_xlsx(store: Store, id: str, by: Actor) -> bytes:
    """Raises NotFound, WrongState before it is published."""
    bulletin = await _published(store, id, by)
    return await asyncio.to_thread(xlsx.write, bulletin)


async def _published(store: Store, id: str, by: Actor) -> Bulletin:
    bulletin = await read(store, id, by)
    bulletin.only_when("export", PUBLISHED)
    return bulletin


async def _seen(store: Store, id: str, seen: int, by: Actor) -> Bulletin:
    """What the caller has read, unchanged since. Raises NotFound, Stale."""
    bulletin = await read(store, id, by)
    by.must_reach(bulletin.path, f"{Bulletin.KIND} {id}")
    if bulletin.version != seen:
        raise Stale(Bulletin.KIND, id, seen)
    return bulletin
