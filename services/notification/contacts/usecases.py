"""Flagging a mailbox when a letter failed, and what ends that."""

from __future__ import annotations

from services.notification.contacts.contact import FLAGGED, Contact
from services.notification.mailings.mailing import Mailing
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.notification import MailingFailed
from shared.errors import Stale
from shared.keeping import local_copies, placed, repository
from shared.ports import Store
from shared.trade.undelivered import NO_SUCH_ADDRESS, NOT_ACCEPTING


async def heard_of_failure(store: Store, fact: MailingFailed) -> None:
    """A letter to a body could not be delivered because of its mailbox. One that went to an address that the body had before,
    or that was sent anew since, says nothing of the one it has. Raises Stale, NotYet while the body is unknown here."""
    mailing = await repository.seek(store, Mailing, fact.mailing)
    if mailing is None or not mailing.recipient or mailing.state not in (NO_SUCH_ADDRESS, NOT_ACCEPTING):
        return
    body = await local_copies.copy_of(store, BodyRegistered, mailing.recipient)
    if body.mailbox.casefold() != mailing.to.casefold() or mailing.refused_at is None:
        return
    found = await repository.seek(store, Contact, body.body)
    reason = {"cause": mailing.state, "because": mailing.refused_because, "mailing": mailing.id}
    if found is None:
        found = Contact(
            id=body.body, body=body.body, path=body.path, email=body.mailbox, flagged_at=mailing.refused_at, **reason
        )
    elif found.flagged_at >= mailing.refused_at:
        return  # it was flagged by a later letter, or cleared since
    else:
        found.flag(body.mailbox, at=mailing.refused_at, **reason)
    if not await repository.save_if_first(store, found):
        raise Stale


async def heard_of_body(store: Store, code: str) -> None:
    """It may have another mailbox by now. Raises Stale, Unavailable."""
    found = await repository.seek(store, Contact, code)
    body = await local_copies.seek(store, BodyRegistered, code)
    if found is None or body is None or found.state != FLAGGED or found.email.casefold() == body.email.casefold():
        return
    found.mend()
    await repository.save(store, found)


async def count_flagged(store: Store, by: Actor) -> int:
    """Of the caller's own body and those below."""
    return len(
        [
            one
            async for one in repository.every(
                store, Contact, {"state": FLAGGED}, between=placed.below(by.path), sort="path"
            )
        ]
    )
