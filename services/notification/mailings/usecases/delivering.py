"""Delivering one letter: composed, handed to the post, and kept as what became of it."""

from __future__ import annotations

import logging
from urllib.parse import quote

from services.notification.letters.letter import LetterWriter
from services.notification.letters.message import NoAddress, address_of
from services.notification.mailings.mailing import BULK, DUE, Mailing
from services.notification.mailings.usecases.papers import papers_of
from services.notification.mailings.usecases.replying import reply_to
from services.notification.unsubscriptions import storage as unsubscriptions
from shared.contracts.directory import Addressee
from shared.errors import NotYet, Refused
from shared.keeping import repository
from shared.log import fields
from shared.outside import Ports
from shared.ports import PutOff, Undeliverable
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS

log = logging.getLogger(__name__)

NOBODY_WAITS = "链接已无人等待 · nobody waits for the link any more"
NO_ADDRESS = "收信地址有误，未寄发 · this is no address that a letter could go to"
UNSUBSCRIBED = "收信人已退订此类信函 · the recipient unsubscribed from letters of this kind"


async def deliver(ports: Ports, writer: LetterWriter, sender: str, id: str, answers_to: str = "") -> None:
    """Hand one letter to the post. At least once: the window for a repeat is the reply of the post, and the repeat has
    the same Message-ID. What the post puts off is left until its time comes (`resuming`), and costs the broker nothing.

    answers_to: mailbox for answers to every letter; empty: the office's that the letter is about.

    Raises NotYet, Unavailable, Stale."""
    mailing = await repository.seek(ports.store, Mailing, id)
    if mailing is None:
        raise NotYet(f"信函 {id} 尚未送达本服务，稍后自动再试 · letter {id} is not here (yet)")
    if mailing.state != DUE or mailing.next_at is not None:
        return
    if mailing.unsubscribe and await unsubscriptions.is_unsubscribed(ports.store, mailing.to, mailing.letter):
        mailing.skip(UNSUBSCRIBED, ports.clock.now())
        await _keep(ports, mailing)
        return
    values = mailing.values
    if writer.needs(mailing.letter, "link") and "link" not in values:  # earlier releases stored it
        link = await _link_for(ports, mailing)
        if not link:
            mailing.skip(NOBODY_WAITS, ports.clock.now())
            await _keep(ports, mailing)
            return
        values = {**values, "link": link}
    try:
        address_of(mailing.to)
    except NoAddress:  # as releases before took some
        mailing.fail(NO_ADDRESS, NO_SUCH_ADDRESS, ports.clock.now())
        await _keep(ports, mailing)
        return
    ready = writer.compose(
        mailing=mailing.message_id,
        letter=mailing.letter,
        values=values,
        to_name=mailing.to_name,
        to=mailing.to,
        sender=sender,
        at=mailing.planned_at,
        reply_to=await reply_to(ports.store, mailing, answers_to),
        unsubscribe=unsubscriptions.address(ports.settings.url, mailing.id, mailing.unsubscribe),
        bulk=mailing.lane == BULK,
        attachments=await papers_of(ports, mailing.letter, mailing.subject_of),
    )
    try:
        await ports.mailer.send(ready)
    except PutOff as later:
        mailing.put_off(str(later), later.cause, ports.clock.now(), later.wait)
    except Undeliverable as refusal:
        mailing.fail(str(refusal), refusal.cause, ports.clock.now())
    except Refused as refusal:
        mailing.fail(str(refusal), FAILED, ports.clock.now())
    else:
        mailing.send(ports.clock.now())
    await _keep(ports, mailing)


async def _keep(ports: Ports, mailing: Mailing) -> None:
    """What became of it, with one line in the log. Raises Stale, Unavailable."""
    await repository.save(ports.store, mailing)
    outcome = "put_off" if mailing.state == DUE else mailing.state
    said = fields(letter=mailing.letter, mailing=mailing.id, outcome=outcome)
    log.info("letter %s %s %s", mailing.letter, mailing.id, outcome, extra=said)


async def _link_for(ports: Ports, mailing: Mailing) -> str:
    """Empty where nobody asks for it any more, and where the person has another mailbox by now: what it opens is theirs.

    Raises NotFound, Unavailable."""
    where = f"/addressees/{quote(mailing.subject_of)}?letter={quote(mailing.letter)}"
    person = await ports.neighbours.get("directory", where, Addressee)
    return person.link if person.email == mailing.to else ""
