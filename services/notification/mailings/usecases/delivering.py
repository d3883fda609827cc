"""Delivering one letter: composed, handed to the post, and kept as sent or refused."""

from __future__ import annotations

from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import DUE, Mailing
from shared.errors import NotYet, Refused
from shared.keeping import repository
from shared.outside import Ports


async def deliver(ports: Ports, writer: LetterWriter, sender: str, id: str) -> None:
    """Hand one letter to the post. At least once: the window for a repeat is the reply of the post, and the repeat has
    the same Message-ID. Raises NotYet, Unavailable, Stale."""
    mailing = await repository.seek(ports.store, Mailing, id)
    if mailing is None:
        raise NotYet(f"mailing {id} is not here (yet)")
    if mailing.state != DUE:
        return
    message = writer.compose(
        mailing=mailing.id,
        letter=mailing.letter,
        values=mailing.values,
        to_name=mailing.to_name,
        to=mailing.to,
        sender=sender,
        at=mailing.planned_at,
    )
    try:
        await ports.mailer.send(message)
    except Refused as refusal:
        mailing.refuse(str(refusal), ports.clock.now())
    else:
        mailing.send(ports.clock.now())
    await repository.save(ports.store, mailing)
