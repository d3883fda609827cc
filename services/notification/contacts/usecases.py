"""Flagging a mailbox when a letter failed, and what ends that."""

from __future__ import annotations

from services.notification.contacts.contact import FLAGGED, Contact, contact_id
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
    mailbox, id = body.mailbox_of(deputy=mailing.deputy), contact_id(body.body, deputy=mailing.deputy)
    if mailbox.casefold() != mailing.to.casefold() or mailing.refused_at is None:
        return
    found = await repository.seek(store, Contact, id)
    reason = {"cause": mailing.state, "because": mailing.refused_because, "mailing": mailing.id}
    if found is None:
        found = Contact(
            id=id,
            body=body.body,
            deputy=mailing.deputy,
            path=body.path,
            email=mailbox,
            flagged_at=mailing.refused_at,
            **reason,
        )
    elif found.flagged_at >= mailing.refused_at:
        return  # it was flagged by a later letter, or cleared since
    else:
        found.flag(mailbox, at=mailing.refused_at, **reason)
    if not await repository.save_if_first(store, found):
        raise Stale


async def heard_of_body(store: Store, code: str) -> None:
    """It, or its deputy, may have another mailbox by now. Raises Stale, Unavailable."""
    body = await local_copies.seek(store, BodyRegistered, code)
    if body is None:
        return
    for deputy in (False, True):
        found = await repository.seek(store, Contact, contact_id(code, deputy=deputy))
        mailbox = body.mailbox_of(deputy=deputy).casefold()
        if found is not None and found.state == FLAGGED and found.email.casefold() != mailbox:
            found.mend()
            await repository.save(store, found)


async def count_flagged(store: Store, by: Actor) -> int:
    """Bodies, the caller's own and those below, of which at least one mailbox is flagged."""
    return len(
        {
            one.body
            async for one in repository.every(
                store, Contact, {"state": FLAGGED}, between=placed.below(by.path), sort="path"
            )
        }
    )
