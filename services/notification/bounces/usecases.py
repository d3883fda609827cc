"""Reading what came to the mailbox of bounces. Whoever dies in between reads it again: nothing is recorded twice."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from services.notification import ids
from services.notification.bounces import storage
from services.notification.bounces.bounce import Bounce
from services.notification.bounces.report import Puzzling, Report, read
from services.notification.contacts import storage as contacts
from services.notification.mailings.mailing import DELIVERED, SENT, Mailing
from shared.errors import AppError, Stale
from shared.keeping import repository
from shared.ports import Store
from shared.ports.others.reports import Reported, Reports

log = logging.getLogger(__name__)

AT_ONCE = 50
MOST = 500
"""At one look. The clock has other questions, and a mailbox after a bulk may hold many thousands; it asks again in a minute."""
LOOKS_BACK = timedelta(days=6)
"""For letters of which only the address is named: servers give up after five days."""

NOT_RECORDED = Puzzling("所述信函无法登记 · what became of the letter that it names could not be recorded")
UNKNOWN = Puzzling("所述信函不在本系统 · the letter that it names is not here")
ANOTHER = Puzzling("所述地址不是该信函的收信地址 · it names an address that the letter did not go to")
WHICH_ONE = Puzzling(
    "只写明地址，近日寄往该地址的信函不止一封或没有 · only an address is named, to which none or several letters went of late"
)


async def read_reports(store: Store, reports: Reports, now: datetime) -> int:
    """How many mails were read. Raises Unavailable."""
    total = 0
    while total < MOST:
        position, version = await storage.position(store)
        mails = await reports.after(position, AT_ONCE)
        for mail in mails:
            await repository.in_turn(lambda mail=mail: _take(store, mail, now), repository.TRIES)  # type: ignore[misc]
        if mails:
            try:
                await storage.move(store, mails[-1].at, version)
            except Stale:
                return total  # another clock reads the same
        total += len(mails)
        if len(mails) < AT_ONCE:
            break
    return total


async def _take(store: Store, mail: Reported, now: datetime) -> None:
    """Raises Stale when the letter changed meanwhile, Unavailable."""
    if not mail.content:
        return
    said = await asyncio.to_thread(read, mail.content)  # somebody who means ill writes one that takes a second
    outcome = await _recorded(store, said, now) if isinstance(said, Report) else said
    if outcome is not None:
        id = ids.bounce_id(mail.at.validity, mail.at.uid)
        if await repository.add(store, Bounce(id=id, uid=mail.at.uid, because=outcome.because, read_at=now)):
            log.warning("bounce %d: %s", mail.at.uid, outcome.because)


async def _recorded(store: Store, said: Report, now: datetime) -> Puzzling | None:
    """Whatever is wrong with one of them, those behind it are read. Raises Stale, Unavailable."""
    try:
        return await _record(store, said, now)
    except AppError:
        raise
    except Exception:
        log.exception("bounce of letter %s", said.mailing)
        return NOT_RECORDED


async def _record(store: Store, said: Report, now: datetime) -> Puzzling | None:
    """None: what it says is known now, or was."""
    mailing = await _letter(store, said, now)
    if isinstance(mailing, Puzzling):
        return mailing
    if mailing.attempt != said.attempt or mailing.state not in (SENT, DELIVERED):
        return None  # it was sent anew since, or this is the second report
    match said.action:
        case "failed" if mailing.state == SENT:
            mailing.fail(said.because, said.cause, now)
            await repository.save(store, mailing)
        case "delivered" if mailing.state == SENT:
            mailing.deliver(now)
            await repository.save(store, mailing)
            await contacts.heard_of_delivery(store, mailing)
    return None


async def _letter(store: Store, said: Report, now: datetime) -> Mailing | Puzzling:
    if said.mailing:
        found = await repository.seek(store, Mailing, said.mailing)
        if found is None:
            return UNKNOWN
        # A mailbox may pass letters on, and the address they are passed on to be the one that fails; the domain then differs too.
        # What is none of these was made up by somebody who saw one letter and means another.
        return found if not said.original or said.original.casefold() == found.to.casefold() else ANOTHER
    sent = store.find(
        Mailing.KIND,
        {"to": said.to},
        between=("sent_at", (now - LOOKS_BACK).isoformat(), (now + timedelta(days=1)).isoformat()),
        sort="sent_at",
        limit=10,
    )
    letters, _ = repository.readable(Mailing, (await sent).records)
    letters = [one for one in letters if one.state == SENT]
    return letters[0] if len(letters) == 1 else WHICH_ONE
