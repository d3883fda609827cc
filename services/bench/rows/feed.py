"""A page of a feed, wherever in it; and what it costs to write one."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians, seconds_of
from services.notification.feeds import storage
from services.notification.feeds.entry import Entry
from services.notification.feeds.feed import Feed
from services.notification.feeds.usecases import reading
from services.notification.feeds.usecases.writing import FeedWriter
from services.runtime import wiring
from shared.contracts.envelope import PREFIX, Envelope
from shared.contracts.reporting import RosterSubmitted
from shared.ports import Store

BRANCH, STATION = "49050001", "49053012"
PAGE = 1000
WRITTEN = 400
"""Facts whose writing is timed: as many as some 10,000 candidates make."""
AT_ONCE = 200  # as a worker takes them


def measure(place: Place, size: int) -> list[Figure]:
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    async with home.store_of(place, "notification") as store:
        plain = None if place.store else Plain()
        for entries in _in_parts(size):
            await storage.put_in_place(store, entries)
            if plain is not None:
                plain.take(entries)
        await storage.save(store, Feed(BRANCH, size))
        return [*await _pages(store, plain, size), await _writing(store)]


async def _pages(store: Store, plain: Plain | None, size: int) -> list[Figure]:
    figures = []
    for what, after in (
        ("第一页 · first page", 0),
        ("中间一页 · a page in the middle", size // 2),
        ("最后一页 · last page", max(0, size - PAGE)),
    ):

        async def ours(after: int = after) -> None:
            part = await reading.read(store, BRANCH, after, PAGE)
            assert "[" + ",".join(entry.wire for entry in part.entries) + "]" != "[]"

        if plain is None:
            (seconds,) = await medians(ours)
            figures.append(Figure(what, seconds * 1000, "ms", None, "服务器上无对照 · no peer on a server"))
            continue
        seconds, floor = await medians(ours, partial(plain.page, after))
        beside = "SQLite，一列存字节 · SQLite with the bytes in a column"
        figures.append(Figure(what, seconds * 1000, "ms", floor * 1000, beside))
    return figures


async def _writing(store: Store) -> Figure:
    """Facts that three feeds take, as a worker hands them over."""
    writer = FeedWriter(store, wiring.clock())
    events = [_event(n, f"{STATION}-2027-{n:03d}") for n in range(WRITTEN)]

    async def ours() -> None:
        for first in range(0, len(events), AT_ONCE):
            told = events[first : first + AT_ONCE]
            await asyncio.gather(*(writer.write(RosterSubmitted, event) for event in told))

    seconds = await seconds_of(ours)
    beside = "10,000 名考生约有此数的事件 · as many facts as 10,000 candidates make"
    return Figure(f"写入 {WRITTEN} 件事实 · {WRITTEN} facts written", seconds * 1000, "ms", None, beside)


def _in_parts(size: int) -> Iterator[list[Entry]]:
    for first in range(0, size, home.AT_ONCE):
        numbers = range(first, min(size, first + home.AT_ONCE))
        yield [Entry.of(BRANCH, n + 1, _event(n, f"{STATION}-2026-{n:07d}")) for n in numbers]


def _event(n: int, roster: str) -> Envelope:
    fact = RosterSubmitted(
        roster=roster,
        session=roster,
        body=STATION,
        path=f"/{home.CENTRE}/{BRANCH}/{STATION}/",
        at_desk=BRANCH,
        lines={4: 30, 3: 12},
    )
    return Envelope(
        id=f"/reporting/roster/{roster}#0000000001",
        source="/reporting",
        type=PREFIX + fact.TYPE,
        subject=roster,
        time=datetime.fromtimestamp(1_767_225_600 + n, UTC),
        sequence="0000000001",
        data=fact.model_dump(mode="json"),
    )


class Plain:
    """The same bytes in a table with nothing else."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE TABLE entry (n INTEGER PRIMARY KEY, wire TEXT)")

    def take(self, entries: list[Entry]) -> None:
        self._connection.executemany("INSERT INTO entry VALUES (?, ?)", ((one.n, one.wire) for one in entries))

    def page(self, after: int) -> None:
        query = "SELECT wire FROM entry WHERE n > ? ORDER BY n LIMIT ?"
        found = self._connection.execute(query, (after, PAGE)).fetchall()
        assert json.loads("[" + ",".join(wire for (wire,) in found) + "]")


ROW = Row(
    what="事件流 · feeds",
    goal="一页 1,000 条 ≤ 50 ms，不随规模增长；写入 ≤ 全程的 5% · a page of 1,000; writing ≤ 5 % of the road",
    sizes=(62_500, 250_000, 1_000_000),
    quick=62_500,
    tiny=1_500,
    measure=measure,
    servers=True,
)
