"""Form 6 with many rows, checked and stored, against reading its cells and storing them in one go."""

from __future__ import annotations

import asyncio
import io
import json
import resource
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import python_calamine

from services.bench import drawing_alone, home
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.demo.cast import ITEMS, STATIONS
from services.reporting.certified.person_key import PersonKey
from services.reporting.rosters.roster import Attendance, Roster
from services.reporting.rosters.usecases import importing
from services.runtime import wiring
from shared.contracts.plan import PlannedItem
from shared.forms.form6.writing import SheetContent, write
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.trade.deadline import local_day
from shared.trade.roles import Role

STATION, ITEM = STATIONS[0], ITEMS[0]
PATH = f"/{home.CENTRE}/{STATION.parent}/{STATION.code}/"
KEY = PersonKey("person-key-of-the-benchmark")
PIECE = 64 * 1024
READY = 2.0  # seconds in which the next reading child has started


def measure(place: Place, size: int) -> list[Figure]:
    """size: rows."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    by = home.somebody(Role.STATION_CLERK, body=STATION.code, path=PATH)
    held_on = local_day(home.now() - timedelta(days=1))
    content = write([_sheet("BENCH", size)])
    quarantine = wiring.open_quarantine()
    imported = 0
    before = _memory(resource.RUSAGE_SELF)
    async with home.store_of(place, "reporting") as store:

        async def ours() -> None:
            """Each time for another roster: the same lines twice would be no work."""
            nonlocal imported
            imported += 1
            roster = _roster(f"bench-{imported}", size, held_on, by.id)
            await repository.add(store, roster)
            asked = Asked(by, home.now(), roster.version)
            examined = await importing.examine(store, quarantine, KEY, roster.id, asked, _pieces(content))
            taken = await importing.take_over(store, KEY, roster.id, asked, examined)
            assert taken.roster.passed == size

        seconds, floor = await medians(ours, lambda: _plain(content, place.folder / "plain.sqlite"), pause=READY)
    await quarantine.close()
    grown = _memory(resource.RUSAGE_SELF) - before + _memory(resource.RUSAGE_CHILDREN)
    beside = "calamine 加一次写入 · calamine and one bulk insert"
    peaks = "粗略：含对照的读取 · rough: the reading of the peer is in it, the making of the workbook may hide some"
    return [
        Figure("核对并存入 · checked and stored", seconds, "s", floor, beside),
        Figure("内存 · memory", grown, "MB", None, peaks),
    ]


def _sheet(session: str, size: int) -> SheetContent:
    return SheetContent(
        station_zh=STATION.name_zh,
        institution=STATION.code,
        session=session,
        occupation=ITEM.occupation,
        occupation_zh=ITEM.occupation_zh,
        level=ITEM.level,
        held_on=local_day(home.now() - timedelta(days=1)),
        rows=drawing_alone.lines(size),
    )


def _roster(id: str, size: int, held_on: object, clerk: str) -> Roster:
    item = PlannedItem(
        occupation=ITEM.occupation,
        occupation_zh=ITEM.occupation_zh,
        occupation_en=ITEM.occupation_en,
        level=ITEM.level,
        heads=min(size, 99_999),
    )
    attendance = Attendance(applied=size, accepted=size, examined=size)
    return Roster.model_validate(
        {"id": id, "state": "draft", "body": STATION.code, "path": PATH, "session": "BENCH", "held_on": held_on}
        | {"items": [item], "attendance": attendance, "prepared_by": clerk}
    )


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for first in range(0, len(content), PIECE):
        yield content[first : first + PIECE]


def _plain(content: bytes, path: Path) -> None:
    path.unlink(missing_ok=True)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    cells = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE line (n INTEGER PRIMARY KEY, body TEXT)")
    texts = ((n, json.dumps(row, ensure_ascii=False, default=str)) for n, row in enumerate(cells))
    connection.executemany("INSERT INTO line VALUES (?, ?)", texts)
    connection.commit()
    connection.close()


def _memory(whose: int) -> float:
    """The most that this process, or any one child of it, ever had; in MB."""
    return resource.getrusage(whose).ru_maxrss / 1024


ROW = Row(
    what="工作簿 · workbook",
    goal="≤ 3.0；10 万行时内存 ≤ 300 MB · memory at 100,000 rows",
    sizes=(6_250, 25_000, 100_000),
    quick=6_250,
    tiny=20,
    measure=measure,
)
