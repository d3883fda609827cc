"""Reading a SQLite file: one record at once, whatever long questions are under way, and those beside one another."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.sqlite.asking import is_in_order
from shared.adapters.sqlite.file import READERS
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Unavailable
from shared.ports import Kind, Record

ROSTER = Kind("roster", (("number",), ("path", "held_on"), ("state",)))
WITHIN = 10  # seconds: far beyond what anything here takes, unless it is held


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "house.db", (ROSTER,))
    bodies = [{"number": n, "path": f"/{n % 2}/", "held_on": f"2026-03-{n:02}", "state": "draft"} for n in range(1, 10)]
    await store.add_many("roster", [Record(f"r{body['number']}", body) for body in bodies])
    yield store
    await store.close()


class SlowList:
    """A question that is under way until it is let go."""

    def __init__(self, store: SqliteStore) -> None:
        self._begun, self._let_go = threading.Event(), threading.Event()
        self._asked = asyncio.create_task(store._tables.read(self._answer))

    def _answer(self, connection: sqlite3.Connection) -> None:
        self._begun.set()
        self._let_go.wait(WITHIN)

    async def begun(self) -> None:
        await asyncio.to_thread(self._begun.wait, WITHIN)

    async def end(self) -> None:
        self._let_go.set()
        await self._asked


async def test_one_record_is_read_however_many_long_lists_are_under_way(store: SqliteStore) -> None:
    slow = [SlowList(store) for _ in range(READERS + 1)]
    await slow[0].begun()
    async with asyncio.timeout(WITHIN / 2):
        assert await store.get("roster", "r3") is not None
        assert len((await store.find("roster", {"number": 4}, limit=1)).records) == 1
    for one in slow:
        await one.end()


async def test_a_long_list_does_not_hold_the_next_one(store: SqliteStore) -> None:
    slow = SlowList(store)
    await slow.begun()
    async with asyncio.timeout(WITHIN / 2):
        for _ in range(3):
            assert len((await store.find("roster", {"state": "draft"})).records) == 9
    await slow.end()


async def test_who_waits_for_a_reader_is_answered_when_one_is_free(store: SqliteStore) -> None:
    slow = [SlowList(store) for _ in range(2 * READERS)]
    lists = [asyncio.create_task(store.find("roster", {"state": "draft"})) for _ in range(5)]
    for one in slow:
        await one.end()
    assert [len(page.records) for page in await asyncio.gather(*lists)] == [9] * 5


@pytest.mark.parametrize(
    ("where", "sort", "wanted"),
    [
        (("number",), "", True),
        (("path",), "held_on", True),
        (("path", "held_on"), "", True),
        (("path",), "", False),  # all of the path would be sorted by id
        (("number", "state"), "", False),  # all of the number would be looked through for the state
        (("path",), "number", False),
        (("name",), "", False),
        ((), "", False),
    ],
)
def test_one_record_is_where_an_index_leads_to(where: tuple[str, ...], sort: str, wanted: bool) -> None:
    assert is_in_order(ROSTER, where, sort) is wanted


async def test_only_one_record_is_read_in_the_event_loop(store: SqliteStore) -> None:
    await store.get("roster", "r1")  # opens what it reads by
    here: list[str] = []
    await store._tables.glance(lambda connection: connection.set_trace_callback(here.append))
    await store.find("roster", {"number": 4})
    await store.find("roster", {"path": "/1/"}, limit=1)
    await store.find("roster", between=("number", 1, 3), sort="number", limit=1)
    await store.get_many("roster", ["r1", "r2"])
    await store.count("roster", {"number": 4})
    assert here == []
    await store.find("roster", {"number": 4}, limit=1)
    await store.get("roster", "r1")
    assert len(here) == 2


async def test_what_cannot_be_read_at_once_is_left_to_a_reader(store: SqliteStore) -> None:
    """Somebody holds the file for a moment, or it is broken: readers wait, and know what to say."""
    asked: list[str] = []

    def locked(connection: sqlite3.Connection) -> str:
        asked.append(threading.current_thread().name)
        if len(asked) == 1:
            raise sqlite3.OperationalError("database is locked")
        return "read"

    assert await store._tables.glance(locked) == "read"
    assert asked == [threading.current_thread().name, "sqlite-read-house.db"]
    with pytest.raises(Unavailable, match="no such table") as caught:
        await store._tables.glance(lambda connection: connection.execute("SELECT * FROM nothing_such").fetchone())
    assert caught.value.ping is not None
    assert await store.get("roster", "r1") is not None


async def test_a_closed_file_is_not_read(store: SqliteStore) -> None:
    await store.get("roster", "r1")
    await store.close()
    with pytest.raises(Unavailable, match="closed"):
        await store.get("roster", "r1")


async def test_nothing_can_be_written_while_reading(store: SqliteStore) -> None:
    with pytest.raises(Unavailable, match="readonly"):
        await store._tables.glance(lambda connection: connection.execute("DELETE FROM document"))


async def test_whoever_reads_record_by_record_lets_others_in_between(store: SqliteStore) -> None:
    turns = 0

    async def reads() -> None:
        for _ in range(100):
            await store.get("roster", "r1")

    reading = asyncio.create_task(reads())
    while not reading.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 50


async def test_a_reading_leaves_nothing_open(store: SqliteStore) -> None:
    """An open one would keep the log of the file from ever being put back into it."""
    await store.find("roster", {"number": 4}, limit=1)
    await store.get("roster", "r1")
    await store.add("roster", Record("r10", {"number": 10}))
    path = store._tables.file.path
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
