"""A page of a list, wherever in the list, and a filter that matches little; and the one list that six services ask for
all the time, of access that was ended."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.directory.signing_in.sign_in import SignIn
from services.reporting.rosters.roster import Attendance, Roster
from services.runtime.catalogue import blueprint_of
from shared.contracts.plan import PlannedItem
from shared.keeping import repository
from shared.ports import Record
from shared.trade.roles import Role

PAGE = 100
STATIONS = 600
FEW = 50  # documents in the state that is looked for


def measure(place: Place, size: int) -> list[Figure]:
    return asyncio.run(_lists(place, size)) + asyncio.run(_ended_access(place, size))


async def _lists(place: Place, size: int) -> list[Figure]:
    records = _rosters(size)
    by = home.somebody(Role.CENTRE_CLERK)
    middle = sorted((str(record.body["path"]), record.id) for record in records)[size // 2]
    questions: list[tuple[str, dict[str, Any], tuple[str, str] | None]] = [
        ("第一页 · first page", {}, None),
        ("中间一页 · a page in the middle", {}, middle),
        ("匹配少的筛选 · a filter that matches little", {"state": "voided"}, None),
    ]
    plain = None if place.store else Plain(records)
    figures = []
    async with home.store_of(place, "reporting") as store:
        await home.fill(store, Roster.KIND, records)
        for what, where, after in questions:

            async def ours(where: dict[str, Any] = where, after: tuple[str, str] | None = after) -> None:
                page = await repository.below(store, Roster.KIND, by, where, after=after, limit=PAGE)
                assert page.records

            if plain is None:
                (seconds,) = await medians(ours)
                figures.append(Figure(what, seconds * 1000, "ms", None, "服务器上无对照 · no peer on a server"))
                continue
            seconds, floor = await medians(ours, plain.question(where, after))
            beside = "SQLite，索引恰合此问 · SQLite with the very index"
            figures.append(Figure(what, seconds * 1000, "ms", floor * 1000, beside))
    return figures


def _rosters(size: int) -> list[Record]:
    """Of a few hundred stations, year after year. One is made as the service makes it, the others differ in what is asked for."""
    item = PlannedItem(
        occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner (lathe operator)", level=4, heads=60
    )
    by = home.somebody(Role.STATION_CLERK)
    roster = Roster(
        id="model",
        state="draft",
        body=home.CENTRE,
        path=by.path,
        session="model",
        held_on=date(2026, 3, 1),
        items=[item] * 4,
        attendance=Attendance(applied=60, accepted=60, examined=58),
        prepared_by="clerk",
        import_id="0" * 32,
        imported_by="clerk",
    )
    for verb in ("draft", "import", "submit", "endorse", "approve"):
        roster.move(verb, "approved", by, home.now())
    body = roster.as_record().body
    return [_roster(body, n, "voided" if n % max(1, size // FEW) == 0 else "approved") for n in range(size)]


def _roster(body: dict[str, Any], n: int, state: str) -> Record:
    station = f"4905{n * 7919 % STATIONS:04d}"
    path, id = f"/{home.CENTRE}/49050001/{station}/", f"2026-{station}-{n:06d}"
    return Record(id, body | {"id": id, "body": station, "path": path, "state": state, "session": id})


class Plain:
    """The same documents in a table that has a column and an index for each question."""

    def __init__(self, records: list[Record]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE TABLE roster (id TEXT, path TEXT, state TEXT, body TEXT)")
        rows = ((one.id, one.body["path"], one.body["state"], json.dumps(one.body)) for one in records)
        self._connection.executemany("INSERT INTO roster VALUES (?, ?, ?, ?)", rows)
        self._connection.execute("CREATE INDEX by_path ON roster (path, id)")
        self._connection.execute("CREATE INDEX by_state ON roster (state, path, id)")

    def question(self, where: dict[str, Any], after: tuple[str, str] | None) -> Callable[[], None]:
        terms = "state = ? AND " if where else ""
        last = after or (f"/{home.CENTRE}/", "")
        query = f"SELECT body FROM roster WHERE {terms}(path, id) > (?, ?) ORDER BY path, id LIMIT {PAGE + 1}"

        def asked() -> None:
            found = self._connection.execute(query, (*where.values(), *last)).fetchall()
            assert [json.loads(body) for (body,) in found]

        return asked


async def _ended_access(place: Place, size: int) -> list[Figure]:
    """size: sign-ins ever made, nearly all of them over for long."""
    own = blueprint_of("directory").ended_access
    assert own is not None
    async with home.store_of(place, "directory") as store:
        await home.fill(store, SignIn.KIND, _sign_ins(size))

        async def ours() -> None:
            answer = await own(store, home.now())
            assert len(answer.sign_ins) == min(size, FEW)

        (seconds,) = await medians(ours)
    what = "已终止的登录 · `ended-access`"
    return [Figure(what, seconds * 1000, "ms", None, "只看是否随规模增长 · flat or not is what counts")]


def _sign_ins(size: int) -> list[Record]:
    opened = SignIn.open(
        home.somebody(), home.now(), id="model", practising=False, epoch=0, life=timedelta(days=30)
    ).as_record()
    fresh = [SignIn.over_before(home.now()), SignIn.over_before(home.now() - timedelta(days=60))]
    return [
        Record(f"{n:032x}", opened.body | {"id": f"{n:032x}", "state": "ended", "ended_at": fresh[n >= FEW]})
        for n in range(size)
    ]


ROW = Row(
    what="列表 · lists",
    goal="≤ 10 ms；ended-access ≤ 5 ms，不随规模增长 · flat",
    sizes=(6_250, 25_000, 100_000),
    quick=6_250,
    tiny=120,
    measure=measure,
    servers=True,
)
