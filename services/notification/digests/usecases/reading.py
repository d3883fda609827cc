"""The digest of a day, read by the office whose it is: as it was sent; where none was made, as it would be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from services.notification import ids
from services.notification.digests import storage
from services.notification.digests.answers import DigestAnswer
from services.notification.digests.digest import Digest
from services.notification.digests.listing import LETTER, values_of
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import WAITS, Mailing
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.errors import NotFound
from shared.keeping import local_copies, placed, repository
from shared.outside import Ports
from shared.ports import Record
from shared.ports.every import every_record
from shared.trade.deadline import CHINA, local_day
from shared.trade.practice import is_practice


async def read(ports: Ports, writer: LetterWriter, by: Actor, day: date) -> DigestAnswer:
    """Of the caller's own office. Raises NotFound where it has none, or no letters; NotYet while it is unknown here;
    Unavailable."""
    nothing = NotFound(f"{day} 没有可汇总的信函 · nothing was to be gathered on {day}")
    if not by.body:
        raise nothing
    office = await local_copies.copy_of(ports.store, BodyRegistered, by.body)
    digest = await repository.seek(
        ports.store, Digest, ids.digest_id(office.mailbox, day.isoformat(), is_practice(office.body))
    )
    if digest is not None:
        # Another office may have the same mailbox, or say so to read what is told there.
        told = [one for one in await storage.letters(ports.store, digest.mailings) if one.office == office.body]
    else:
        told = await _not_gathered(ports, office, day)
    if not told:
        raise nothing
    subject, text, _ = writer.render(LETTER, values_of(writer, day, told))
    return DigestAnswer(day=day, gathered=digest is not None, count=len(told), subject=subject, text=text)


async def _not_gathered(ports: Ports, office: BodyRegistered, day: date) -> list[Mailing]:
    """By what they are about, then by their ids: the same letters, the same list."""
    waiting = {letter.name for letters in ports.register.letters.values() for letter in letters if letter.waits}
    begins = datetime.combine(day, time.min, CHINA)
    ends = begins + timedelta(days=1)
    sent = every_record(
        ports.store, Mailing.KIND, {"to": office.mailbox}, between=("sent_at", _at(begins), _at(ends)), sort="sent_at"
    )
    still = every_record(ports.store, Mailing.KIND, {"state": WAITS}, between=placed.below(office.path), sort="path")
    records: list[Record] = [record async for record in sent] + [record async for record in still]
    found = repository.readable(Mailing, _of(office, records))[0]
    ours = [one for one in found if one.letter in waiting and not one.deputy and _is_of(one, day)]
    return sorted(ours, key=lambda mailing: (mailing.subject_of, mailing.id))


def _is_of(mailing: Mailing, day: date) -> bool:
    """What still waits is of each day until that of its digest."""
    return mailing.digest_on is None or local_day(mailing.planned_at) <= day <= mailing.digest_on


def _at(instant: datetime) -> str:
    """As stored documents have it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of(office: BodyRegistered, records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.body.get("office") == office.body]
