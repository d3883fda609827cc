"""One SQLite file shared by coroutines, threads and processes: group commit for writers, one connection for readers.

A commit costs a flush of the disk whether it carries one change or two hundred. Changes that arrive while a commit is
under way therefore wait together and share the next one; each has a savepoint of its own, so one that fails takes
nothing with it. A change is answered only after its commit: what was answered survives a power cut (WAL,
synchronous=FULL).
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from shared.errors import Unavailable

T = TypeVar("T")
BUSY_SECONDS = 10.0  # another process may hold the write lock while it flushes; longer than this is a fault
LARGEST_COMMIT = 500  # changes in one transaction, so that other processes get their turn


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.job.answer.done():  # the asker was cancelled meanwhile
            return
        if self.error is None:
            self.job.answer.set_result(self.result)
        else:
            self.job.answer.set_exception(self.error)


class _Worker(threading.Thread):
    """A thread with one connection that answers jobs in order of arrival, several in one transaction."""

    def __init__(self, path: Path, writes: bool) -> None:
        super().__init__(name=f"sqlite-{'write' if writes else 'read'}-{path.name}", daemon=True)
        self._path = path
        self._writes = writes
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self.refused = False
        """The last thing that was to be written was not taken: the disk is full, or read-only, or broken."""

    def hand(self, job: _Job | None) -> None:
        """None: finish what was handed over before, then end."""
        self._jobs.put(job)

    def run(self) -> None:
        last = False
        while not last:
            jobs = []
            job = self._jobs.get()
            while job is not None:
                jobs.append(job)
                if len(jobs) == LARGEST_COMMIT:
                    break
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
            last = job is None
            _tell(self._transaction(jobs))
        self._forget_connection()

    def _transaction(self, jobs: list[_Job]) -> list[_Outcome]:
        wanted = [job for job in jobs if not job.answer.cancelled()]
        if not wanted:
            return []
        try:
            connection = self._open()
            before = connection.total_changes
            connection.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
            outcomes = [self._step(connection, job) for job in wanted]
            connection.execute("COMMIT")
            if connection.total_changes > before:  # a transaction without a change asks nothing of the disk
                self.refused = False
        except sqlite3.Error as error:
            # Nothing of this transaction is certain, so nobody is told that it worked.
            self.refused = True
            self._forget_connection()
            return [_Outcome(job, error=self._unavailable(error)) for job in wanted]
        return outcomes

    def _step(self, connection: sqlite3.Connection, job: _Job) -> _Outcome:
        if self._writes:
            connection.execute("SAVEPOINT step")
        try:
            outcome = _Outcome(job, result=job.work(connection))
        except Exception as error:  # it belongs to the asker; the thread must go on
            if not connection.in_transaction:  # full disk and the like end the whole transaction
                raise sqlite3.OperationalError(f"the transaction was lost: {error}") from error
            if self._writes:
                connection.execute("ROLLBACK TO step")
            outcome = _Outcome(job, error=self._unavailable(error) if isinstance(error, sqlite3.Error) else error)
        if self._writes:
            connection.execute("RELEASE step")
        return outcome

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256, check_same_thread=True
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            if not self._writes:
                connection.execute("PRAGMA query_only=ON")
            self._connection = connection
        return self._connection

    def _forget_connection(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):  # it is being given up because it failed
                self._connection.close()
            self._connection = None

    def _unavailable(self, error: BaseException) -> Unavailable:
        unavailable = Unavailable(f"数据库暂不可用，请稍后再试 · database {self._path.name}: {error}")
        unavailable.__cause__ = error
        return unavailable


def _write_one_page(connection: sqlite3.Connection) -> None:
    """A number in the head of the file, which nobody reads."""
    (count,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {(count + 1) % 1_000_000}")


def _tell(outcomes: Iterable[_Outcome]) -> None:
    """Wake each event loop once for all its answers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.job.answer.get_loop(), []).append(outcome)
    for loop, its_outcomes in by_loop.items():
        with contextlib.suppress(RuntimeError):  # a loop that was closed has nobody waiting any more
            loop.call_soon_threadsafe(_tell_all, its_outcomes)


def _tell_all(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()


class SqliteFile:
    """Use `SqliteFile.open`: everybody in this process who opens the same path shares one writer and one reader."""

    _opened: dict[Path, SqliteFile] = {}  # noqa: RUF012 - one table per process on purpose: it is what makes sharing work
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path
        self._users = 0
        self._writer = _Worker(path, writes=True)
        self._reader = _Worker(path, writes=False)
        self._bells: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    @classmethod
    def open(cls, path: Path) -> SqliteFile:
        """Raises Unavailable when the folder cannot be made."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database {path.name}: {error}") from error
        path = path.resolve()
        with cls._guard:
            file = cls._opened.get(path)
            if file is None:
                file = cls._opened[path] = cls(path)
                file._writer.start()
                file._reader.start()
            file._users += 1
            return file

    async def close(self) -> None:
        """Each `open` needs one `close`; the last one waits until everything handed over is written."""
        with self._guard:
            self._users -= 1
            if self._users:
                return
            del self._opened[self.path]
        for worker in (self._writer, self._reader):
            worker.hand(None)
            await asyncio.to_thread(worker.join)

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in the writer thread; returns its result once it is on disk. What it raises undoes only itself.

        Raises Unavailable for everything SQLite has to complain about.
        """
        return await self._ask(self._writer, change)

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Run `question` in the reader thread, on one snapshot. Raises Unavailable."""
        return await self._ask(self._reader, question)

    async def prove(self) -> None:
        """Only reading goes on where a disk is full, so after a refused write a ping must write. Raises Unavailable."""
        if self._writer.refused:
            await self.write(_write_one_page)
            self._writer.refused = False

    async def _ask(self, worker: _Worker, work: Callable[[sqlite3.Connection], T]) -> T:
        if not self._users:
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database {self.path.name} is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        worker.hand(_Job(work, answer))
        return await answer

    # Bells spare the readers in this process the wait for their next look; other processes find out by looking.

    def listen(self, topic: str, bell: asyncio.Event) -> None:
        self._bells.setdefault(topic, []).append((asyncio.get_running_loop(), bell))

    def stop_listening(self, topic: str, bell: asyncio.Event) -> None:
        self._bells[topic] = [entry for entry in self._bells[topic] if entry[1] is not bell]

    def ring(self, topics: Iterable[str]) -> None:
        here = asyncio.get_running_loop()
        for topic in topics:
            for loop, bell in self._bells.get(topic, ()):
                if loop is here:
                    bell.set()
                elif not loop.is_closed():
                    loop.call_soon_threadsafe(bell.set)
