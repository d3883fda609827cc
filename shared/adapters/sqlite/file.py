"""One SQLite file shared by coroutines, threads and processes: group commit for writers, short questions answered at once,
and some connections for longer ones.

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
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import coroutine
from typing import Any, TypeVar

from shared.errors import Unavailable

T = TypeVar("T")
BUSY_SECONDS = 10.0  # another process may hold the write lock while it flushes; longer than this is a fault
LARGEST_COMMIT = 500  # changes in one transaction, so that other processes get their turn
READERS = 2
"""At the most: the second one starts when the first is at work, so that a long list does not hold the next one."""


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
    """A thread with one connection that answers jobs in order of arrival: changes several in one transaction, questions one by
    one, for none gains by waiting for another. It starts with its first job."""

    def __init__(self, path: Path, writes: bool) -> None:
        super().__init__(name=f"sqlite-{'write' if writes else 'read'}-{path.name}", daemon=True)
        self._path = path
        self._writes = writes
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._most = LARGEST_COMMIT if writes else 1
        self._starting = threading.Lock()
        self._is_at_work = False
        self._connection: sqlite3.Connection | None = None
        self.refused = False
        """The last thing that was to be written was not taken: the disk is full, or read-only, or broken."""

    @property
    def unanswered(self) -> int:
        """Jobs handed over, or about one of many in hand. Others hand over meanwhile: good enough to choose by."""
        return self._jobs.qsize() + self._is_at_work

    def hand(self, job: _Job) -> None:
        if self.ident is None:
            with self._starting:
                if self.ident is None:
                    self.start()
        self._jobs.put(job)

    def end(self) -> None:
        """Waits until everything that was handed over is done."""
        if self.ident is not None:
            self._jobs.put(None)
            self.join()

    def run(self) -> None:
        last = False
        while not last:
            jobs = []
            job = self._jobs.get()
            self._is_at_work = True
            while job is not None:
                jobs.append(job)
                if len(jobs) == self._most:
                    break
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
            last = job is None
            outcomes = self._transaction(jobs)
            self._is_at_work = False  # before its askers are told: their next question finds it free
            _tell(outcomes)
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


class _AtOnce:
    """A connection that answers in the thread of whoever asks, which for one record is less work than handing the question
    over. It waits for nobody, and what goes wrong it leaves to the readers, who have patience and words for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()  # event loops of several threads may share a file
        self._connection: sqlite3.Connection | None = None

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Raises sqlite3.Error, and what `question` raises."""
        with self._turn:
            try:
                return question(self._connection or self._open())
            except sqlite3.Error:
                self._close()
                raise

    def close(self) -> None:
        with self._turn:
            self._close()

    def _open(self) -> sqlite3.Connection:
        self._connection = sqlite3.connect(
            self._path, timeout=0, isolation_level=None, cached_statements=256, check_same_thread=False
        )
        self._connection.execute("PRAGMA query_only=ON")
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


@coroutine
def _others_first() -> Generator[None, None, None]:
    """One turn of the event loop."""
    yield


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
    """Use `SqliteFile.open`: everybody in this process who opens the same path shares its writer and its readers."""

    _opened: dict[Path, SqliteFile] = {}  # noqa: RUF012 - one table per process on purpose: it is what makes sharing work
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path
        self._users = 0
        self._writer = _Worker(path, writes=True)
        self._readers = [_Worker(path, writes=False) for _ in range(READERS)]
        self._at_once = _AtOnce(path)
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
            file._users += 1
            return file

    async def close(self) -> None:
        """Each `open` needs one `close`; the last one waits until everything handed over is written."""
        with self._guard:
            self._users -= 1
            if self._users:
                return
            del self._opened[self.path]
        for worker in (self._writer, *self._readers):
            await asyncio.to_thread(worker.end)
        self._at_once.close()

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in the writer thread; returns its result once it is on disk. What it raises undoes only itself.

        Raises Unavailable for everything SQLite has to complain about.
        """
        return await self._ask(self._writer, change)

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Run `question` in a thread of readers, on one snapshot. Raises Unavailable."""
        return await self._ask(min(self._readers, key=lambda reader: reader.unanswered), question)

    async def glance(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Run `question` here and now, for which the event loop stands still: one statement that looks up one record by an
        index, whatever the file holds. Raises Unavailable."""
        self._must_be_open()
        try:
            found = self._at_once.ask(question)
        except sqlite3.Error:
            return await self.read(question)
        await _others_first()  # whoever reads a thousand records one by one lets all others in between
        return found

    async def prove(self) -> None:
        """Only reading goes on where a disk is full, so after a refused write a ping must write. Raises Unavailable."""
        if self._writer.refused:
            await self.write(_write_one_page)
            self._writer.refused = False

    async def _ask(self, worker: _Worker, work: Callable[[sqlite3.Connection], T]) -> T:
        self._must_be_open()
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        worker.hand(_Job(work, answer))
        return await answer

    def _must_be_open(self) -> None:
        if not self._users:
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database {self.path.name} is closed")

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
