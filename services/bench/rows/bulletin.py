"""A quarter's bulletin: counting it, beside reading the same documents alone; and drawing its files, with what that takes of
memory in the children and in the service that asks them."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Awaitable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.runtime import wiring
from services.supervision import ids
from services.supervision.bulletins import files
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.bulletins.usecases import compiling, drawing
from services.supervision.figures.counted_fact import PARCEL, ROSTER, SESSION, CountedFact
from services.supervision.figures.figures import Figures, QuarterRows
from services.supervision.figures.storage import COUNTED_FACTS
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.keeping.asked import Asked
from shared.ports import Record, Store, every_record
from shared.trade.roles import Role

QUARTER, CUT = "2026-Q1", datetime(2026, 4, 21, tzinfo=UTC)
REPORT_DAYS = 15
STATIONS_OF_A_BRANCH = 20
SESSIONS = 4  # of a station
COUNTS = {
    SESSION: Figures(sessions=1, heads_planned=40, standard_national=1, paper_national_bank=1, fees_stated=1),
    ROSTER: Figures(passed=30, examined=38, passed_of_examined=30),
    PARCEL: Figures(certificates=30),
}
BODIES = local_copies.kind_of(BodyRegistered)
MEGABYTE = 1024  # KiB


def measure(place: Place, size: int) -> list[Figure]:
    """size: stations."""
    rows, figures = asyncio.run(_count(place, size))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as own:  # what filling the store took is no part of it
        return [*figures, *own.submit(_draw, place, rows).result()]


async def _count(place: Place, size: int) -> tuple[QuarterRows, list[Figure]]:
    asked = Asked(home.somebody(Role.CENTRE_CLERK), CUT)
    async with home.store_of(place, "supervision") as store:
        await _fill(store, size)

        async def counted() -> QuarterRows:
            return await compiling.preview(store, asked, QUARTER, REPORT_DAYS)

        async def read() -> None:
            for kind in (COUNTED_FACTS, BODIES):
                async for _ in every_record(store, kind):
                    pass

        seconds, floor = await medians(counted, read)
        held = await _longest_hold(counted())
        rows = await counted()
    assert len(rows.rows) > size
    return rows, [
        Figure("汇总 · counted", seconds, "s", floor, "只读取同样的单据 · reading the same documents alone"),
        Figure(
            "事件循环最长占用 · longest hold of the event loop", held * 1000, "ms", None, "汇总时 · while it is counted"
        ),
    ]


async def _longest_hold(work: Awaitable[object]) -> float:
    """Seconds that nobody else had a turn while this was done."""
    longest, last = 0.0, time.perf_counter()

    async def look() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    looking = asyncio.create_task(look())
    await work
    looking.cancel()
    return longest


def _draw(place: Place, rows: QuarterRows) -> list[Figure]:
    return asyncio.run(_drawn(place, rows))


async def _drawn(place: Place, rows: QuarterRows) -> list[Figure]:
    """In the place of the service: a process that has nothing else, so that what it grows by is seen."""
    workshop = wiring.open_workshop(home.settings(place))
    bulletin = Bulletin(
        id=QUARTER, quarter=QUARTER, state="draft", body=home.CENTRE, path=f"/{home.CENTRE}/", summary="一切正常。",
        rows=rows.rows, cut_at=CUT, compiled_by="bench",
    )  # fmt: skip
    _forget_the_peak()
    before, since = _peak(), time.perf_counter()
    drawn = await drawing.drawn(workshop, bulletin, files.NAMES, None)
    seconds = time.perf_counter() - since
    assert drawn.keys() == set(files.NAMES)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE
    grown = _peak() - before
    await workshop.close()
    return [
        Figure("绘制全部文件 · all files drawn", seconds, "s", None, f"{len(drawn)} 份，逐份 · files, one by one"),
        Figure("最大的绘制进程 · largest drawing child", largest, "MB", None, "峰值 · its peak"),
        Figure("服务增长 · the service grows by", grown, "MB", None, "峰值 · at its peak"),
    ]


def _forget_the_peak() -> None:
    """So that it counts from what this process has now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """MB of this process at its peak. Linux only."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / MEGABYTE


async def _fill(store: Store, stations: int) -> None:
    """Branches with their stations, and what each did in the quarter."""
    centre = f"/{home.CENTRE}/"
    bodies = [_body(home.CENTRE, centre, "centre", "示例机械工业职业技能鉴定指导中心", "Example Guidance Centre")]
    facts: list[Record] = []
    for n in range(stations):
        branch, within = divmod(n, STATIONS_OF_A_BRANCH)
        above = f"{centre}4905{branch:04d}/"
        if not within:
            name = f"第{branch}分中心（机械工业）"
            bodies.append(_body(f"4905{branch:04d}", above, "branch", name, f"Branch centre number {branch}"))
        code = f"4906{n:04d}"
        name = f"某某机械制造集团公司第{n}职业技能鉴定站"
        bodies.append(
            _body(code, f"{above}{code}/", "station", name, f"Skill appraisal station {n} of a machinery works")
        )
        facts += [_fact(what, f"{code}-{held}", code, f"{above}{code}/") for held in range(SESSIONS) for what in COUNTS]
    await home.fill(store, BODIES, bodies)
    await home.fill(store, COUNTED_FACTS, facts)


def _body(code: str, path: str, kind: str, name_zh: str, name_en: str) -> Record:
    told = {"body": code, "path": path, "kind": kind, "name_zh": name_zh, "name_en": name_en, "state": "licensed"}
    body = BodyRegistered.model_validate(told | {"produces": False, "email": "office@example.org"})
    return Record(code, {"sequence": "0000000001", "copy": body.model_dump(mode="json")})


def _fact(what: str, subject: str, body: str, path: str) -> Record:
    fact = CountedFact(
        id=ids.record_id(what, subject), what=what, subject=subject, body=body, path=path, day=date(2026, 2, 3),
        basis="held_on", quarter=QUARTER, counts=COUNTS[what], sequence="1",
    )  # fmt: skip
    return Record(fact.id, fact.as_body())


ROW = Row(
    what="质量通报 · bulletin",
    goal="汇总 · counted ≤ 0.5 s；绘制进程 · child ≤ 450 MB；服务 · service ≤ 20 MB",
    sizes=(150, 600),
    quick=150,
    tiny=3,
    measure=measure,
    servers=True,
)
