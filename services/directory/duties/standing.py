"""What a body owes by its own standing (rules §4.1): another licence before its own ends, and what an annual inspection told it
to rectify."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.directory.bodies.body import Body
from services.directory.bodies.standing import LICENSED, RECTIFY_WITHIN, RECTIFYING, SUSPENDED
from shared.keeping import repository
from shared.keeping.aggregate import Entry
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.register.duties import DutyRow
from shared.trade.deadline import local_day, months_later
from shared.trade.ladder import Ladder


def key_of(body: str) -> Key:
    return Key(body, body)


@dataclass(frozen=True, slots=True)
class StandingOwing:
    """of: what follows from how a body stands."""

    row: DutyRow
    ladder: Ladder
    store: Store
    of: Callable[[Body], Found]

    def round(self, now: datetime) -> str:
        return "once"  # each act upon a body tells of it

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        for state in (LICENSED, RECTIFYING, SUSPENDED):
            async for records in every_page(self.store, Body.KIND, {"state": state}):
                yield [key_of(body.id) for body in repository.readable(Body, records)[0]]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        records = await self.store.get_many(Body.KIND, [key.about for key in keys])
        by_id = {body.id: body for body in repository.readable(Body, records)[0]}
        return [self.of(by_id[key.about]) if key.about in by_id else None for key in keys]


def licence_of(body: Body) -> Found:
    """Another one begins another turn: the one before it was renewed. A suspended body owes it too, one that is gone does
    not."""
    if body.licence is None or body.state not in (LICENSED, RECTIFYING, SUSPENDED):
        return None
    turn = max(len(_acts(body, "license")) - 1, 0)
    licence = body.licence
    return Owed(body.id, body.path, body.id, licence.valid_from, licence.valid_until, turn)


def annual_rectification_of(body: Body) -> Found:
    """What a sanction orders, supervision has (its duty `rectification`)."""
    cleared = _acts(body, "clear_rectification")
    if body.state == RECTIFYING and body.until is not None and not body.ordered_by:
        failed = [entry for entry in _acts(body, "inspect") if entry.to_state == RECTIFYING]
        since = local_day(failed[-1].at) if failed else months_later(body.until, -RECTIFY_WITHIN)
        return Owed(body.id, body.path, body.id, since, body.until, len(cleared))
    return Done(cleared[-1].at) if cleared and body.state == LICENSED else None


def _acts(body: Body, verb: str) -> list[Entry]:
    return [entry for entry in body.history if entry.verb == verb]
