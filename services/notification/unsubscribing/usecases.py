"""Whoever holds a letter unsubscribes its mailbox from letters of its kind, by the address in it, or takes that back."""

from __future__ import annotations

from datetime import datetime

from services.notification.mailings.mailing import Mailing
from services.notification.unsubscriptions import secret, storage
from shared.errors import NotFound
from shared.keeping import repository
from shared.ports import Store

_NOT_OURS = "退订链接无效 · this is no address that unsubscribes from anything"


async def letter_of(store: Store, token: str) -> Mailing:
    """Raises NotFound for whatever stands in no letter of ours, Unavailable."""
    mailing, known = secret.parts_of(token)
    found = await repository.seek(store, Mailing, mailing) if mailing else None
    if found is None or not secret.fits(known, found.unsubscribe):
        raise NotFound(_NOT_OURS)
    return found


async def turn(store: Store, token: str, is_wanted: bool, at: datetime) -> None:
    """is_wanted: whether letters of this kind shall come to this mailbox. Raises NotFound, Unavailable."""
    mailing = await letter_of(store, token)
    await storage.turn(store, mailing.to, mailing.letter, is_wanted, at)
