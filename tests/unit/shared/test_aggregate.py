"""Aggregates and how they are kept: facts in order, the same bytes for ever, one write for state and facts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from services.certificate.ids import batch_id, certificate_id, register_id
from services.notification.ids import mailing_id
from services.plan.ids import session_id
from services.reporting.ids import import_id, page_id
from shared import trace
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.plan import AnnualPlanDue
from shared.errors import AlreadyThere, Invalid, NotFound, NotYet, Stale, Unavailable, WrongState
from shared.keeping import creation, local_copies, repository
from shared.keeping.aggregate import Aggregate
from shared.keeping.asked import Asked
from shared.keeping.ids import fact_id, parked_id, request_id
from shared.ports import Kind, Record
from shared.trade.roles import Role
from shared.words import Words

NOW = datetime(2026, 4, 3, 9, 12, 44, tzinfo=UTC)
SOMEBODY = Actor("zhou", "周宁", "49053012", "/49000001/49053012/", frozenset({Role.STATION_CLERK}))


class Thing(Aggregate):
    KIND: ClassVar[str] = "thing"
    SOURCE: ClassVar[str] = "/plan"
    WORDS: ClassVar[Words] = Words(
        "thing", ("物", "thing"), states={"open": ("开着", "open")}, verbs={"close": ("关上", "closed")}
    )

    name: str = ""


def due(days_left: int) -> AnnualPlanDue:
    return AnnualPlanDue(
        body="49053012", path="/49000001/49053012/", year=2026, due_on=date(2026, 2, 28), days_left=days_left
    )


def facts_of(thing: Aggregate) -> list[Envelope]:
    return [Envelope.read(row.wire) for row in thing.outbox]


# --- facts ----------------------------------------------------------------------------------------------------------------


def test_facts_are_counted_in_the_order_they_happened() -> None:
    thing = Thing(id="t", state="open")
    for n in (7, 3, 1):
        thing.note(due(n), NOW)
    assert [row.n for row in thing.outbox] == [1, 2, 3]
    assert [one.data["days_left"] for one in facts_of(thing)] == [7, 3, 1]
    assert [one.sequence for one in facts_of(thing)] == ["0000000001", "0000000002", "0000000003"]
    assert [one.id for one in facts_of(thing)] == [f"/plan/thing/t#000000000{n}" for n in (1, 2, 3)]


def test_counting_goes_on_after_the_facts_were_sent() -> None:
    """The outbox is not loaded with the document: only how many facts there ever were."""
    thing = Thing.from_record(Record("t", {"state": "open"}, version=4, facts=11))
    thing.note(due(1), NOW)
    assert (thing.outbox[0].n, facts_of(thing)[0].id) == (12, "/plan/thing/t#0000000012")


def test_a_fact_knows_what_it_was_caused_by() -> None:
    thing = Thing(id="t", state="open")
    with trace.working_for("request-1", "/directory/body/x#0000000001"):
        thing.note(due(1), NOW)
    thing.note(due(0), NOW)
    assert [(one.correlationid, one.causationid) for one in facts_of(thing)] == [
        ("request-1", "/directory/body/x#0000000001"),
        ("", ""),
    ]


def test_a_fact_that_carries_too_much_is_a_fault_of_ours() -> None:
    thing = Thing(id="t" * 70_000, state="open")
    with pytest.raises(ValueError, match="more than 65536"):
        thing.note(due(1), NOW)


def test_the_envelope_is_a_cloud_event() -> None:
    thing = Thing(id="t", state="open")
    thing.note(due(1), NOW)
    wire = json.loads(thing.outbox[0].wire)
    assert {name: wire[name] for name in ("specversion", "source", "type", "subject", "datacontenttype")} == {
        "specversion": "1.0",
        "source": "/plan",
        "type": "cn.jianding.annual_plan.due.v1",
        "subject": "t",
        "datacontenttype": "application/json",
    }
    assert datetime.fromisoformat(wire["time"]) == NOW


def test_a_refused_verb_leaves_no_trace() -> None:
    thing = Thing(id="t", state="open")
    with pytest.raises(WrongState, match="物 t 现为“开着”，不能关上 · thing t is open and cannot be closed"):
        thing.only_when("close", "shut")
    assert thing.history == []


def test_an_entry_for_every_move() -> None:
    thing = Thing(id="t", state="open")
    thing.move("close", "closed", SOMEBODY, NOW, "因故")
    (entry,) = thing.history
    assert (entry.at, entry.by, entry.name, entry.body) == (NOW, "zhou", "周宁", "49053012")
    assert (entry.verb, entry.from_state, entry.to_state, entry.reason) == ("close", "open", "closed", "因故")


class Secret(Thing):
    path: str = "/49000001/49053012/"

    @property
    def audit_path(self) -> str:
        return "/49000001/" if self.history[0].verb == "plan" else ""


@pytest.mark.parametrize(
    ("thing", "verb", "chain", "path"),
    [
        (Thing(id="t", state="open"), "plan", "house", SOMEBODY.path),
        (Secret(id="t", state="open"), "plan", "49053012", "/49000001/"),
        (Secret(id="t", state="open"), "close", "49053012", SOMEBODY.path),
    ],
)
def test_an_act_stands_in_one_chain_and_is_read_from_one_place(thing: Thing, verb: str, chain: str, path: str) -> None:
    thing.move(verb, "open", SOMEBODY, NOW)
    (act,) = thing.outgoing
    assert (act.key, act.headers["path"]) == (chain, path)


def test_a_document_of_a_newer_release_still_loads() -> None:
    thing = Thing.from_record(Record("t", {"state": "open", "colour": "red"}, 3, 0))
    assert (thing.version, thing.state) == (3, "open")


IDS = {
    "request": request_id("zhou", "key"),
    "import": import_id("49053012-2026-001", "sha256:00"),
    "certificate": certificate_id("49053012-2026-001", 7),
    "mailing": mailing_id("/a/b/c#0000000001", "approved", "Office@Example.org"),
    "parked": parked_id("certificate.intake", "/a/b/c#0000000001"),
    "fact": fact_id("/plan", "thing", "t", 12),
    "batch": batch_id("49053012-2026-001", 3),
    "session": session_id("49053012", 2026, 1),
    "roster page": page_id("import", 42),
    "register": register_id(2026, "49053012", 4),
}


def test_computed_ids_never_change() -> None:
    """A format that changed would no longer recognise its own work after an upgrade in the middle of a retry."""
    assert IDS == {
        "request": "6874bbb3-27cb-50cb-abf5-b8883cc7cd5f",
        "import": "59e0039f-888f-5599-a7ce-156879b4371b",
        "certificate": "2ab43c77-d799-5d88-970e-afd00dbae2fd",
        "mailing": "702329d2-3443-530a-bbb2-9dfc4412d66d",
        "parked": "80e706cb-881f-5e3d-b2e7-526a4a201646",
        "fact": "/plan/thing/t#0000000012",
        "batch": "49053012-2026-001-b0003",
        "session": "49053012-2026-001",
        "roster page": "import-p0042",
        "register": "2026-49053012-4",
    }


# --- keeping ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    kinds = (Kind("thing"), creation.KIND, *local_copies.kinds(BodyRegistered))
    opened = SqliteStore(tmp_path / "store.sqlite", kinds)
    yield opened
    await opened.close()


async def test_state_and_facts_are_one_write(store: SqliteStore) -> None:
    thing = Thing(id="t", state="open", name="first")
    thing.note(due(7), NOW)
    assert await repository.add(store, thing)
    assert (thing.version, thing.outbox) == (1, ())
    thing.name = "second"
    thing.note(due(3), NOW)
    await repository.save(store, thing)
    (waiting,) = await store.pending()
    assert [row.n for row in waiting.rows] == [1, 2]
    found = await repository.load(store, Thing, "t")
    assert (found.name, found.version, found._facts) == ("second", 2, 2)


async def test_the_slower_of_two_writers_leaves_no_fact_behind(store: SqliteStore) -> None:
    await repository.add(store, Thing(id="t", state="open"))
    first, second = await repository.load(store, Thing, "t"), await repository.load(store, Thing, "t")
    for n, thing in enumerate((first, second)):
        thing.name = str(n)
        thing.note(due(n), NOW)
    await repository.save(store, first)
    with pytest.raises(Stale):
        await repository.save(store, second)
    (waiting,) = await store.pending()
    assert [json.loads(row.wire)["data"]["days_left"] for row in waiting.rows] == [0]
    assert (await repository.load(store, Thing, "t")).name == "0"


async def test_adding_what_is_there_changes_nothing(store: SqliteStore) -> None:
    await repository.add(store, Thing(id="t", state="open", name="first"))
    again = Thing(id="t", state="open", name="second")
    again.note(due(1), NOW)
    assert not await repository.add(store, again)
    assert (await repository.load(store, Thing, "t")).name == "first"
    assert await store.pending() == []


async def test_what_is_not_there_and_what_was_changed(store: SqliteStore) -> None:
    assert await repository.seek(store, Thing, "t") is None
    with pytest.raises(NotFound):
        await repository.load(store, Thing, "t")
    await repository.add(store, Thing(id="t", state="open"))
    found = await repository.load(store, Thing, "t")
    repository.must_be_expected(found, Asked(SOMEBODY, NOW, 1))
    with pytest.raises(Stale):
        repository.must_be_expected(found, Asked(SOMEBODY, NOW, 2))


async def test_a_document_with_too_many_unsent_facts_takes_no_more(store: SqliteStore) -> None:
    thing = Thing(id="t", state="open")
    await repository.add(store, thing)
    for n in range(400):
        thing.note(due(n), NOW)
        await repository.save(store, thing)
    thing.note(due(400), NOW)
    with pytest.raises(Unavailable, match="too long"):
        await repository.save(store, thing)
    await store.sent("thing", "t", 360)
    found = await repository.load(store, Thing, "t")
    found.note(due(400), NOW)
    await repository.save(store, found)
    (waiting,) = await store.pending()
    assert [row.n for row in waiting.rows] == list(range(361, 402))


# --- repeated creations -------------------------------------------------------------------------------------------------------


class Wish(Thing):
    """Stands for the content of a request as well."""


async def test_the_same_request_makes_the_same_thing(store: SqliteStore) -> None:
    content = Wish(id="t", state="open")
    request = await creation.once(store, SOMEBODY, "key", content)
    assert await creation.once(store, SOMEBODY, "key", content) == request
    first = await creation.create(store, Thing(id="t", state="open", name="a"), request, "/t")
    again = await creation.create(store, Thing(id="t", state="open", name="b"), request, "/t")
    assert (first.name, again.name) == ("a", "a")
    with pytest.raises(Invalid):
        await creation.once(store, SOMEBODY, "key", Wish(id="other", state="open"))
    with pytest.raises(AlreadyThere) as caught:
        await creation.create(store, Thing(id="t", state="open"), "another request", "/t")
    assert caught.value.location == "/t"


async def test_a_crash_between_claiming_the_key_and_making_the_thing(store: SqliteStore) -> None:
    """The key is there, the thing is not: the repeat makes it."""
    content = Wish(id="t", state="open")
    await creation.once(store, SOMEBODY, "key", content)
    request = await creation.once(store, SOMEBODY, "key", content)
    made = await creation.create(store, Thing(id="t", state="open"), request, "/t")
    assert made.version == 1


async def test_the_content_of_a_request_is_not_kept(store: SqliteStore) -> None:
    await creation.once(store, SOMEBODY, "key", Wish(id="t", state="open", name="张三"))
    (record,) = (await store.find("request")).records
    assert "张三" not in str(record)
    assert set(record.body) == {"content"}


# --- copies -------------------------------------------------------------------------------------------------------------------


def registered(n: int, name: str) -> Envelope:
    fact = BodyRegistered(
        body="49053012",
        kind="station",
        path="/49000001/49053012/",
        name_zh=name,
        name_en="s",
        produces=False,
        email="a@example.org",
    )
    return Envelope(
        id=fact_id("/directory", "body", "49053012", n),
        source="/directory",
        type="cn.jianding.body.registered.v1",
        subject="49053012",
        time=NOW,
        sequence=f"{n:010d}",
        data=fact.model_dump(mode="json"),
    )


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (1, 3, 3, 2, 1), (9, 10), (10, 9)])
async def test_the_latest_copy_wins_whatever_the_order(store: SqliteStore, order: tuple[int, ...]) -> None:
    for n in order:
        await local_copies.keep(store, BodyRegistered, registered(n, f"第{n}鉴定站"))
    assert (await local_copies.copy_of(store, BodyRegistered, "49053012")).name_zh == f"第{max(order)}鉴定站"
    assert len(await local_copies.all_copies(store, BodyRegistered)) == 1


async def test_a_copy_that_has_not_arrived_is_waited_for(store: SqliteStore) -> None:
    with pytest.raises(NotYet):
        await local_copies.copy_of(store, BodyRegistered, "49053012")


async def test_a_repeat_writes_nothing(store: SqliteStore) -> None:
    for _ in range(3):
        await local_copies.keep(store, BodyRegistered, registered(1, "站名"))
    record = await store.get("copy_body", "49053012")
    assert record is not None
    assert record.version == 1


async def test_all_copies_over_several_pages(store: SqliteStore) -> None:
    body = {"sequence": "0000000001", "copy": registered(1, "站名").data}
    await store.add_many("copy_body", [Record(f"{n:08d}", body) for n in range(1201)])
    assert len(await local_copies.all_copies(store, BodyRegistered)) == 1201
