"""The audit chain: its first page, and the walk that verifies all of it, beside reading and hashing the same entries alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from typing import Any

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.reporting.rosters.roster import Roster
from services.runtime import wiring
from services.runtime.catalogue import REGISTER
from shared.audit import chain as audit
from shared.audit.check import check
from shared.keeping import repository
from shared.ports import Record
from shared.trade.roles import Role

ACTS = 5  # of a document
PAGE = 100
KINDS = (*REGISTER.declared["reporting"].kinds, *wiring.MACHINERY)


def measure(place: Place, size: int) -> list[Figure]:
    """size: entries, in one chain."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    documents, entries = _acts(size // ACTS)
    by = home.somebody(Role.AUDITOR)
    async with home.store_of(place, "reporting") as store:
        await home.fill(store, Roster.KIND, documents)
        await home.fill(store, audit.ENTRIES.name, entries)
        last = entries[-1].body
        await store.add(audit.HEADS.name, Record(home.CENTRE, {"n": last["n"], "hash": last["hash"]}))

        async def first_page() -> None:
            assert (await repository.below(store, audit.ENTRIES.name, by, limit=PAGE)).records

        async def verified() -> None:
            checked = await check(store, KINDS)
            assert (checked.entries, checked.findings) == (len(entries), [])

        (page,) = await medians(first_page)
        seconds, floor = await medians(verified, _Plain(entries).hashed)
    beside = "只读出并计算散列 · reading and hashing alone"
    return [
        Figure("第一页 · first page", page * 1000, "ms", None, "只看是否随规模增长 · flat or not is what counts"),
        Figure("核验整条链 · all of it verified", seconds, "s", floor, beside),
    ]


def _acts(documents: int) -> tuple[list[Record], list[Record]]:
    """Documents with what was done to them, and the chain that says the same."""
    by, at = home.somebody(Role.STATION_CLERK).id, home.now().isoformat()
    made: list[Record] = []
    entries: list[Record] = []
    before = audit.START
    for n in range(documents):
        id = f"2026-49053012-{n:06d}"
        history = [
            {"n": row, "at": at, "by": by, "name": "测速员", "body": home.CENTRE, "verb": "submit"}
            | {"from_state": "draft", "to_state": "submitted", "reason": ""}
            for row in range(1, ACTS + 1)
        ]
        made.append(Record(id, {"id": id, "path": f"/{home.CENTRE}/", "state": "submitted", "history": history}))
        for told in history:
            entry = _entry(len(entries) + 1, audit.act_id(Roster.KIND, id, int(str(told["n"]))), told, before)
            before = entry.body["hash"]
            entries.append(entry)
    return made, entries


def _entry(n: int, act: str, told: dict[str, Any], before: str) -> Record:
    body = {"chain": home.CENTRE, "n": n, "act": act, "path": f"/{home.CENTRE}/", "told": told, "before": before}
    return Record(audit.entry_id(home.CENTRE, n), body | {"hash": audit.hash_of(body)})


class _Plain:
    def __init__(self, entries: list[Record]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE TABLE entry (n INTEGER PRIMARY KEY, body TEXT)")
        rows = ((one.body["n"], json.dumps(one.body, ensure_ascii=False)) for one in entries)
        self._connection.executemany("INSERT INTO entry VALUES (?, ?)", rows)

    def hashed(self) -> None:
        for (text,) in self._connection.execute("SELECT body FROM entry ORDER BY n"):
            body = json.loads(text)
            said = body.pop("hash")
            canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert said == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


ROW = Row(
    what="审计 · audit",
    goal="第一页 · first page ≤ 10 ms；核验 · verified ≤ 5 s (100,000)",
    sizes=(6_250, 25_000, 100_000),
    quick=6_250,
    tiny=20,
    measure=measure,
    servers=True,
)
