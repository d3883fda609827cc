"""The bus in one SQLite file: durable, at least once, for several processes on one machine.

A row is one message in one queue. `visible_at` says when it may be handed out: 0 for ready messages, otherwise an
instant of the clock, either the end of a delayed retry or the end of the lease of the consumer that holds it. A
consumer that was killed stops renewing its lease, so its deliveries come back by themselves. Every closing write asks
for the lease it was given: whoever slept through it cannot acknowledge what somebody else handles by now.

Those instants outlive the process, so they are of the wall clock, which somebody may set. `span` says how long the wait
or lease was: an end that lies further away than that was written before the clock was set back, and counts as reached.
When a consumer notices that the clock was set, it renews its own leases at once and leaves those of others alone until
their holders had time to do the same: a lease that is renewed is never taken away, wherever the clock jumps.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from shared.adapters.sqlite.tables import Column, Tables
from shared.errors import Unavailable
from shared.messaging.interrupted import is_cancelled
from shared.messaging.reading import count, instant, text
from shared.messaging.topology import DELIVERY_LIMIT, WAITS, Queue, is_parked, parked_of
from shared.pauses import pause_for
from shared.ports import Again, Clock, Delivery, Done, Fate, Handle, Outgoing, Park
from shared.ports.exchanges import EVENTS, REDELIVER, UNROUTED

log = logging.getLogger(__name__)

LEASE = 30.0  # seconds; renewed every third of it
SHORTEST_LOOK = 0.05  # seconds between two looks for messages that other processes published
LONGEST_LOOK = 1.0  # when there was nothing for a while; what this process publishes rings at once
SET = 1.0  # seconds between two looks by which the clocks must differ for the wall clock to count as set

_TABLES = (
    "CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL,"
    " visible_at REAL NOT NULL DEFAULT 0, lease TEXT NOT NULL DEFAULT '', crashes INTEGER NOT NULL DEFAULT 0,"
    " wire BLOB NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, replays INTEGER NOT NULL, first_seen TEXT NOT NULL,"
    " reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX IF NOT EXISTS message_turn ON message (queue, visible_at, seq)",
)
# Files of earlier releases lack it; whatever waits in them waits for an hour at most.
_SPAN = Column("message", "span", f"REAL NOT NULL DEFAULT {max(WAITS.values())}")


@dataclass(frozen=True, slots=True)
class _Held:
    """A delivery in hand, with the lease under which it was claimed."""

    seq: int
    lease: str
    delivery: Delivery


class SqliteBus:
    """Keeps the promises of `ports.Bus`. `queues` is the topology that publishers route by: give all of it."""

    def __init__(self, path: Path, queues: Sequence[Queue], clock: Clock, lease: float = LEASE) -> None:
        self._tables = Tables(path, _TABLES, self.ping, (_SPAN,))
        self._clock = clock
        self._lease = lease
        self._consuming: dict[str, float] = {}
        self._wanted: set[str] = set()
        self._names = {name for queue in queues for name in (queue.name, queue.parked)}
        self._bound: dict[str, list[str]] = {}
        for queue in queues:
            for key in queue.keys:
                self._bound.setdefault(key, []).append(queue.name)

    async def publish(self, message: Outgoing) -> None:
        targets = self._targets(message)
        values = [
            (
                target,
                message.wire.encode(),
                count(message.headers.get("x-replays")),
                (instant(message.headers.get("x-first-seen")) or message.at).isoformat(),
            )
            for target in targets
        ]

        def change(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT INTO message (queue, wire, replays, first_seen) VALUES (?, ?, ?, ?)", values)

        await self._tables.write(change)
        self._tables.file.ring(targets)

    async def consume(self, queue: str, prefetch: int, handle: Handle) -> None:
        """Raises ValueError for a queue that is not in the topology."""
        if queue not in self._names:
            raise ValueError(f"{queue} is not in the topology")
        self._wanted.add(queue)
        await _Consumer(self, queue, prefetch, handle).run()

    def consuming(self) -> Mapping[str, float]:
        return dict(self._consuming)

    async def depths(self) -> Mapping[str, int]:
        names = [*sorted(self._wanted), UNROUTED]
        now = self._clock.now().timestamp()

        def question(connection: sqlite3.Connection) -> dict[str, int]:
            query = "SELECT count(*) FROM message WHERE queue = ? AND visible_at <= ?"
            return {name: connection.execute(query, (name, now)).fetchone()[0] for name in names}

        return await self._tables.read(question)

    async def ping(self) -> None:
        await self._tables.read(lambda connection: connection.execute("SELECT 1 FROM message LIMIT 1").fetchone())
        await self._tables.prove()

    async def close(self) -> None:
        await self._tables.close()

    def _targets(self, message: Outgoing) -> list[str]:
        if message.exchange == EVENTS:
            return self._bound.get(message.key) or [UNROUTED]
        if message.exchange == REDELIVER:
            return [message.key] if message.key in self._names else [UNROUTED]
        raise ValueError(f"nothing is published to the exchange {message.exchange!r}")

    # --- what a consumer does to the file ---------------------------------------------------------------------------

    async def _claim(self, queue: str, room: int, now: float, leases: bool) -> list[_Held]:
        """leases: whether those of others that have ended by the clock are really over."""

        def look(connection: sqlite3.Connection) -> bool:
            query = "SELECT 1 FROM message WHERE queue = ? AND visible_at <= ? AND (lease = '' OR ?) LIMIT 1"
            return connection.execute(query, (queue, now, leases)).fetchone() is not None

        def change(connection: sqlite3.Connection) -> list[_Held]:
            _let_return(connection, "visible_at <= :now", {"queue": queue, "now": now, "leases": leases})
            held = []
            query = (
                "SELECT seq, CAST(wire AS BLOB), attempt, replays, first_seen, reason, detail FROM message"
                " WHERE queue = ? AND visible_at = 0 ORDER BY seq LIMIT ?"
            )
            for seq, *stored in connection.execute(query, (queue, room)).fetchall():
                lease = uuid4().hex
                connection.execute(
                    "UPDATE message SET visible_at = ?, span = ?, lease = ? WHERE seq = ?",
                    (now + self._lease, self._lease, lease, seq),
                )
                held.append(_Held(seq, lease, _delivery(queue, stored, self._clock.now())))
            return held

        return await self._tables.write(change) if await self._tables.read(look) else []

    async def _let_go(self, queue: str, now: float, leases: bool) -> None:
        """End what is to end later than it could: the clock was set back after it began."""
        later = "visible_at > :now AND visible_at - span > :now"
        asked = {"queue": queue, "now": now + SET, "leases": leases}

        def look(connection: sqlite3.Connection) -> bool:
            query = f"SELECT 1 FROM message WHERE queue = :queue AND {later} AND (lease = '' OR :leases) LIMIT 1"
            return connection.execute(query, asked).fetchone() is not None

        if await self._tables.read(look):
            await self._tables.write(lambda connection: _let_return(connection, later, asked))

    async def _renew(self, held: Sequence[_Held], now: float) -> None:
        values = [(now + self._lease, one.seq, one.lease) for one in held]

        def change(connection: sqlite3.Connection) -> None:
            connection.executemany("UPDATE message SET visible_at = ? WHERE seq = ? AND lease = ?", values)

        if values:
            await self._tables.write(change)

    async def _carry_out(self, held: _Held, fate: Fate) -> None:
        now = self._clock.now().timestamp()
        delivery = held.delivery
        mine = (held.seq, held.lease)

        def change(connection: sqlite3.Connection) -> int:
            match fate:
                case Done():
                    return connection.execute("DELETE FROM message WHERE seq = ? AND lease = ?", mine).rowcount
                case Again(wait, counts):
                    return connection.execute(
                        "UPDATE message SET visible_at = ?, span = ?, lease = '', crashes = 0, attempt = ?"
                        " WHERE seq = ? AND lease = ?",
                        (now + WAITS[wait], WAITS[wait], delivery.attempt + counts, *mine),
                    ).rowcount
                case Park(reason, detail):
                    # Parking what is parked would hand it out again at once, round and round.
                    rest = WAITS["1h"] if is_parked(delivery.queue) else 0
                    return connection.execute(
                        "UPDATE message SET queue = ?, visible_at = ?, span = ?, lease = '', crashes = 0,"
                        " reason = ?, detail = ? WHERE seq = ? AND lease = ?",
                        (parked_of(delivery.queue), now + rest if rest else 0, rest, text(reason), text(detail), *mine),
                    ).rowcount

        if not await self._tables.write(change):
            log.warning("a lease on %s ran out before its delivery was finished: it is handled twice", delivery.queue)
        elif isinstance(fate, Park):
            self._tables.file.ring([parked_of(delivery.queue)])

    async def _give_back(self, held: _Held, crashed: bool) -> None:
        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE message SET visible_at = 0, lease = '', crashes = crashes + ? WHERE seq = ? AND lease = ?",
                (crashed, held.seq, held.lease),
            )
            _park_crashed(connection, held.delivery.queue)

        await self._tables.write(change)
        self._tables.file.ring([held.delivery.queue, parked_of(held.delivery.queue)])


class _Consumer:
    """One `consume`: claims up to `prefetch` deliveries, handles each in a task of its own, renews their leases."""

    def __init__(self, bus: SqliteBus, queue: str, prefetch: int, handle: Handle) -> None:
        self._bus = bus
        self._queue = queue
        self._prefetch = prefetch
        self._handle = handle
        self._held: dict[asyncio.Task[None], _Held] = {}
        self._wake = asyncio.Event()
        self._look_every = SHORTEST_LOOK
        self._began = self._renewed_at = bus._clock.monotonic()
        self._ahead = bus._clock.now().timestamp() - self._began  # how far the wall clock is before the other
        self._set_at = -math.inf  # when it was last seen to be set
        self._let_go_at = self._began
        self._died: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        self._bus._tables.file.listen(self._queue, self._wake)
        # Two children, so that a died handler ends the whole consumer even while it waits for messages.
        children = [asyncio.create_task(self._claim_and_handle()), asyncio.create_task(self._tick())]
        try:
            await asyncio.wait([*children, self._died], return_when=asyncio.FIRST_COMPLETED)
            for child in (*children, self._died):
                if child.done():
                    child.result()
        finally:
            self._bus._tables.file.stop_listening(self._queue, self._wake)
            self._bus._consuming.pop(self._queue, None)
            children[1].cancel()
            await self._stop(children[0])
            await asyncio.gather(*children, return_exceptions=True)

    async def _stop(self, claiming: asyncio.Task[None]) -> None:
        """Finish what is being handled; when that is interrupted too, give it back."""
        died = self._died.done() and not self._died.cancelled()
        self._died.cancel()
        claiming.cancel()
        try:
            # A claim that is on its way to the disk cannot be called back: wait for it, so that nothing stays leased.
            await asyncio.wait([claiming])
            if not died and self._held:
                await asyncio.wait(list(self._held))
        finally:
            left = list(self._held)
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left)

    async def _tick(self) -> None:
        while True:
            await self._bus._clock.sleep(self._look_every)
            self._wake.set()

    async def _claim_and_handle(self) -> None:
        failed = 0
        while True:
            self._wake.clear()
            try:
                claimed = await self._turn()
            except Unavailable as error:
                pause = pause_for(failed)
                log.warning("consumer of %s: %s; looking again in %.0f s", self._queue, error, pause)
                await self._bus._clock.sleep(pause)
                failed += 1
                continue
            failed = 0
            self._bus._consuming[self._queue] = self._bus._clock.monotonic()
            self._look_every = SHORTEST_LOOK if claimed else min(self._look_every * 1.5, LONGEST_LOOK)
            await self._wake.wait()

    async def _turn(self) -> int:
        """Renew what is held and claim as much as there is room for. Returns how many were claimed."""
        bus = self._bus
        now, steady = bus._clock.now().timestamp(), bus._clock.monotonic()
        was_set, self._ahead = abs(now - steady - self._ahead) > SET, now - steady
        if was_set:
            self._set_at = self._let_go_at = steady
        if was_set or steady - self._renewed_at >= bus._lease / 3:
            # Before claiming, or a clock that jumped would let this consumer claim what it holds.
            await bus._renew(list(self._held.values()), now)
            self._renewed_at = steady
        # The other holders renew within a third of a lease; one that died does not.
        patience = bus._lease / 2
        if steady >= self._let_go_at:
            await bus._let_go(self._queue, now, leases=steady - max(self._set_at, self._began) >= patience)
            self._let_go_at = steady + patience
        room = self._prefetch - len(self._held)
        if room <= 0:
            return 0
        claim = asyncio.create_task(bus._claim(self._queue, room, now, leases=steady - self._set_at >= patience))
        try:
            claimed = await asyncio.shield(claim)
        except asyncio.CancelledError:
            with contextlib.suppress(Unavailable):  # then the leases run out by themselves
                for held in await claim:
                    await self._bus._give_back(held, crashed=False)
            raise
        for held in claimed:
            task = asyncio.create_task(self._take(held))
            self._held[task] = held
            task.add_done_callback(self._finished)
        return len(claimed)

    async def _take(self, held: _Held) -> None:
        try:
            try:
                fate = await self._handle(held.delivery)
            except asyncio.CancelledError:
                asked_to_end = is_cancelled()
                if not self._died.done() or self._died.cancelled():
                    await self._bus._give_back(held, crashed=not asked_to_end)
                if asked_to_end:
                    raise
                log.warning("a delivery of %s was interrupted and is given back", self._queue)
                return
            except Exception:
                log.exception("a delivery of %s could not be handled and is given back", self._queue)
                await self._bus._give_back(held, crashed=True)
                return
            try:
                await self._bus._carry_out(held, fate)
            except Unavailable:
                raise
            except Exception:  # over this very message: it is counted, and parked in the end
                log.exception("a delivery of %s could not be answered and is given back", self._queue)
                await self._bus._give_back(held, crashed=True)
        except Unavailable as error:
            log.warning("a delivery of %s could not be finished and comes back: %s", self._queue, error)

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._held[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None and not self._died.done():
            # Not an Exception (those are dealt with): the process is meant to end here. Leave the leases as they are.
            self._died.set_exception(error)


def _delivery(queue: str, stored: Sequence[Any], now: datetime) -> Delivery:
    wire, attempt, replays, first_seen, reason, detail = stored
    seen = instant(first_seen) or now
    return Delivery(queue, wire or b"", count(attempt), count(replays), seen, text(reason), text(detail))


def _let_return(connection: sqlite3.Connection, over: str, asked: Mapping[str, Any]) -> None:
    """Waits and leases that are over make their messages ready again; a lease that ran out counts as a crash."""
    returned = connection.execute(
        "UPDATE message SET visible_at = 0, crashes = crashes + (lease <> ''), lease = ''"
        f" WHERE queue = :queue AND visible_at > 0 AND {over} AND (lease = '' OR :leases)",
        asked,
    ).rowcount
    if returned:
        _park_crashed(connection, asked["queue"])


def _park_crashed(connection: sqlite3.Connection, queue: str) -> None:
    """A message that takes its consumers down with it must not do so for ever."""
    if not is_parked(queue):
        connection.execute(
            "UPDATE message SET queue = ?, crashes = 0, reason = 'delivery_limit', detail = ?"
            " WHERE queue = ? AND visible_at = 0 AND crashes > ?",
            (parked_of(queue), "consumers kept failing over this message", queue, DELIVERY_LIMIT),
        )
