"""The check of an audit reads chains and documents side by side: what it holds of them does not grow, and nobody is suspected
who was only slower or faster than the reading."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.mongo import MongoStore
from shared.adapters.sqlite.store import SqliteStore
from shared.audit import chain as audit
from shared.audit.check import check
from shared.audit.checked import Checked
from shared.ports import Kind, Outgoing, Page, Record, Store, every
from shared.ports.exchanges import AUDIT

ROSTER, SIGN_IN, ROSTER_LINE = Kind("roster"), Kind("sign_in", expires=True), Kind("roster_line")
KINDS = (ROSTER, SIGN_IN, ROSTER_LINE)
CHAIN = "49053012"
PAGE = 20


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.servers)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "house.db", (*KINDS, *audit.KINDS))
    else:
        url, database = request.getfixturevalue("mongodb_url"), request.getfixturevalue("database")
        opened = MongoStore(url, database, (*KINDS, *audit.KINDS))
    await opened.prepare()
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every, "PAGE", PAGE)


def told(n: int, verb: str = "submit") -> dict[str, Any]:
    return {"n": n, "by": "li.min", "name": "李敏", "verb": verb}


def acts_of(documents: Mapping[str, int], kind: str = "roster") -> list[tuple[str, dict[str, Any]]]:
    """Id → how many acts: all first acts, then all second ones, as days in an office go."""
    return [
        (audit.act_id(kind, id, n), told(n))
        for n in range(1, max(documents.values(), default=0) + 1)
        for id, acts in documents.items()
        if n <= acts
    ]


async def chain_of(store: Store, acts: Iterable[tuple[str, dict[str, Any]]], chain: str = CHAIN) -> None:
    before, entries = audit.START, []
    for n, (act, row) in enumerate(acts, 1):
        body = {"chain": chain, "n": n, "act": act, "path": "/", "told": row, "before": before}
        body["hash"] = before = audit.hash_of(body)
        entries.append(Record(audit.entry_id(chain, n), body))
    await store.add_many(audit.ENTRIES.name, entries)
    await store.add(audit.HEADS.name, Record(chain, {"n": len(entries), "hash": before}))


async def keep(store: Store, documents: Mapping[str, int], kind: str = "roster") -> None:
    await store.add_many(
        kind,
        [Record(id, {"history": [told(n) for n in range(1, acts + 1)]}) for id, acts in documents.items()],
    )


def row_of(row: dict[str, Any]) -> Outgoing:
    """As it waits in the outbox of its document."""
    at = datetime(2026, 4, 3, tzinfo=UTC)
    return Outgoing(row["n"], at, AUDIT, CHAIN, json.dumps(row, ensure_ascii=False), {"path": "/"})


def named(checked: Checked) -> list[str]:
    return [f"{one.entry}: {one.what.partition(' · ')[2]}" for one in checked.findings]


async def test_what_is_held_does_not_grow_with_the_chain(tmp_path: Path) -> None:
    peaks: list[int] = []
    for name, documents in (("once", 100), ("eight times", 800)):
        store = SqliteStore(tmp_path / f"{name}.db", (*KINDS, *audit.KINDS))
        await store.prepare()
        made = {f"r{n:06d}": 4 for n in range(documents)}
        await chain_of(store, acts_of(made))
        await keep(store, made)
        tracemalloc.start()
        checked = await check(store, KINDS)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        await store.close()
        assert (checked.entries, checked.findings) == (documents * 4, [])
    assert peaks[1] < peaks[0] * 1.3, peaks


async def test_what_is_held_does_not_grow_with_documents_that_are_gone(tmp_path: Path) -> None:
    """Those that are over by nature leave their acts in the chain for ever."""
    peaks: list[int] = []
    for name, documents in (("once", 400), ("eight times", 3200)):
        store = SqliteStore(tmp_path / f"{name}.db", (*KINDS, *audit.KINDS))
        await store.prepare()
        await chain_of(store, acts_of({f"s{n:06d}": 1 for n in range(documents)}, "sign_in"))
        tracemalloc.start()
        assert (await check(store, KINDS)).findings == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        await store.close()
    assert peaks[1] < peaks[0] * 1.3, peaks


async def test_ids_may_begin_with_one_another(store: Store) -> None:
    """Their acts then stand in another order than they do."""
    made = {f"{id}{n}": 3 for n in range(15) for id in ("a", "a ", "a!b", "a#000000002", "a#", "a-1", "鉴")}
    await chain_of(store, acts_of(made))
    await keep(store, made)
    assert named(await check(store, KINDS)) == []


async def test_kinds_may_begin_with_one_another(store: Store) -> None:
    made = {f"r{n}": 2 for n in range(PAGE)}
    await chain_of(store, [*acts_of(made), *acts_of(made, "roster_line"), *acts_of(made, "sign_in")])
    for kind in KINDS:
        await keep(store, made, kind.name)
    assert named(await check(store, KINDS)) == []


async def test_every_fault_is_named_among_many_without(store: Store) -> None:
    made = {f"r{n:03d}": 2 for n in range(5 * PAGE)}
    acts = acts_of(made)
    await chain_of(store, [one for one in acts if not one[0].startswith("roster/r031#")])
    await keep(store, {id: rows for id, rows in made.items() if id not in ("r050", "r070")})
    await store.add("roster", Record("r070", {"history": [told(1), told(2, "approve")]}))
    assert named(await check(store, KINDS)) == [
        "roster/r031#000000001: is missing in the chain",
        "roster/r031#000000002: is missing in the chain",
        "roster/r070#000000002: differs from what the chain says",
        "roster/r050#000000001: was removed from the document's own history",
    ]


@pytest.mark.parametrize("kind", ["aaa", "rosteq", "roster_lin", "zzz"])
async def test_acts_of_a_kind_that_is_not_there_are_named(store: Store, kind: str) -> None:
    made = {f"r{n}": 2 for n in range(PAGE)}
    await chain_of(store, [*acts_of(made), *acts_of({"x": 2}, kind)])
    await keep(store, made)
    assert named(await check(store, KINDS)) == [f"{kind}/x#000000001: was removed from the document's own history"]


async def test_an_act_that_stands_in_two_chains_is_named_once(store: Store) -> None:
    made = {f"r{n:03d}": 1 for n in range(PAGE)}
    await chain_of(store, acts_of(made))
    await chain_of(store, acts_of({"r003": 1, "r004": 1}), "49053013")
    await keep(store, made)
    assert named(await check(store, KINDS)) == ["49053013#000000001: stands in the chain twice"]


class Meanwhile:
    """A store in which something happens as soon as somebody has read the documents of a kind."""

    def __init__(self, store: Store, act: Any) -> None:
        self._store, self._act = store, act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def find(self, kind: str, *asked: Any, **how: Any) -> Page:
        page = await self._store.find(kind, *asked, **how)
        if kind == "roster" and self._act:
            act, self._act = self._act, None
            await act()
        return page


async def test_an_act_while_the_documents_are_read_is_no_finding(store: Store) -> None:
    """The document was read without it, its entry is met afterwards."""
    made = {f"r{n:03d}": 1 for n in range(PAGE * 3)}
    await chain_of(store, acts_of(made))
    await keep(store, made)

    async def act() -> None:
        for id in ("r000", "r030"):
            record = await store.get("roster", id)
            assert record is not None
            await store.put("roster", Record(id, {"history": [told(1), told(2)]}, record.version))
            await audit.append(store, "roster", id, row_of(told(2)))

    assert named(await check(Meanwhile(store, act), KINDS)) == []  # type: ignore[arg-type]


async def test_acts_that_wait_in_their_outboxes_are_asked_for_together(store: Store) -> None:
    made = {f"r{n:03d}": 1 for n in range(PAGE)}
    for id in made:
        await store.add("roster", Record(id, {"history": [told(1)]}), [row_of(told(1))])
    looks = 0

    class Counting(Meanwhile):
        async def pending(self, limit: int) -> Any:
            nonlocal looks
            looks += 1
            return await store.pending(limit)

    assert named(await check(Counting(store, None), KINDS)) == []  # type: ignore[arg-type]
    assert looks == 1
