"""Gathering, asked every so often by the clock: what waits is decided upon, once for each mailbox and day, and handed over.

Nothing is lost and nothing doubled, whoever is killed where: a digest is stored if absent, and its list says what follows. A
letter that it does not list waits for the next one."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Awaitable
from datetime import date, datetime, timedelta

from services.notification import ids
from services.notification.digests import storage
from services.notification.digests.digest import DECIDED, Digest
from services.notification.digests.listing import LETTER, values_of
from services.notification.letters.letter import LetterWriter
from services.notification.mailings import digest_day
from services.notification.mailings.mailing import BULK, WAITS, Mailing
from shared.errors import AppError
from shared.keeping import repository
from shared.outside import Ports
from shared.ports.every import every_record
from shared.trade.deadline import local_day
from shared.trade.practice import is_practice

log = logging.getLogger(__name__)


async def gather(ports: Ports, writer: LetterWriter, digest_at: str, now: datetime) -> None:
    """digest_at: time in China; empty: what still waits since there was one goes out now. Raises Unavailable."""
    if digest_at and not digest_day.has_come(now, digest_at, ports.calendar):
        return
    async for record in every_record(ports.store, Digest.KIND, {"state": DECIDED}):
        for digest in repository.readable(Digest, [record])[0]:
            await _by_itself(digest.id, _carry_out(ports, writer, digest, now))
    today = local_day(now)
    upto = today + timedelta(days=1) if digest_at else date.max
    waiting: dict[tuple[str, bool], list[str]] = defaultdict(list)
    async for record in every_record(
        ports.store,
        Mailing.KIND,
        {"state": WAITS},
        between=("digest_on", "", upto.isoformat()),
        sort="digest_on",
    ):
        to, body = str(record.body["to"]).casefold(), str(record.body["body"])
        waiting[to, is_practice(body)].append(record.id)
    for (to, practised), mailings in waiting.items():
        await _by_itself(mailings[0], _decide(ports, writer, to, practised, today, mailings, now))


async def _by_itself(id: str, work: Awaitable[None]) -> None:
    """What is wrong with one mailbox's letters keeps none from the others; it is tried again. Raises Unavailable."""
    try:
        await work
    except AppError:
        raise
    except Exception:
        log.exception("digest %s", id)


async def _decide(
    ports: Ports, writer: LetterWriter, to: str, practised: bool, today: date, waiting: list[str], now: datetime
) -> None:
    """Raises Unavailable."""
    found = await storage.letters(ports.store, waiting)
    if not found:
        return
    found.sort(key=lambda mailing: (mailing.planned_at, mailing.id))
    id = ids.digest_id(to, today.isoformat(), practised)
    digest = Digest(
        id=id, day=today, path=found[0].office_path or found[0].path, mailings=[mailing.id for mailing in found]
    )
    if not await repository.add(ports.store, digest):
        digest = await repository.load(ports.store, Digest, id)
    await _carry_out(ports, writer, digest, now)
    later = ports.calendar.at_or_after(today + timedelta(days=1))
    for mailing in found:
        if mailing.id not in digest.mailings:
            await repository.retried(ports.store, Mailing, mailing.id, lambda one: _wait_longer(one, later))


async def _carry_out(ports: Ports, writer: LetterWriter, digest: Digest, now: datetime) -> None:
    """Every step may be taken again. Raises Unavailable."""
    if digest.state != DECIDED:
        return
    alone = digest.one_alone
    if not alone:
        letter = await _letter(ports, writer, digest, now)
        await repository.add(ports.store, letter)
    for id in digest.mailings:
        await repository.retried(ports.store, Mailing, id, lambda one: _gather(one, digest.id, now, alone))
    digest.finish()
    await repository.save_if_first(ports.store, digest)


async def _letter(ports: Ports, writer: LetterWriter, digest: Digest, now: datetime) -> Mailing:
    told = await storage.letters(ports.store, digest.mailings)
    first = told[0]
    is_shared = len({(one.recipient, one.deputy) for one in told}) > 1
    letter = Mailing(
        id=digest.id,
        letter=LETTER,
        to=first.to,
        to_name=first.to_name,
        # A mailbox that two offices share: sent anew, it must not follow one of them with what was told to the other.
        recipient="" if is_shared else first.recipient,
        deputy=first.deputy,
        body=first.office or first.body,
        path=first.office_path or first.path,
        subject_of=digest.id,
        fact=digest.id,
        values=values_of(writer, digest.day, told),
        planned_at=now,
        lane=BULK,  # one for every mailbox, all in the same minutes
    )
    letter.plan()
    return letter


def _gather(mailing: Mailing, digest: str, now: datetime, alone: bool) -> bool:
    if mailing.state != WAITS:
        return False
    mailing.gather(digest, now, alone=alone)
    return True


def _wait_longer(mailing: Mailing, later: date) -> bool:
    if mailing.state != WAITS:
        return False
    mailing.wait_longer(later)
    return True
