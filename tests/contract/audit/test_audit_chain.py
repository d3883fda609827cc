"""The audit chain: every act once, in order, tied to the one before, however often the relay repeats itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sqlite.store import SqliteStore
from shared.audit import chain as audit
from shared.errors import Stale
from shared.ports import Outgoing, Record, Store
from shared.ports.exchanges import AUDIT

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
STATION = "49053012"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SqliteStore(tmp_path / "x.sqlite", audit.KINDS)
    yield opened
    await opened.close()


def an_act(n: int) -> Outgoing:
    headers = {"path": f"/49000001/{STATION}/"}
    return Outgoing(n=n, at=NOW, exchange=AUDIT, key=STATION, wire=f'{{"n": {n}, "verb": "submit"}}', headers=headers)


async def chain(store: Store) -> list[Record]:
    return (await store.find(audit.ENTRIES.name)).records


async def test_acts_are_tied_to_each_other(store: Store) -> None:
    for n in (1, 3, 4):
        await audit.append(store, "roster", "r", an_act(n))
    one, two, three = await chain(store)
    assert [entry.body["n"] for entry in (one, two, three)] == [1, 2, 3]
    assert one.body["before"] == audit.START
    assert (two.body["before"], three.body["before"]) == (one.body["hash"], two.body["hash"])
    head = await store.get(audit.HEADS.name, STATION)
    assert head is not None and head.body == {"n": 3, "hash": three.body["hash"]}


async def test_a_repeated_act_is_appended_once(store: Store) -> None:
    for n in (1, 1, 2, 1, 2):
        await audit.append(store, "roster", "r", an_act(n))
    assert [entry.body["act"] for entry in await chain(store)] == ["roster/r#000000001", "roster/r#000000002"]


async def test_an_entry_in_front_of_its_head_is_caught_up_with(store: Store) -> None:
    """Somebody died between the entry and the head: the next act finds its place taken, and comes again."""
    await audit.append(store, "roster", "r", an_act(1))
    head = await store.get(audit.HEADS.name, STATION)
    await audit.append(store, "roster", "r", an_act(2))
    behind = await store.get(audit.HEADS.name, STATION)
    assert head is not None and behind is not None
    await store.put(audit.HEADS.name, Record(STATION, head.body, behind.version))
    with pytest.raises(Stale):
        await audit.append(store, "roster", "r", an_act(3))
    await audit.append(store, "roster", "r", an_act(3))
    assert [entry.body["n"] for entry in await chain(store)] == [1, 2, 3]


async def test_two_relays_append_an_act_once(store: Store) -> None:
    """The other one appends it between our look at the head and our question whether it is there."""

    class Overtaken:
        def __init__(self) -> None:
            self.overtaken = False

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def count(self, kind: str, where: Any = None, **more: Any) -> int:
            found = await store.count(kind, where, **more)
            if not self.overtaken:
                self.overtaken = True
                await audit.append(store, "roster", "r", an_act(1))
            return found

    with pytest.raises(Stale):
        await audit.append(Overtaken(), "roster", "r", an_act(1))  # type: ignore[arg-type]
    await audit.append(store, "roster", "r", an_act(1))
    assert [entry.body["act"] for entry in await chain(store)] == ["roster/r#000000001"]
