"""The file under the embedded pair: group commit, several processes, and a disk that fails."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.sqlite.bus import SqliteBus
from shared.adapters.sqlite.file import SqliteFile
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Unavailable
from shared.ports import Kind, Record
from tests.world.clock import HandClock


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[SqliteFile]:
    file = SqliteFile.open(tmp_path / "some" / "folder" / "house.db")
    await file.write(lambda connection: connection.execute("CREATE TABLE line (n INTEGER UNIQUE)").rowcount)
    yield file
    await file.close()


def add(n: int) -> object:
    def change(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO line VALUES (?)", (n,))
        if n % 10 == 7:
            raise LookupError(f"{n} is not wanted")
        return n

    return change


async def lines(file: SqliteFile) -> list[int]:
    rows = await file.read(lambda connection: connection.execute("SELECT n FROM line ORDER BY n").fetchall())
    return [n for (n,) in rows]


async def test_a_change_that_fails_takes_nothing_with_it(file: SqliteFile) -> None:
    answers = await asyncio.gather(*(file.write(add(n)) for n in range(100)), return_exceptions=True)  # type: ignore[arg-type]
    assert [n for n, answer in enumerate(answers) if isinstance(answer, LookupError)] == list(range(7, 100, 10))
    assert await lines(file) == [n for n in range(100) if n % 10 != 7]


async def test_what_sqlite_complains_about_is_unavailable(file: SqliteFile) -> None:
    await file.write(add(1))  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="UNIQUE"):
        await file.write(add(1))  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="no such table"):
        await file.read(lambda connection: connection.execute("SELECT * FROM nothing_such"))
    with pytest.raises(Unavailable, match="readonly"):
        await file.read(lambda connection: connection.execute("DELETE FROM line"))
    assert await lines(file) == [1]


async def test_an_answered_change_is_there_for_others_at_once(file: SqliteFile) -> None:
    await file.write(add(1))  # type: ignore[arg-type]
    with contextlib.closing(sqlite3.connect(file.path)) as other:
        assert other.execute("SELECT n FROM line").fetchall() == [(1,)]
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_whoever_opens_the_same_path_shares_the_writer_until_the_last_closes(tmp_path: Path) -> None:
    first, second = SqliteFile.open(tmp_path / "a.db"), SqliteFile.open(tmp_path / "." / "a.db")
    assert first is second
    await first.close()
    await second.read(lambda connection: connection.execute("SELECT 1").fetchone())
    await second.close()
    with pytest.raises(Unavailable, match="closed"):
        await second.read(lambda connection: connection.execute("SELECT 1").fetchone())
    third = SqliteFile.open(tmp_path / "a.db")
    assert third is not first
    await third.close()


async def test_a_cancelled_asker_harms_nobody(file: SqliteFile) -> None:
    asked = [asyncio.create_task(file.write(add(n))) for n in range(50)]  # type: ignore[arg-type]
    for task in asked[::2]:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    assert set(await lines(file)) >= {n for n in range(1, 50, 2) if n % 10 != 7}


async def test_an_asker_who_leaves_while_his_change_is_made_is_not_answered(file: SqliteFile) -> None:
    """Nobody is there to hear it; the event loop has nothing to complain of."""
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    begun, left = threading.Event(), threading.Event()

    def change(connection: sqlite3.Connection) -> None:
        begun.set()
        left.wait(10)

    asking = asyncio.create_task(file.write(change))
    await asyncio.to_thread(begun.wait, 10)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    left.set()
    await file.write(add(1))  # type: ignore[arg-type]
    assert await lines(file) == [1]
    assert complaints == []


async def test_a_file_that_is_no_database_is_unavailable_until_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    path.write_bytes(b"this is not a database, and long enough to be looked at " * 40)
    store = SqliteStore(path, (Kind("roster"),))
    with pytest.raises(Unavailable) as caught:
        await store.get("roster", "r1")
    assert caught.value.ping is not None
    with pytest.raises(Unavailable):
        await caught.value.ping()
    path.unlink()
    await caught.value.ping()
    assert await store.add("roster", Record("r1", {}))
    await store.close()


async def test_a_bus_that_cannot_be_asked_tells_how_to_ask_again(tmp_path: Path) -> None:
    path = tmp_path / "bus.db"
    path.write_bytes(b"this is not a database, and long enough to be looked at " * 40)
    bus = SqliteBus(path, (), HandClock())
    with pytest.raises(Unavailable) as caught:
        await bus.depths()
    path.unlink()
    assert caught.value.ping is not None
    await caught.value.ping()
    assert set((await bus.depths()).values()) == {0}
    await bus.close()


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        SqliteFile.open(tmp_path / "var" / "house.db")


WRITER = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from shared.adapters.sqlite.store import SqliteStore
from shared.ports import Kind, Record

async def main():
    store = SqliteStore(Path(sys.argv[1]), (Kind("line", (("n",),)),))
    added = await asyncio.gather(*(store.add("line", Record(str(n), {"n": n, "by": sys.argv[3]})) for n in range(300)))
    print(sum(added))
    await store.close()

asyncio.run(main())
"""


async def test_several_processes_write_the_same_file(tmp_path: Path) -> None:
    path, root = tmp_path / "house.db", str(Path(__file__).parents[3])
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(path), root, name, stdout=asyncio.subprocess.PIPE
        )
        for name in "abc"
    ]
    counts = [(await writer.communicate())[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert sum(int(count) for count in counts) == 300  # each line was added once, whoever was first
    store = SqliteStore(path, (Kind("line", (("n",),)),))
    assert await store.count("line") == 300
    await store.close()


EARLIER = (Kind("roster", (("path",), ("path", "held_on"))), Kind("plan", (("path",),)))
NOW = (Kind("roster", (("path",), ("state", "path"))),)


async def names_of_indexes(store: SqliteStore) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE tbl_name = 'document' AND type = 'index' AND sql IS NOT NULL ORDER BY name"
    return [name for (name,) in await store._tables.read(lambda connection: connection.execute(query).fetchall())]


async def test_a_file_of_an_earlier_release_gets_the_indexes_of_this_one(tmp_path: Path) -> None:
    """At its opening, and those that nothing asks for any more go; of kinds that are not ours nothing is known."""
    earlier = SqliteStore(tmp_path / "house.db", EARLIER)
    for n in range(5):
        await earlier.add("roster", Record(f"r{n}", {"path": f"/{n}/", "state": "draft" if n % 2 else "approved"}))
    assert await names_of_indexes(earlier) == ["plan_by_path", "roster_by_path", "roster_by_path_held_on"]
    await earlier.close()
    now = SqliteStore(tmp_path / "house.db", NOW)
    page = await now.find("roster", {"state": "draft"}, between=("path", "/", "/9"), sort="path")
    assert [record.id for record in page.records] == ["r1", "r3"]
    assert await names_of_indexes(now) == ["plan_by_path", "roster_by_path", "roster_by_state_path"]
    await now.close()
    back = SqliteStore(tmp_path / "house.db", EARLIER)  # who goes back to the earlier release finds his own again
    assert len((await back.find("roster", between=("path", "/", "/9"), sort="path")).records) == 5
    assert await names_of_indexes(back) == ["plan_by_path", "roster_by_path", "roster_by_path_held_on"]
    await back.close()


async def test_queries_use_the_indexes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "house.db", (Kind("roster", (("state", "held_on"),)),))
    await store.prepare()
    statements: list[str] = []
    await store._tables.file.read(lambda connection: connection.set_trace_callback(statements.append))
    await store.find("roster", {"state": "approved"}, sort="held_on", after=("2026-05-01", "r1"))
    query = next(statement for statement in statements if statement.startswith("SELECT id"))
    plan = await store._tables.file.read(
        lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    )
    assert [step[-1].split(" (")[0] for step in plan] == ["SEARCH document USING INDEX roster_by_state_held_on"]
    await store.close()
