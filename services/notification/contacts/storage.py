"""What other rooms write of mailboxes."""

from __future__ import annotations

from services.notification.contacts.contact import FLAGGED, Contact, contact_id
from services.notification.mailings.mailing import Mailing
from shared.keeping import repository
from shared.ports import Store


async def heard_of_delivery(store: Store, mailing: Mailing) -> None:
    """A report says that a letter is in the mailbox. Raises Stale, Unavailable."""
    if not mailing.recipient:
        return
    found = await repository.seek(store, Contact, contact_id(mailing.recipient, deputy=mailing.deputy))
    if found is None or found.state != FLAGGED or found.email.casefold() != mailing.to.casefold():
        return
    if mailing.sent_at is not None and mailing.sent_at > found.flagged_at:
        found.mend()
        await repository.save(store, found)
