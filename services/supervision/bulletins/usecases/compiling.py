"""Use cases of a bulletin until it is published: preview, compile, compile again; and correct what was published."""

from __future__ import annotations

from datetime import datetime

from services.supervision import ids
from services.supervision.bulletins.bulletin import DRAFT, PUBLISHED, Bulletin
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin, NewCorrection
from services.supervision.bulletins.usecases import reading
from services.supervision.decided import all_decided
from services.supervision.figures import storage as counting
from services.supervision.figures.figures import QuarterRows, together
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from services.supervision.settings import SupervisionSettings
from services.supervision.work_reports import storage as work_reports
from shared.contracts.directory import BodyRegistered
from shared.keeping import creation, local_copies
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.roles import Role


async def preview(store: Store, asked: Asked, quarter: str, days: int) -> QuarterRows:
    """The rows of one's own path as the documents stand now; nothing is kept. Raises Invalid."""
    return await _counted(store, quarter, Part(asked.by.path), asked.at, days)


async def compile_new(
    store: Store, asked: Asked, key: str, new: NewBulletin, settings: SupervisionSettings
) -> Bulletin:
    """The first draft of a quarter. Raises Invalid, AlreadyThere, NotYet while the Centre itself is unknown here.

    Cut at the moment it was asked: what arrives while everything is read may count or not, what came before does."""
    asked.by.must_be(Role.CENTRE_CLERK)
    return await _create(store, asked, key, new, Bulletin(**_blank(asked, new.quarter)), settings)


async def correct(
    store: Store, id: str, asked: Asked, key: str, new: NewCorrection, settings: SupervisionSettings
) -> Bulletin:
    """更正: a new bulletin of the same quarter that says what was wrong with a published one. The draft of it, counted anew;
    what was published stays as it is.

    Raises NotFound, NotAllowed, WrongState, AlreadyThere where it was corrected before, or is about to be."""
    wrong = await reading.read(store, id, asked.by)
    asked.by.must_be(Role.CENTRE_CLERK)
    asked.by.must_sit_at(wrong.body)
    wrong.only_when("correct", PUBLISHED)
    said = {
        "correction": wrong.correction + 1,
        "corrects": wrong.id,
        "corrects_number": wrong.document_number,
    }
    return await _create(store, asked, key, new, Bulletin(**(_blank(asked, wrong.quarter) | said)), settings)


async def compile_again(
    store: Store, id: str, asked: Asked, entry: BulletinEntry, settings: SupervisionSettings
) -> Bulletin:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    async def verb(bulletin: Bulletin) -> None:
        bulletin.only_when("compile", DRAFT)  # before everything is read in vain
        await _compile(store, bulletin, asked, entry, settings)

    return await reading.change(store, id, asked, verb)


def _blank(asked: Asked, quarter: str) -> dict[str, object]:
    """What a draft needs before it is compiled."""
    by = asked.by
    return {
        "id": "",
        "body": by.body,
        "path": by.path,
        "quarter": quarter,
        "summary": "",
        "rows": [],
        "cut_at": asked.at,
        "compiled_by": by.id,
    }


async def _create(
    store: Store, asked: Asked, key: str, new: BulletinEntry, draft: Bulletin, settings: SupervisionSettings
) -> Bulletin:
    await local_copies.copy_of(store, BodyRegistered, asked.by.body)
    draft.id = ids.bulletin_id(draft.quarter, draft.correction)
    await _compile(store, draft, asked, new, settings)
    request = await creation.once(store, asked.by, key, new)
    return await creation.create(store, draft, request, f"/supervision/bulletins/{draft.id}")


async def _compile(
    store: Store, bulletin: Bulletin, asked: Asked, entry: BulletinEntry, settings: SupervisionSettings
) -> None:
    found = await _counted(store, bulletin.quarter, Part(bulletin.path), asked.at, settings.work_report_days)
    copied_to = settings.bulletin_copied_to if entry.copied_to is None else entry.copied_to
    bulletin.compile(asked.by, asked.at, entry.summary, found, asked.at, copied_to=copied_to, reason=entry.reason)


async def _counted(store: Store, name: str, part: Part, now: datetime, days: int) -> QuarterRows:
    """With what was decided, and who handed in a work report. days: until when those are due."""
    quarter = Quarter.named(name)
    quarter.must_have_begun(now)
    reports = await work_reports.timeliness_of_all(store, quarter, part, now, days)
    decided = await all_decided(store, quarter, part)
    return await counting.rows(store, quarter, part, together([decided, reports]))
