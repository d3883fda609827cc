"""The broker is brought to what was asked for, again and again; and each queue gets what follows in its feed.

The cursor moves once the broker has confirmed, so whoever dies in between puts the same entries in again, and never skips one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from services.notification.feeds import storage as feeds
from services.notification.feeds.behind import Cursor
from services.notification.feeds.signals import heartbeat
from services.notification.queues import storage
from services.notification.queues.figures import CONFIRMED, FAILED, Figures
from services.notification.queues.progress import Progress
from services.notification.queues.queue import KEPT_UP, OPEN, WANTED, BranchQueue
from shared.contracts.directory import MachineState
from shared.errors import AppError, Refused, Stale, Unavailable
from shared.keeping import repository
from shared.pauses import pause_for
from shared.ports import Branches, Clock, Neighbours, Pushed, Store, every_record

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks at everything; what ended is cut off with the next."""
PAGE = 100  # entries put in together
PAGES = 5
"""Of one queue at one look, so that one that is far behind keeps nobody waiting who is to be let in or shut out."""
AT_ONCE = 10  # queues filled at the same time
MACHINE_KNOWN_FOR = 20.0
"""Seconds; what was closed meanwhile is noticed within a minute."""

BODY_ENDED = "机构资质已终止 · the standing of the body ended"
MACHINE_CLOSED = "申请它的机器账号已关闭 · the machine's account that asked for it was closed"


class Filler:
    """That of one process. holder: its name, under which it takes its turn; one of several fills, the others wait."""

    def __init__(self, store: Store, clock: Clock, branches: Branches, neighbours: Neighbours, holder: str) -> None:
        self._store, self._clock, self._branches, self._neighbours = store, clock, branches, neighbours
        self._holder = holder
        self._open: dict[str, float] = {}
        """Machine → when its account was last known to be open."""
        self.figures = Figures()

    async def run(self) -> None:
        """Until cancelled. What is in hand then is put in again by whoever comes next."""
        failed, is_prepared = 0, False
        while True:
            try:
                if not is_prepared:
                    await self._branches.prepare()
                    is_prepared = True
                is_behind = await self.look()
                failed, pause = 0, 0.0 if is_behind else LOOK
            except (Unavailable, Refused) as error:
                log.warning("queues of bodies: %s", error)
                failed, is_prepared, pause = failed + 1, False, pause_for(failed)
            except Exception:  # a process that ends tells no body what is in the way
                log.exception("queues of bodies: a look failed")
                failed, is_prepared, pause = failed + 1, False, pause_for(failed)
            await self._clock.sleep(pause)

    async def look(self) -> bool:
        """Whether there is more to put in at once. Raises Unavailable, Refused."""
        if not await storage.take_turn(self._store, self._holder, self._clock.now()):
            self.figures.behind = {}
            return False
        # What is there is asked first: whoever is there and was not asked for then is not one who was asked for meanwhile.
        there, away = await self._there()
        records = [record async for record in every_record(self._store, BranchQueue.KIND)]
        readable, unreadable = repository.readable(BranchQueue, records)
        wanted = [queue for queue in readable if queue.state in KEPT_UP]
        progress = {one.queue: one for one in await storage.load_all(self._store, wanted)}
        try:
            if away is not None:
                for queue in wanted:
                    await self._failed(progress[queue.id], str(away))
                raise away
            good, unsure = await self._still_entitled(wanted, progress)
            strays = there.keys() - {queue.body for queue in (*good, *unsure)}
            if unreadable:  # one of these may be theirs
                strays &= {queue.body for queue in readable}
            await self._shut_out(strays)
            return await self._fill_all(good, there, progress)
        finally:
            await self._measure(wanted, progress)

    async def _there(self) -> tuple[Mapping[str, str], Unavailable | Refused | None]:
        try:
            return await self._branches.there(), None
        except (Unavailable, Refused) as error:
            return {}, error

    async def _still_entitled(
        self, wanted: Sequence[BranchQueue], progress: Mapping[str, Progress]
    ) -> tuple[list[BranchQueue], list[BranchQueue]]:
        """Those that go on, and those of which nobody can tell: these get nothing more, and are not cut off either."""
        good: list[BranchQueue] = []
        unsure: list[BranchQueue] = []
        away: Unavailable | None = None
        for queue in wanted:
            try:
                reason = await self._ended(queue, away)
                if reason:
                    await self._stop(queue, reason)
                else:
                    good.append(queue)
            except AppError as error:
                if isinstance(error, Unavailable):
                    away = error  # asked once more for each queue, it would keep those waiting who are to be cut off
                await self._failed(progress[queue.id], str(error))
                unsure.append(queue)
        return good, unsure

    async def _shut_out(self, bodies: Iterable[str]) -> None:
        for body in bodies:
            try:
                await self._branches.shut_out(body)
                log.info("queue of %s: withdrawn", body)
            except (Unavailable, Refused) as error:  # of this one; asked again with the next look
                log.warning("queue of %s is still there: %s", body, error)

    async def _fill_all(
        self, queues: Sequence[BranchQueue], there: Mapping[str, str], progress: Mapping[str, Progress]
    ) -> bool:
        turn = asyncio.Semaphore(AT_ONCE)

        async def fill(queue: BranchQueue) -> bool:
            async with turn:
                try:
                    return await self._bring(queue, there, progress[queue.id])
                except Stale:  # another process fills it, or something was asked of it
                    return False
                except Unavailable as error:
                    log.warning("%s waits: %s", queue.id, error)
                    return False
                except Exception:  # one that fails must not take the others with it
                    log.exception("%s failed", queue.id)
                    return False

        return any(await asyncio.gather(*(fill(queue) for queue in queues)))

    async def _bring(self, queue: BranchQueue, there: Mapping[str, str], progress: Progress) -> bool:
        """Whether it is still behind. Raises Stale, and Unavailable when our own world is away."""
        try:
            await self._let_in(queue, there)
            return await self._fill(queue, progress)
        except (Unavailable, Refused) as error:
            await self._failed(progress, str(error))
            return False

    async def _measure(self, wanted: Sequence[BranchQueue], progress: Mapping[str, Progress]) -> None:
        lasts = await feeds.lasts(self._store, [queue.body for queue in wanted])
        states = [progress[queue.id].state for queue in wanted]
        cursors = [
            Cursor(queue.body, state.cursor, lasts[queue.body], state.failing_since)
            for queue, state in zip(wanted, states, strict=True)
        ]
        found = await feeds.behind(self._store, cursors)
        self.figures.behind = {queue.id: one for queue, one in zip(wanted, found, strict=True)}

    async def _let_in(self, queue: BranchQueue, there: Mapping[str, str]) -> None:
        """Once; and again where somebody took something away. Raises Unavailable, Refused."""
        if queue.state == OPEN and there.get(queue.body) == queue.password_hash:
            return
        await self._branches.let_in(queue.body, queue.password_hash)
        await self._changed(queue, lambda found: found.open(self._clock.now()), WANTED)
        log.info("queue of %s: open", queue.body)

    async def _stop(self, queue: BranchQueue, reason: str) -> None:
        await self._changed(queue, lambda found: found.stop(self._clock.now(), reason), *KEPT_UP)

    async def _changed(self, queue: BranchQueue, verb: Callable[[BranchQueue], None], *states: str) -> None:
        """Unless somebody asked for something else meanwhile: then the next look finds that."""

        def change(found: BranchQueue) -> bool:
            if found.state not in states or found.password_hash != queue.password_hash:
                return False
            verb(found)
            return True

        await repository.retried(self._store, BranchQueue, queue.id, change)

    async def _fill(self, queue: BranchQueue, progress: Progress) -> bool:
        """Whether something is left. Raises Unavailable, Refused, Stale."""
        for _ in range(PAGES):
            feed = await feeds.load(self._store, queue.body)
            entries = await feeds.entries(self._store, feed, progress.state.cursor, PAGE)
            if not entries:
                await self._beat(queue, progress, feed.last)
                return False
            messages = [Pushed(entry.id, entry.wire.encode(), feed.last) for entry in entries]
            await self._branches.publish(queue.body, messages)
            self.figures.attempted(CONFIRMED)
            progress.confirmed(entries[-1].n)
            await storage.save(self._store, progress)
        return feed.last > progress.state.cursor

    async def _beat(self, queue: BranchQueue, progress: Progress, last: int) -> None:
        """Once an hour, to whoever has everything."""
        now = self._clock.now()
        if progress.heartbeat_is_due(now):
            id, content = heartbeat(queue.body, last, now)
            await self._branches.publish(queue.body, [Pushed(id, content, last)])
            progress.beaten(now)
            await storage.save(self._store, progress)
        elif progress.state.error:
            progress.recovered()
            await storage.save(self._store, progress)

    async def _failed(self, progress: Progress, why: str) -> None:
        self.figures.attempted(FAILED)
        if progress.failed(why, self._clock.now()):
            log.warning("%s waits: %s", progress.queue, why)
            try:
                await storage.save(self._store, progress)
            except Stale:
                return

    async def _ended(self, queue: BranchQueue, away: Unavailable | None) -> str:
        """Why it must not go on, empty if it may. away: what is known of the directory already. Raises Unavailable."""
        if await feeds.has_ended(self._store, queue.body):
            return BODY_ENDED
        if not queue.machine:
            return ""
        return "" if await self._is_open(queue.machine, away) else MACHINE_CLOSED

    async def _is_open(self, machine: str, away: Unavailable | None) -> bool:
        now = self._clock.monotonic()
        known = self._open.get(machine)
        if known is not None and now - known < MACHINE_KNOWN_FOR:
            return True
        if away is not None:
            raise away
        state = await self._neighbours.get("directory", f"/machines/{machine}", MachineState)
        if state.open:
            self._open[machine] = now
        return state.open
