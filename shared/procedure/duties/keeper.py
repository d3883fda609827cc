"""Opens, tells and settles the duties of one service.

Everything is decided by the documents as they are stored, never by what a message said: so it may be asked twice, in any order,
and by two clocks at once. What is quiet costs two questions a minute, however many duties there are."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from shared.errors import Stale, Unavailable
from shared.keeping import repository
from shared.ports import Clock, Kind, Record, Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import OPEN, Done, Duty, Found, Key, Owed, as_text
from shared.procedure.duties.owing import Owing
from shared.trade.practice import is_practice
from shared.trade.workdays.working_days import WorkingDays

log = logging.getLogger(__name__)

ROUNDS = "duty_rounds"


def kinds(duty: type[Duty]) -> tuple[Kind, ...]:
    """The collections of a service that has duties."""
    return (
        Kind(duty.KIND, indexes=(("state", "next_at"), ("about", "state"), ("body", "state")), follows=True),
        Kind(ROUNDS),
    )


class DutyKeeper:
    """duty: the kind of the service. each: its kinds of duty."""

    def __init__(
        self, store: Store, clock: Clock, calendar: WorkingDays, duty: type[Duty], each: Iterable[Owing]
    ) -> None:
        self._store, self._clock, self._calendar, self._duty = store, clock, calendar, duty
        self._each: Mapping[str, Owing] = {owing.row.what: owing for owing in each}

    # --- something happened to a document -----------------------------------------------------------------------------

    async def look_at(self, key: Key, *whats: str) -> None:
        """Bring the duties about it in line with how it stands. whats: only these. Raises Stale, Unavailable."""
        now = self._clock.now()
        for what in whats or self._each:
            (found,) = await self._each[what].found([key], now)
            async for duty in repository.every(self._store, self._duty, {"about": key.about, "state": OPEN}):
                if duty.what == what and self._must_end(duty, found, now):
                    await repository.save(self._store, duty)
            await self._open(what, key, found, now)

    async def look_at_body(self, body: str) -> None:
        """At all that a body has to do, once something was done to it: what is not owed any more ends with that very fact, and
        what stands elsewhere now is told to stand there. Raises Stale, Unavailable."""
        now = self._clock.now()
        async for records in every_page(self._store, self._duty.KIND, {"body": body, "state": OPEN}):
            await self._for_each(records, now, self._reckoned, repository.save)

    async def look_after_an_act(self, key: Key, *whats: str) -> None:
        """The same where no fact tells of the act, right after it was stored. What fails here the clock finds, at the next mark
        at the latest: the act is done, and whoever did it is not told otherwise."""
        try:
            await self.look_at(key, *whats)
        except (Stale, Unavailable) as error:
            log.warning("the clock will look at the duties of %s: %s", key.about, error)

    async def _open(self, what: str, key: Key, found: Found, now: datetime) -> None:
        if isinstance(found, Owed) and not is_practice(found.path):
            owing = self._each[what]
            duty = self._duty.opening(what, key, found, owing.ladder, self._calendar, now)
            await repository.add(self._store, duty)

    def _must_end(self, duty: Duty, found: Found, now: datetime) -> bool:
        """End it where it is not owed any more. False: it is."""
        if isinstance(found, Owed) and duty.is_that(found):
            return False
        match found:
            case Owed(instead=True):
                duty.lapse(now)
            case Owed():  # handed in anew: whoever had it has dealt with it
                duty.settle(now, now)
            case Done(at=at):
                duty.settle(at, now)
            case None:
                duty.lapse(now)
        return True

    # --- the clock ----------------------------------------------------------------------------------------------------

    async def watch(self, now: datetime) -> None:
        """The clock's question: what became due, and which mark was reached? Asking twice changes nothing."""
        await self._go_through_everybody(now)
        until_now = ("next_at", "", as_text(now) + "~")  # with the text of now itself
        async for records in every_page(
            self._store, self._duty.KIND, {"state": OPEN}, between=until_now, sort="next_at"
        ):
            await self._for_each(records, now, self._told)

    def _told(self, duty: Duty, found: Found, now: datetime) -> bool:
        if self._must_end(duty, found, now):
            return True
        assert isinstance(found, Owed)
        ladder = self._each[duty.what].ladder
        reckoned = duty.reckon(found, ladder, self._calendar, now)
        before = duty.next_at
        return duty.mark(ladder, self._calendar, now) or reckoned or duty.next_at != before

    def _reckoned(self, duty: Duty, found: Found, now: datetime) -> bool:
        if self._must_end(duty, found, now):
            return True
        assert isinstance(found, Owed)
        return duty.reckon(found, self._each[duty.what].ladder, self._calendar, now)

    async def _for_each(
        self,
        records: Sequence[Record],
        now: datetime,
        changed: Callable[[Duty, Found, datetime], bool],
        save: Callable[[Store, Duty], Awaitable[object]] = repository.save_if_first,
    ) -> None:
        """Look at each as its document stands now, and write what changed; another clock may be faster, unless `save` says that
        it must not be."""
        duties, _ = repository.readable(self._duty, records)
        by_what: dict[str, list[Duty]] = defaultdict(list)
        for duty in duties:
            if duty.what in self._each:  # one of a later release waits for it
                by_what[duty.what].append(duty)

        async def one(duty: Duty, found: Found) -> None:
            if changed(duty, found, now):
                await save(self._store, duty)

        for what, some in by_what.items():
            found = await self._each[what].found([duty.key for duty in some], now)
            await asyncio.gather(*map(one, some, found))

    # --- everybody ----------------------------------------------------------------------------------------------------

    async def _go_through_everybody(self, now: datetime) -> None:
        """Once in each round of a kind of duty, and where the working days are others than they were."""
        record = await self._store.get(ROUNDS, self._duty.KIND)
        known: Mapping[str, str] = record.body if record else {}
        current = {what: owing.round(now) for what, owing in self._each.items()}
        current["calendar"] = self._calendar.version
        if current == dict(known):
            return
        for what, owing in self._each.items():
            if known.get(what) != current[what]:
                async for keys in owing.everybody(now):
                    found = await owing.found(keys, now)
                    await asyncio.gather(*(self._open(what, *each, now) for each in zip(keys, found, strict=True)))
        if record and known.get("calendar") != current["calendar"]:
            await self._reckon_anew(now)
        await self._remember(record, dict(current))

    async def _reckon_anew(self, now: datetime) -> None:
        async for records in every_page(self._store, self._duty.KIND, {"state": OPEN}, sort="next_at"):
            await self._for_each(records, now, self._reckoned)

    async def _remember(self, record: Record | None, body: dict[str, str]) -> None:
        if record is None:
            await self._store.add(ROUNDS, Record(self._duty.KIND, body))
            return
        try:
            await self._store.put(ROUNDS, Record(record.id, body, record.version, record.facts))
        except Stale:
            return  # another clock went through everybody too
