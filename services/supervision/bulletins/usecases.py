"""Use cases of the quality bulletin: preview, compile, publish, read, export."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from services.supervision.bulletins import pdf, xlsx
from services.supervision.bulletins.bulletin import DRAFT, PUBLISHED, Bulletin
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin
from services.supervision.decided import all_decided
from services.supervision.figures import storage as counting
from services.supervision.figures.figures import Row, visible_from
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports import storage as work_reports
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.keeping import creation, local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.body_path import BodyPath
from shared.trade.roles import Role

OFFICE = (Role.CENTRE_CLERK, Role.CENTRE_APPROVER)


def of_the_office(by: Actor) -> bool:
    """Whether somebody sees bulletins before they are published: the Centre's officers and its auditor."""
    return (
        bool(by.roles.intersection((*OFFICE, Role.AUDITOR))) and BodyPath.read(by.path).is_centre and not by.practising
    )


async def preview(store: Store, asked: Asked, quarter: str, days: int) -> list[Row]:
    """The rows of one's own path as the documents stand now; nothing is kept. Raises Invalid."""
    return visible_from(await _rows(store, quarter, asked.at, days), asked.by.path)


async def compile_new(store: Store, asked: Asked, key: str, new: NewBulletin, days: int) -> Bulletin:
    """The first draft of a quarter. Raises AlreadyThere, NotYet while the Centre itself is unknown here.

    Cut at the moment it was asked: what arrives while everything is read may count or not, what came before does."""
    by = asked.by
    by.must_be(Role.CENTRE_CLERK)
    await local_copies.copy_of(store, BodyRegistered, by.body)
    rows = await _rows(store, new.quarter, asked.at, days)
    bulletin = Bulletin(
        id=new.quarter,
        body=by.body,
        path=by.path,
        quarter=new.quarter,
        summary=new.summary,
        rows=rows,
        cut_at=asked.at,
        compiled_by=by.id,
    )
    bulletin.compile(by, asked.at, new.summary, rows, asked.at)
    request = await creation.once(store, by, key, new)
    return await creation.create(store, bulletin, request, f"/supervision/bulletins/{bulletin.id}")


async def compile_again(store: Store, id: str, asked: Asked, entry: BulletinEntry, days: int) -> Bulletin:
    """Raises NotFound, Stale, WrongState, NotAllowed."""

    async def verb(bulletin: Bulletin) -> None:
        bulletin.only_when("compile", DRAFT)  # before everything is read in vain
        rows = await _rows(store, bulletin.quarter, asked.at, days)
        bulletin.compile(asked.by, asked.at, entry.summary, rows, asked.at)

    return await _change(store, id, asked, verb)


async def _rows(store: Store, name: str, now: datetime, days: int) -> list[Row]:
    """With what was decided, and who handed in a work report. days: until when those are due."""
    quarter = Quarter.named(name)
    reports = await work_reports.timeliness_of_all(store, quarter, now, days)
    return await counting.rows(store, quarter, [*await all_decided(store, quarter), *reports])


async def publish(store: Store, id: str, asked: Asked) -> Bulletin:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(bulletin: Bulletin) -> None:
        bulletin.publish(asked.by, asked.at)

    return await _change(store, id, asked, verb)


async def read(store: Store, id: str, by: Actor) -> Bulletin:
    """A published one is for everybody, a draft for the Centre's office. Raises NotFound, Unavailable."""
    bulletin = await repository.load(store, Bulletin, id)
    if bulletin.state != PUBLISHED and not (of_the_office(by) and bulletin.path.startswith(by.path)):
        raise repository.not_found(Bulletin, id)
    bulletin.must_be_intact()
    return bulletin


async def as_pdf(store: Store, id: str, by: Actor, counterpart: pdf.Counterpart, fonts: Path | None) -> bytes:
    """Raises NotFound, WrongState before it is published, Invalid for a character no font has, Unavailable."""
    bulletin = await _published(store, id, by)
    return await asyncio.to_thread(pdf.draw, bulletin, counterpart, fonts)


async def as_xlsx(store: Store, id: str, by: Actor) -> bytes:
    """Raises NotFound, WrongState before it is published."""
    bulletin = await _published(store, id, by)
    return await asyncio.to_thread(xlsx.write, bulletin)


async def _published(store: Store, id: str, by: Actor) -> Bulletin:
    bulletin = await read(store, id, by)
    bulletin.only_when("export", PUBLISHED)
    return bulletin


async def _change(store: Store, id: str, asked: Asked, verb: Callable[[Bulletin], Awaitable[None] | None]) -> Bulletin:
    """As `repository.change`, of what the caller may read at all. Raises Unavailable besides, when it does not match its
    seal."""
    bulletin = await read(store, id, asked.by)
    asked.by.must_reach(bulletin.path, f"{Bulletin.KIND} {id}")
    repository.must_be_expected(bulletin, asked)
    await repository.call(verb, bulletin)
    await repository.save(store, bulletin)
    return bulletin
