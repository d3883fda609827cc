"""The outbox of the embedded store: what a look costs, and files of earlier releases."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.adapters.sqlite.store import SqliteStore
from shared.ports import Kind, Outgoing, Record

KINDS = (Kind("roster"), Kind("session_plan"))
NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)
EARLIER_OUTBOX = (
    "CREATE TABLE outbox (kind TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL,"
    " exchange TEXT NOT NULL, key TEXT NOT NULL, wire TEXT NOT NULL, headers TEXT NOT NULL,"
    " PRIMARY KEY (kind, id, n)) WITHOUT ROWID"
)
"""As releases before the index made it."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "house.db", KINDS)
    yield store
    await store.close()


async def note(store: SqliteStore, ids: range, rows: int = 1) -> None:
    facts = [Outgoing(n, NOON + timedelta(seconds=n), "events", "roster.approved.v1", "{}") for n in range(1, rows + 1)]
    await asyncio.gather(*(store.add("roster", Record(f"r{n:05d}", {}, 1, rows), facts) for n in ids))


async def steps_of_a_look(store: SqliteStore, limit: int) -> int:
    """Steps of the database's machine, in tens."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    await store._tables.file.read(lambda connection: connection.set_progress_handler(step, 10))
    assert len(await store.pending(limit)) == limit
    await store._tables.file.read(lambda connection: connection.set_progress_handler(None, 10))
    return steps


async def test_a_look_costs_the_same_however_much_waits_behind_it(store: SqliteStore) -> None:
    await note(store, range(20))
    few = await steps_of_a_look(store, 10)
    await note(store, range(20, 2000))
    assert await steps_of_a_look(store, 10) < 1.5 * few


async def test_what_was_sent_costs_the_next_look_nothing(store: SqliteStore) -> None:
    await note(store, range(200), rows=3)
    first = await steps_of_a_look(store, 10)
    for n in range(100):
        await store.sent("roster", f"r{n:05d}", 3)
    assert await steps_of_a_look(store, 10) < 1.5 * first


async def test_a_file_of_an_earlier_release_keeps_what_waits_in_it_and_is_read_in_turn(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "house.db")) as earlier, earlier:
        earlier.execute(EARLIER_OUTBOX)
        for id, n, minute in [("r1", 1, 5), ("r1", 2, 1), ("r2", 7, 3), ("r3", 1, 3)]:
            at = (NOON + timedelta(minutes=minute)).isoformat(timespec="microseconds")
            values = ("roster", id, n, at, "events", "roster.approved.v1", "{}", '{"x": "y"}')
            earlier.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    store = SqliteStore(tmp_path / "house.db", KINDS)
    waiting = await store.pending()
    assert [(one.id, [row.n for row in one.rows]) for one in waiting] == [("r1", [1, 2]), ("r2", [7]), ("r3", [1])]
    assert waiting[1].rows[0] == Outgoing(
        7, NOON + timedelta(minutes=3), "events", "roster.approved.v1", "{}", {"x": "y"}
    )
    await note(store, range(500))
    few = await steps_of_a_look(store, 3)
    await note(store, range(500, 1000))
    assert await steps_of_a_look(store, 3) < 1.5 * few
    await store.close()
