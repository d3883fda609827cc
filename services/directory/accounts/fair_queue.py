"""A queue in which nobody's rush keeps others waiting: places are given by turns, to address ranges and in each of them to
accounts (docs/decisions/0026-fair-sign-ins.md)."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from shared.errors import Unavailable

T = TypeVar("T")

PER_RANGE, PER_ACCOUNT = 20, 10
"""Places of one address range (an office may sit behind it), and of one account there."""


class Rank(IntEnum):
    """Who goes first: those who were right before, then those of whom nothing is known, then those who were wrong."""

    KNOWN = 0
    NEW = 1
    WRONG = 2


TURNS = (Rank.KNOWN, Rank.NEW, Rank.KNOWN, Rank.NEW, Rank.KNOWN, Rank.WRONG)
"""Whose turn it is, over and over; a rank that has nobody waiting gives its turn to the best that has. No rank starves."""

BUSY = "登录繁忙，请稍后再试 · too many sign-ins at once, try again later"


@dataclass(frozen=True, slots=True)
class Place:
    rank: Rank
    range: str
    account: str


class _Job:
    def __init__(self, place: Place, work: Callable[[], Any]) -> None:
        self.place, self.work = place, work
        self.answer: Future[Any] = Future()


class FairQueue:
    """at_once: how much is worked on at a time. room: how many wait. submit: runs a work elsewhere; in threads of its own
    unless a test says otherwise."""

    def __init__(
        self, at_once: int, room: int, submit: Callable[[Callable[[], Any]], Future[Any]] | None = None
    ) -> None:
        self._at_once, self._room = at_once, room
        self._submit = submit or ThreadPoolExecutor(at_once, thread_name_prefix="argon2").submit
        self._rings = {rank: _Ring() for rank in Rank}
        self._running = self._turn = 0
        self._lock = Lock()  # a work ends in a thread of its own, also when the loop that asked for it has gone

    @property
    def waiting(self) -> int:
        with self._lock:
            return sum(1 for _ in self._jobs())

    async def take(self, place: Place, work: Callable[..., T], *arguments: object) -> T:
        """Others go on meanwhile. Raises Unavailable when there is no place, at once or, when all are taken and others
        have fewer, later."""
        job = _Job(place, partial(work, *arguments))
        with self._lock:
            begins = self._running < self._at_once
            if begins:
                self._running += 1
                job.answer.set_running_or_notify_cancel()
            else:
                gives_way = self._who_gives_way(place)
                self._rings[place.rank].add(job)
        if begins:
            self._start(job)
        elif gives_way is not None and gives_way.answer.set_running_or_notify_cancel():
            gives_way.answer.set_exception(Unavailable(BUSY))
        answer: T = await asyncio.wrap_future(job.answer)
        return answer

    def _who_gives_way(self, newcomer: Place) -> _Job | None:
        """None: there is room. Whoever stands worse than the newcomer: a worse rank, else more places already. Raises
        Unavailable when nobody does."""
        jobs = list(self._jobs())
        ranges = Counter(job.place.range for job in jobs)
        accounts = Counter((job.place.range, job.place.account) for job in jobs)
        if accounts[newcomer.range, newcomer.account] >= PER_ACCOUNT:
            raise Unavailable(BUSY)
        if ranges[newcomer.range] >= PER_RANGE:
            jobs = [job for job in jobs if job.place.range == newcomer.range]
        elif len(jobs) < self._room:
            return None

        last = max(
            reversed(jobs),
            key=lambda job: (job.place.rank, ranges[job.place.range], accounts[job.place.range, job.place.account]),
        )
        if last.place.range == newcomer.range:
            theirs, ours = accounts[last.place.range, last.place.account], accounts[newcomer.range, newcomer.account]
        else:
            theirs, ours = ranges[last.place.range], ranges[newcomer.range]
        if (last.place.rank, theirs) <= (newcomer.rank, ours + 1):
            raise Unavailable(BUSY)
        self._rings[last.place.rank].remove(last)
        return last

    def _jobs(self) -> Iterator[_Job]:
        """Who waits still; whoever went away does not count."""
        return (job for ring in self._rings.values() for job in ring.jobs() if not job.answer.cancelled())

    def _start(self, job: _Job) -> None:
        self._submit(job.work).add_done_callback(partial(self._end, job))

    def _end(self, job: _Job, done: Future[Any]) -> None:
        error = done.exception()
        if error is not None:
            job.answer.set_exception(error)
        else:
            job.answer.set_result(done.result())
        with self._lock:
            following = self._next()
            if following is None:
                self._running -= 1
        if following is not None:
            self._start(following)

    def _next(self) -> _Job | None:
        turn = TURNS[self._turn % len(TURNS)]
        for rank in (turn, *Rank):
            while (job := self._rings[rank].next()) is not None:
                if job.answer.set_running_or_notify_cancel():
                    self._turn += 1
                    return job
        return None


class _Ring:
    """Those of one rank: the ranges by turns, in each range the accounts by turns, of each account the first that came."""

    def __init__(self) -> None:
        self._ranges: OrderedDict[str, OrderedDict[str, deque[_Job]]] = OrderedDict()

    def add(self, job: _Job) -> None:
        accounts = self._ranges.setdefault(job.place.range, OrderedDict())
        accounts.setdefault(job.place.account, deque()).append(job)

    def next(self) -> _Job | None:
        for range_, accounts in self._ranges.items():
            account, jobs = next(iter(accounts.items()))
            job = jobs[0]
            self.remove(job)
            if account in accounts:
                accounts.move_to_end(account)
            if range_ in self._ranges:
                self._ranges.move_to_end(range_)
            return job
        return None

    def remove(self, job: _Job) -> None:
        accounts = self._ranges[job.place.range]
        accounts[job.place.account].remove(job)
        if not accounts[job.place.account]:
            del accounts[job.place.account]
        if not accounts:
            del self._ranges[job.place.range]

    def jobs(self) -> Iterator[_Job]:
        return (job for accounts in self._ranges.values() for jobs in accounts.values() for job in jobs)
