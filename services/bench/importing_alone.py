"""Form 6 checked and stored as reporting does it, without the rest of the house; and, as a program, the memory that it takes:
a process that has imported one line imports many, and says how much more than before it and its reading child held."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from services.bench import drawing_alone, home
from services.bench.row import Place
from services.demo.cast import ITEMS, STATIONS
from services.reporting.certified.person_key import PersonKey
from services.reporting.rosters.roster import Attendance, Roster
from services.reporting.rosters.usecases import importing
from services.runtime import wiring
from shared.contracts.plan import PlannedItem
from shared.forms.form6.writing import SheetContent, write
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Quarantine, Store
from shared.trade.deadline import local_day
from shared.trade.roles import Role

STATION, ITEM = STATIONS[0], ITEMS[0]
PATH = f"/{home.CENTRE}/{STATION.parent}/{STATION.code}/"
KEY = PersonKey("person-key-of-the-benchmark")
SESSION = "BENCH"
PIECE = 64 * 1024
MOST_HEADS = 99_999


def workbook(size: int) -> bytes:
    """size: rows."""
    return write(
        [
            SheetContent(
                station_zh=STATION.name_zh,
                institution=STATION.code,
                session=SESSION,
                occupation=ITEM.occupation,
                occupation_zh=ITEM.occupation_zh,
                level=ITEM.level,
                held_on=_yesterday(),
                rows=drawing_alone.lines(size),
            )
        ]
    )


async def check_and_store(store: Store, quarantine: Quarantine, id: str, content: bytes) -> int:
    """id: of a roster that is not there yet: the same lines twice would be no work. Returns the lines that passed."""
    by = home.somebody(Role.STATION_CLERK, body=STATION.code, path=PATH)
    roster = _roster(id, by.id)
    await repository.add(store, roster)
    asked = Asked(by, home.now(), roster.version)
    examined = await importing.examine(store, quarantine, KEY, roster.id, asked, _pieces(content))
    taken = await importing.take_over(store, KEY, roster.id, asked, examined)
    return taken.roster.passed


def _yesterday() -> date:
    return local_day(home.now() - timedelta(days=1))


def _roster(id: str, clerk: str) -> Roster:
    item = PlannedItem(
        occupation=ITEM.occupation,
        occupation_zh=ITEM.occupation_zh,
        occupation_en=ITEM.occupation_en,
        level=ITEM.level,
        heads=MOST_HEADS,
    )
    attendance = Attendance(applied=MOST_HEADS + 1, accepted=MOST_HEADS + 1, examined=MOST_HEADS + 1)
    return Roster.model_validate(
        {"id": id, "state": "draft", "body": STATION.code, "path": PATH, "session": SESSION, "held_on": _yesterday()}
        | {"items": [item], "attendance": attendance, "prepared_by": clerk}
    )


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for first in range(0, len(content), PIECE):
        yield content[first : first + PIECE]


# --- its memory ---------------------------------------------------------------------------------------------------------


async def memory(place: Place, content: bytes) -> tuple[float, float]:
    """MB more than with one line, of the service and of its reading child, each at its peak. Measured in a process of its own,
    so that nothing is in them but what importing takes."""
    many, one = place.folder / "many.xlsx", place.folder / "one.xlsx"
    await asyncio.to_thread(many.write_bytes, content)
    await asyncio.to_thread(one.write_bytes, workbook(1))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        str(place.folder / "memory"),
        str(one),
        str(many),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    service, child = json.loads(said)
    return service, child


async def _say_memory(folder: Path, contents: Sequence[bytes]) -> None:
    """Of one workbook after the other: what the last one took more than the first."""
    quarantine = wiring.open_quarantine()
    peaks: list[tuple[float, float]] = []
    async with home.store_of(Place(folder), "reporting") as store:
        for n, content in enumerate(contents):
            most = _Most()
            watching = asyncio.create_task(most.watch())
            await check_and_store(store, quarantine, f"memory-{n}", content)
            watching.cancel()
            peaks.append((most.service, most.child))
    await quarantine.close()
    print(json.dumps([last - first for first, last in zip(peaks[0], peaks[-1], strict=True)]))


class _Most:
    """MB that this process and the largest of its children held while they were watched. Linux only."""

    service = child = 0.0

    async def watch(self) -> None:
        while True:
            self.service = max(self.service, _megabytes("self", "VmRSS"))
            children = Path("/proc/self/task", str(os.getpid()), "children")
            for process in children.read_text(encoding="ascii").split():  # noqa: ASYNC240  no disk is read
                self.child = max(self.child, _megabytes(process, "VmHWM"))  # since it began its program
            await asyncio.sleep(0.005)


def _megabytes(process: str, field: str) -> float:
    """0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path("/proc", process, "status").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    mine, *workbooks = map(Path, sys.argv[1:])
    asyncio.run(_say_memory(mine, [one.read_bytes() for one in workbooks]))
