"""Form 6 with many rows, checked and stored, against reading its cells and storing them in one go."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
from itertools import count
from pathlib import Path

import python_calamine

from services.bench import home, importing_alone
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.runtime import wiring

READY = 2.0  # seconds in which the next reading child has started


def measure(place: Place, size: int) -> list[Figure]:
    """size: rows."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    content = importing_alone.workbook(size)
    service, child = await importing_alone.memory(place, content)
    quarantine = wiring.open_quarantine()
    numbers = count(1)
    async with home.store_of(place, "reporting") as store:

        async def ours() -> None:
            passed = await importing_alone.check_and_store(store, quarantine, f"bench-{next(numbers)}", content)
            assert passed == size

        seconds, floor = await medians(ours, lambda: _plain(content, place.folder / "plain.sqlite"), pause=READY)
    await quarantine.close()
    beside = "calamine 加一次写入 · calamine and one bulk insert"
    shares = (
        f"服务 service {service:.0f}，读取进程 reading child {child:.0f}；导入一行之后 · after an import of one line"
    )
    return [
        Figure("核对并存入 · checked and stored", seconds, "s", floor, beside),
        Figure("峰值内存 · memory at its peak", service + child, "MB", None, shares),
    ]


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


ROW = Row(
    what="工作簿 · workbook",
    goal="≤ 3.0；10 万行时内存 ≤ 300 MB · memory at 100,000 rows",
    sizes=(6_250, 25_000, 100_000),
    quick=6_250,
    tiny=20,
    measure=measure,
)
