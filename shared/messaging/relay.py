"""The relay: takes facts out of the documents' outboxes and brings them to the broker, each document in its own order.

A fact leaves its outbox only after the broker confirmed it. A crash in between publishes it again: same id, same bytes.
Acts of officers stand in the same outboxes; they go to the audit chain in the service's own store.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.ages import lasts
from shared.audit import chain as audit
from shared.errors import Stale, Unavailable
from shared.pauses import pause_for
from shared.ports import Bus, Clock, Kind, Outgoing, Record, Store, Waiting
from shared.ports.exchanges import AUDIT

log = logging.getLogger(__name__)

LEASE = Kind("lease")
IDLE = 0.5  # seconds between two looks when nothing in this process said that facts were written
AT_ONCE = 200  # documents of one wave, which are published concurrently
WAVES = 2  # under way while the next one is looked for: one is published, the one before leaves its outboxes
LEASE_SECONDS = 15


class Relay:
    """`holder` names the place it runs (a host name): one relay is usually active, the others wait. The lease is thrift,
    not correctness: two active relays only cause duplicates, which every consumer drops."""

    def __init__(self, store: Store, bus: Bus, clock: Clock, holder: str) -> None:
        self._store, self._bus, self._clock, self._holder = store, bus, clock, holder
        self._lease_taken: float | None = None
        self._appending = asyncio.Lock()  # documents go side by side, the entries of a chain one after the other
        self._in_hand: set[tuple[str, str]] = set()  # documents of the waves under way
        self._held_up: dict[tuple[str, str], tuple[float, int]] = {}  # document → its next turn, attempts so far
        self._oldest: tuple[Waiting, float] | None = None  # at the last look, and when it was first seen to be it

    @property
    def late(self) -> float:
        """Seconds that the oldest unsent fact has been waiting, at the last look: by the wall clock, and at least as long
        as this relay has seen it, because the clock may have been set back since it was noted."""
        if self._oldest is None:
            return 0.0
        waiting, since = self._oldest
        by_wall = (self._clock.now() - waiting.rows[0].at).total_seconds()
        return max(by_wall, self._clock.monotonic() - since)

    async def run(self) -> None:
        failed = 0
        while True:
            try:
                active = await self._holds_lease()
                away = active and not await self.round()
            except Unavailable as error:
                log.warning("relay: %s", error)
                active, away = True, True
            if away:
                await self._until_something_is_written(pause_for(failed))
                failed += 1
            elif active:
                failed = 0
                await self._until_something_is_written(IDLE)
            else:
                await self._clock.sleep(1.0)

    async def round(self) -> bool:
        """Publish until nothing is waiting that could go. False: nothing at all got through, the broker is away.

        A document whose queue is full waits for its own next turn; the others go on."""
        under_way: deque[asyncio.Task[bool]] = deque()
        through = True
        try:
            while through and await self._holds_lease():
                turn, all_there_is = await self._look()
                if turn:
                    under_way.append(self._set_out(turn))
                elif not under_way:
                    break
                # Reading ahead is for a backlog: with less, the next look would mostly see what is in hand already.
                rest = 0 if all_there_is else WAVES - 1
                while len(under_way) > rest:
                    through = await under_way.popleft() and through
            while under_way:
                through = await under_way.popleft() and through
            return through
        finally:
            for wave in under_way:
                wave.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _look(self) -> tuple[list[Waiting], bool]:
        """Documents whose turn it is, and whether these and those in hand are all there are."""
        self._store.written.clear()
        now = self._clock.monotonic()
        # Of what is in hand now the answer may tell as it was before it left, whatever has become of it meanwhile.
        in_hand = set(self._in_hand)
        most = AT_ONCE + len(self._held_up) + len(in_hand)
        waiting = await self._store.pending(most)
        self._see_oldest(waiting, now)
        turn = [one for one in waiting if (one.kind, one.id) not in in_hand and self._turn_of(one) <= now]
        return turn, len(waiting) < most

    def _set_out(self, turn: Sequence[Waiting]) -> asyncio.Task[bool]:
        documents = {(one.kind, one.id) for one in turn}
        self._in_hand |= documents
        wave = asyncio.create_task(self._bring_all(turn, self._clock.monotonic()))
        wave.add_done_callback(lambda _: self._in_hand.difference_update(documents))
        return wave

    async def _bring_all(self, turn: Sequence[Waiting], now: float) -> bool:
        """False: nothing of it got through."""
        went = await asyncio.gather(*(self._bring(document) for document in turn))
        for document, all_went in zip(turn, went, strict=True):
            self._put_off(document, all_went, now)
        return any(went)

    def _see_oldest(self, waiting: Sequence[Waiting], now: float) -> None:
        if not waiting:
            self._oldest = None
            return
        known, head = self._oldest, waiting[0]
        same = known is not None and (known[0].kind, known[0].id, known[0].rows[0].n) == (
            head.kind,
            head.id,
            head.rows[0].n,
        )
        self._oldest = (head, known[1] if known is not None and same else now)

    def _turn_of(self, waiting: Waiting) -> float:
        until, _ = self._held_up.get((waiting.kind, waiting.id), (-math.inf, 0))
        return until

    def _put_off(self, waiting: Waiting, all_went: bool, now: float) -> None:
        _, failed = self._held_up.pop((waiting.kind, waiting.id), (-math.inf, 0))
        if not all_went:
            self._held_up[waiting.kind, waiting.id] = (now + pause_for(failed), failed + 1)

    async def _bring(self, waiting: Waiting) -> bool:
        """Head first, stop at the first failure: the order inside one document is never broken."""
        confirmed = 0
        for row in waiting.rows:
            try:
                await self._deliver(waiting, row)
            except (Unavailable, Stale) as error:
                log.warning("%s %s waits: %s", waiting.kind, waiting.id, error)
                break
            except Exception:  # over this very row: it keeps its document waiting, and nobody else's
                log.exception("%s %s cannot be sent", waiting.kind, waiting.id)
                break
            confirmed = row.n
        if confirmed:
            await self._store.sent(waiting.kind, waiting.id, confirmed)
        return confirmed == waiting.rows[-1].n

    async def _deliver(self, waiting: Waiting, row: Outgoing) -> None:
        if row.exchange != AUDIT:
            await self._bus.publish(row)
            return
        async with self._appending:
            await audit.append(self._store, waiting.kind, waiting.id, row)

    async def _until_something_is_written(self, longest: float) -> None:
        written = asyncio.ensure_future(self._store.written.wait())
        idle = asyncio.ensure_future(self._clock.sleep(longest))
        try:
            await asyncio.wait({written, idle}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            written.cancel()
            idle.cancel()

    async def _holds_lease(self) -> bool:
        steady = self._clock.monotonic()
        if self._lease_taken is not None and steady - self._lease_taken < LEASE_SECONDS / 2:
            return True
        now = self._clock.now()
        body = {"holder": self._holder, "until": (now + timedelta(seconds=LEASE_SECONDS)).isoformat()}
        known = await self._store.get(LEASE.name, "relay")
        try:
            if known is None:
                taken = await self._store.add(LEASE.name, Record("relay", body))
            elif known.body["holder"] == self._holder or not _lasts(known.body["until"], now):
                await self._store.put(LEASE.name, Record("relay", body, known.version, known.facts))
                taken = True
            else:
                taken = False
        except Stale:
            taken = False
        self._lease_taken = steady if taken else None
        if not taken:
            self._oldest = None  # whoever holds it knows better
        return taken


def _lasts(until: str, now: datetime) -> bool:
    return lasts(datetime.fromisoformat(until), timedelta(seconds=LEASE_SECONDS), now)
