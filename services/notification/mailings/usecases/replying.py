"""Where an answer to a letter goes: letters are sent from a mailbox that nobody reads."""

from __future__ import annotations

from services.notification.mailings.mailing import Mailing
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Store
from shared.trade.body_path import BodyPath


async def reply_to(store: Store, mailing: Mailing, setting: str) -> str:
    """setting: one mailbox for all; empty: that of the body that the letter is about, or, where it is written to just that
    one, of the body right above. Empty where nobody is known. Raises Unavailable."""
    if setting:
        return setting
    for code in filter(None, (mailing.body, BodyPath.read(mailing.path).right_above)):
        body = await local_copies.seek(store, BodyRegistered, code)
        if body is not None and body.email and body.email.casefold() != mailing.to.casefold():
            return body.email
    return ""
