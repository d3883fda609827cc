"""What officers do with the calendars of their body, and what a calendar program reads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from services.notification import ids
from services.notification.calendars.calendar import OPEN, Calendar, digest_of, drawn
from services.notification.calendars.ics import written
from services.notification.calendars.requests import NewCalendar
from services.notification.feeds import storage as feeds
from services.notification.radar import storage as radar
from services.notification.radar.row import OPEN as TO_BE_DONE
from services.notification.radar.row import RadarRow
from shared.errors import Invalid, NotAllowed, NotFound
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Kind, Store, every_record
from shared.register.register import Register

KIND = Kind(Calendar.KIND, indexes=(("path",), ("state", "path"), ("digest",), ("body", "state")), follows=True)
MOST = 10
"""Open calendars of one body."""
NO_SUCH = "没有这个日历，或已撤销 · there is no such calendar, or it was revoked"


@dataclass(frozen=True, slots=True)
class Calendars:
    """site: where people sign in. turn: who counts and then makes one more, does so alone."""

    store: Store
    register: Register
    site: str
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def create(self, asked: Asked, key: str, new: NewCalendar) -> tuple[Calendar, str]:
        """With its token; a repeat of the same request shows an empty one, for nobody knows it any more.

        Raises Invalid when there are too many, NotAllowed."""
        by = asked.by
        request = await creation.once(self.store, by, key, new)
        id = ids.calendar_id(by.body, request)
        made = await repository.seek(self.store, Calendar, id)
        if made is not None:
            return made, ""
        token = drawn()
        fresh = Calendar.create(id, new.label, token, by, asked.at)
        async with self.turn:
            await self._must_have_room(by.body)
            made = await creation.create(self.store, fresh, request, f"/notification/calendars/{id}")
        return made, token if made.digest == fresh.digest else ""

    async def revoke(self, id: str, asked: Asked, reason: str) -> Calendar:
        """Raises NotFound, Stale, NotAllowed, WrongState."""

        def verb(calendar: Calendar) -> None:
            calendar.revoke(asked.by, asked.at, reason)

        return await repository.change(self.store, Calendar, id, asked, verb)

    async def at(self, token: str) -> Calendar:
        """The same refusal for one that never was, was revoked, or whose body's standing ended. Raises NotFound."""
        page = await self.store.find(KIND.name, {"digest": digest_of(token)}, limit=1)
        found, _ = repository.readable(Calendar, page.records)
        if not found or found[0].state != OPEN or await feeds.has_ended(self.store, found[0].body):
            raise NotFound(NO_SUCH)
        return found[0]

    async def text(self, body: str) -> bytes:
        """What the body has to do, as its calendar says it."""
        rows: list[tuple[str, RadarRow]] = []
        async for record in every_record(
            self.store, radar.RADAR.name, {"body": body, "state": TO_BE_DONE}, sort="due_on"
        ):
            rows += [(record.id, row) for row in radar.readable([record])[0]]
        names = await radar.names_of(self.store, {body, *(row.concerns for _, row in rows)})
        return written(names.get(body, (body, body)), rows, self.register.duties, names, self.site)

    async def _must_have_room(self, body: str) -> None:
        if await feeds.has_ended(self.store, body):
            raise NotAllowed(
                "机构资质已终止，不再提供日历 · the standing of the body ended: there are no calendars for it"
            )
        if await self.store.count(KIND.name, {"body": body, "state": OPEN}) >= MOST:
            raise Invalid(
                f"每个机构最多有 {MOST} 个日历，请先撤销不用的 · a body has {MOST} open calendars at most: revoke one first"
            )
