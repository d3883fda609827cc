"""Letters that failed, sent anew by an officer who saw to it that they can arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.notification.mailings.mailing import GONE_WRONG, Mailing
from services.notification.mailings.requests import Resending
from shared.contracts.directory import BodyRegistered
from shared.errors import Invalid, Stale
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store, Value

MOST = 500
"""At one request; whoever has more asks again."""


@dataclass
class Resent:
    """resent: their ids. left: ids of those that had not failed, or were changed meanwhile. more: whether there are others
    that fit the filter."""

    resent: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    more: bool = False


async def resend(store: Store, asked: Asked, wanted: Resending) -> Resent:
    """Those named, or all that fit the filter. Nobody named may lie outside the caller's reach: then none goes out.

    Raises Invalid, NotFound, Unavailable."""
    if bool(wanted.ids) == bool(wanted.state):
        raise Invalid("请列出信函编号，或指明状态，二者取一 · name letters by their ids, or a state, and not both")
    more = False
    if wanted.ids:
        found: Sequence[Mailing] = [
            await repository.reached(store, Mailing, id, asked.by) for id in dict.fromkeys(wanted.ids)
        ]
    else:
        where: dict[str, Value] = {"state": wanted.state or ""}
        where |= {"subject_of": wanted.about} if wanted.about else {}
        page = await repository.below(store, Mailing.KIND, asked.by, where, limit=MOST)
        found, more = repository.readable(Mailing, page.records)[0], page.next is not None
    outcome = Resent(more=more)
    for mailing in found:
        (outcome.resent if await _resent(store, asked, mailing) else outcome.left).append(mailing.id)
    return outcome


async def _resent(store: Store, asked: Asked, mailing: Mailing) -> bool:
    if mailing.state not in GONE_WRONG:
        return False
    mailing.resend(asked.by, await _address(store, mailing), asked.at)
    try:
        await repository.save(store, mailing)
    except Stale:
        return False
    return True


async def _address(store: Store, mailing: Mailing) -> str:
    """A body's official mailbox, or its deputy's, as it is now. A person's stays: what is in the letter was meant for that
    mailbox."""
    body = await local_copies.seek(store, BodyRegistered, mailing.recipient) if mailing.recipient else None
    return (body.mailbox_of(deputy=mailing.deputy) if body is not None else "") or mailing.to
