"""The store on a server: what only a server can do to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import AutoReconnect
from pymongo.monitoring import CommandListener, CommandStartedEvent

from shared.adapters import mongo
from shared.adapters.mongo import MongoStore, MongoUsers
from shared.errors import Stale, Unavailable
from shared.ports import Kind, Outgoing, Record
from tests.world.eventually import eventually
from tests.world.proxy import Proxy

pytestmark = pytest.mark.servers
KINDS = (Kind("roster", (("state", "held_on"),)), Kind("sign_in", expires=True))
FACT = Outgoing(1, datetime(2026, 4, 3, tzinfo=UTC), "events", "roster.approved.v1", "{}")


@pytest.fixture
async def store(mongodb_url: str, database: str) -> AsyncIterator[MongoStore]:
    store = MongoStore(mongodb_url, database, KINDS)
    await store.prepare()
    yield store
    await store.close()


async def test_a_write_that_is_run_twice_knows_itself(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a connection that broke between the write and its answer: the same write, with the same mark, again."""
    monkeypatch.setattr(mongo, "uuid4", lambda: UUID(int=7))
    assert await store.add("roster", Record("r1", {"state": "draft"})) is True
    assert await store.add("roster", Record("r1", {"state": "draft"})) is True
    await store.put("roster", Record("r1", {"state": "approved"}, 1, 1), [FACT])
    await store.put("roster", Record("r1", {"state": "approved"}, 1, 1), [FACT])
    assert await store.get("roster", "r1") == Record("r1", {"state": "approved"}, 2, 1)
    assert len((await store.pending())[0].rows) == 1
    monkeypatch.setattr(mongo, "uuid4", lambda: UUID(int=8))
    assert await store.add("roster", Record("r1", {"state": "draft"})) is False
    with pytest.raises(Stale):
        await store.put("roster", Record("r1", {"state": "approved"}, 1, 1), [FACT])


async def test_only_documents_with_something_to_send_are_in_the_index_of_pending(store: MongoStore) -> None:
    await store.add_many("roster", [Record(f"r{n}", {"state": "draft"}) for n in range(50)])
    await store.add("roster", Record("waiting", {"state": "draft"}), [FACT])
    found = store._database["roster"].find({"outbox.at": {"$exists": True}}).sort("outbox.at", 1)
    assert "'to_send'" in str((await found.explain())["queryPlanner"]["winningPlan"])
    index = (await store._database["roster"].index_information())["to_send"]
    assert index["partialFilterExpression"] == {"outbox.at": {"$exists": True}}


async def test_a_look_is_one_question_that_every_kind_answers_from_its_index(
    mongodb_url: str, database: str, store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked twice a second by every service, and mostly for nothing."""

    class Asked(CommandListener):
        commands: ClassVar[list[str]] = []

        def started(self, event: CommandStartedEvent) -> None:
            self.commands.append(event.command_name)

        def succeeded(self, event: object) -> None: ...

        def failed(self, event: object) -> None: ...

    await store.add("roster", Record("r1", {}), [FACT])
    await store.add("sign_in", Record("s1", {}), [replace(FACT, at=FACT.at - timedelta(seconds=1))])
    monkeypatch.setattr(mongo, "AsyncIOMotorClient", partial(AsyncIOMotorClient, event_listeners=[Asked()]))
    asking = MongoStore(mongodb_url, database, KINDS)
    assert [waiting.id for waiting in await asking.pending()] == ["s1", "r1"]
    assert [name for name in Asked.commands if name in ("find", "aggregate", "getMore")] == ["aggregate"]
    explained = await store._database.command(
        "explain", {"aggregate": "roster", "pipeline": asking._turn(9), "cursor": {}}
    )
    assert str(explained).count("'to_send'") + str(explained).count('"to_send"') >= len(KINDS)
    await asking.close()


def waits(n: int, kind: str = "roster") -> tuple[str, Record, list[Outgoing]]:
    return kind, Record(f"r{n:03d}", {}), [replace(FACT, at=FACT.at + timedelta(seconds=n))]


async def test_a_look_into_a_backlog_asks_for_no_more_than_its_beginning(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an index whose bounds leave the rest aside, because not every server reads one in its order."""
    asked: list[str] = []
    turn = store._turn

    def noted(limit: int, until: str = "") -> list[dict[str, object]]:
        asked.append(until)
        return turn(limit, until)

    monkeypatch.setattr(store, "_turn", noted)
    await asyncio.gather(*(store.add(*waits(n)) for n in range(100)))
    for first in range(0, 100, 10):
        waiting = await store.pending(10)
        assert [one.id for one in waiting] == [f"r{n:03d}" for n in range(first, first + 10)]
        await asyncio.gather(*(store.sent(one.kind, one.id, 1) for one in waiting))
    assert await store.pending(10) == []
    assert asked.count("") <= 3, asked
    explained = str(
        await store._database.command(
            "explain", {"aggregate": "roster", "pipeline": turn(10, asked[1] or asked[2]), "cursor": {}}
        )
    )
    assert explained.count("'waiting_since'") + explained.count('"waiting_since"') >= len(KINDS)


async def test_what_an_earlier_release_wrote_or_sent_is_seen_as_it_is(
    mongodb_url: str, database: str, store: MongoStore
) -> None:
    """It knows nothing of `waiting_since`, and its processes may go on while ours begin."""
    rosters = store._database["roster"]
    for n in range(6):
        await store.add(*waits(n))
    await rosters.update_many({"_id": {"$in": ["r001", "r004"]}}, {"$unset": {"waiting_since": ""}})  # it wrote these
    await rosters.update_one({"_id": "r000"}, {"$pull": {"outbox": {"n": {"$lte": 1}}}})  # and sent this
    assert [one.id for one in await store.pending(10)] == ["r001", "r002", "r003", "r004", "r005"]
    gone: list[str] = []
    while waiting := await store.pending(1):
        gone += [one.id for one in waiting]
        await asyncio.gather(*(store.sent(one.kind, one.id, 1) for one in waiting))
    assert sorted(gone) == ["r001", "r002", "r003", "r004", "r005"]

    for n in range(6, 9):
        await store.add(*waits(n))
    await rosters.update_one({"_id": "r007"}, {"$unset": {"waiting_since": ""}})
    await store.prepare()
    since = {one["_id"]: one.get("waiting_since") async for one in rosters.find({}, {"waiting_since": True})}
    told = {id for id, instant in since.items() if instant}
    assert told == {"r006", "r007", "r008"}
    assert since["r006"] < since["r007"] < since["r008"]


async def test_a_removal_that_was_not_answered_is_repeated(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """No driver does that for a change of many documents."""
    await store.add(*waits(1))
    collection, answers = store._of("roster"), [AutoReconnect("gone"), None]

    class Breaking:
        async def bulk_write(self, changes: Sequence[object], ordered: bool) -> None:
            await collection.bulk_write(changes, ordered=ordered)
            if error := answers.pop(0):
                raise error

    with monkeypatch.context() as patched:
        patched.setattr(store, "_of", lambda kind: Breaking())
        await store.sent("roster", "r001", 1)
    assert answers == []
    assert await store.pending() == []


async def test_what_was_sent_of_many_documents_shares_its_writes(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[int] = []
    remove = store._sent._carry_out

    async def counted(removals: Sequence[tuple[str, str, int]]) -> None:
        writes.append(len(removals))
        await remove(removals)

    monkeypatch.setattr(store._sent, "_carry_out", counted)
    for n in range(50):
        await store.add("roster", Record(f"r{n}", {}), [FACT, replace(FACT, n=2)])
    await store.add("sign_in", Record("s1", {}), [FACT])
    await asyncio.gather(store.sent("sign_in", "s1", 1), *(store.sent("roster", f"r{n}", 1 + n % 2) for n in range(50)))
    assert sum(writes) == 51 and len(writes) <= 2
    assert {one.id: [row.n for row in one.rows] for one in await store.pending()} == {
        f"r{n}": [2] for n in range(0, 50, 2)
    }


async def test_a_cut_connection_is_unavailable_or_unnoticed_and_nothing_is_written_twice(
    mongodb_url: str, database: str, store: MongoStore
) -> None:
    parts = urlsplit(mongodb_url)
    proxy = Proxy(parts.hostname or "", parts.port or 27017)
    await proxy.open()
    url = mongodb_url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{proxy.port}")
    cut = MongoStore(url, database, KINDS)

    async def add(n: int) -> None:
        async def added() -> bool:
            try:
                await cut.add("roster", Record(f"r{n}", {"state": "draft"}), [FACT])
            except Unavailable:
                return False
            return True

        await eventually(added, within=30)

    adding = asyncio.gather(*(add(n) for n in range(300)))
    for _ in range(3):
        await asyncio.wait([adding], timeout=0.05)
        proxy.cut()
    await adding
    assert await store.count("roster") == 300
    assert [len(one.rows) for one in await store.pending(limit=500)] == [1] * 300
    await cut.close()
    await proxy.close()


async def test_no_server_is_unavailable_in_time(database: str) -> None:
    store = MongoStore("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", database, KINDS)
    begun = time.monotonic()
    for attempt in (store.ping(), store.get("roster", "r1"), store.add_many("roster", [Record("r1", {})])):
        with pytest.raises(Unavailable) as caught:
            await attempt
        assert caught.value.ping is not None
    assert time.monotonic() - begun < 5
    await store.close()


async def test_a_wrong_password_is_unavailable(mongodb_url: str, database: str) -> None:
    parts = urlsplit(mongodb_url)
    store = MongoStore(f"mongodb://{parts.username}:wrong@{parts.hostname}:{parts.port}", database, KINDS)
    with pytest.raises(Unavailable):
        await store.get("roster", "r1")
    await store.close()


async def test_a_document_that_grows_too_large_is_a_bug(store: MongoStore) -> None:
    with pytest.raises(ValueError, match=r"too large|larger"):
        await store.add("roster", Record("r1", {"scan": "x" * 17_000_000}))


async def test_a_user_of_a_service_reaches_its_own_database_and_no_other(mongodb_url: str, database: str) -> None:
    """A server that makes no users says so; any other keeps them apart."""
    administrator = MongoUsers(mongodb_url)
    there = await administrator.make("plan", database, "first password of plan")
    assert await administrator.make("plan", database, "password-of-plan") is there
    administrator.close()
    if not there:
        return
    parts = urlsplit(mongodb_url)
    url = f"mongodb://plan:password-of-plan@{parts.hostname}:{parts.port}/?authSource={database}&directConnection=true"
    own, foreign = MongoStore(url, database, KINDS), MongoStore(url, f"{database}_of_others", KINDS)
    await own.prepare()
    assert await own.add("roster", Record("r1", {"state": "draft"}), [FACT])
    assert len(await own.pending()) == 1
    assert await own.add("sign_in", Record("s1", {})) and await own.delete("sign_in", "s1", 1)
    for refused in (foreign.get("roster", "r1"), foreign.add("roster", Record("r1", {})), foreign.prepare()):
        with pytest.raises(Unavailable, match="not authorized"):
            await refused
    await own.close()
    await foreign.close()
