"""What every store promises. Expectations are written by hand: neither adapter is measured against the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.mongo import MongoStore
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Stale, Unavailable
from shared.ports import GET_TOGETHER, Kind, Outgoing, Record, Store

KINDS = (
    Kind("roster", indexes=(("state", "held_on"), ("path",))),
    Kind("session_plan"),
    Kind("sign_in", indexes=(("until",),), expires=True),
)
NOON = datetime(2026, 4, 3, 4, 0, 0, 123456, tzinfo=UTC)

Open = Callable[[], Store]


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.servers)])
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "house.db", KINDS)
    url, database = request.getfixturevalue("mongodb_url"), request.getfixturevalue("database")
    return lambda: MongoStore(url, database, KINDS)


@pytest.fixture
async def reopen(open_one: Open) -> AsyncIterator[Open]:
    """Opens the same stored records anew, as another process would."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(open_one())
        return opened[-1]

    yield again
    for store in opened:
        await store.close()


@pytest.fixture
async def store(reopen: Open) -> Store:
    store = reopen()
    await store.prepare()
    return store


def a_fact(n: int, at: datetime = NOON, **headers: str) -> Outgoing:
    return Outgoing(n, at, "events", "roster.approved.v1", f'{{"n":{n},"说":"已批准"}}', headers)


def a_roster(id: str, **body: Any) -> Record:
    return Record(id, {"state": "draft", **body})


async def test_what_was_added_is_there_after_reopening(reopen: Open, store: Store) -> None:
    record = Record("49053012:2026-07", {"state": "approved", "lines": {"4": 30}}, version=1, facts=1)
    assert await store.add("roster", record, [a_fact(1, traceparent="00-1-2-01")]) is True
    await store.close()

    again = reopen()
    assert await again.get("roster", "49053012:2026-07") == record
    (waiting,) = await again.pending()
    assert (waiting.kind, waiting.id) == ("roster", "49053012:2026-07")
    assert waiting.rows == (
        Outgoing(1, NOON, "events", "roster.approved.v1", '{"n":1,"说":"已批准"}', {"traceparent": "00-1-2-01"}),
    )


async def test_a_store_that_nobody_prepared_works(reopen: Open) -> None:
    store = reopen()
    assert await store.get("roster", "r1") is None
    assert await store.pending() == []
    assert await store.add("roster", a_roster("r1"))
    assert (await store.find("roster", {"state": "draft"})).records == [a_roster("r1")]


async def test_preparing_twice_is_harmless(store: Store) -> None:
    await store.add("roster", a_roster("r1"))
    await store.prepare()
    assert await store.count("roster") == 1


async def test_a_record_is_missing_under_another_kind(store: Store) -> None:
    await store.add("roster", a_roster("r1"))
    assert await store.get("session_plan", "r1") is None
    assert await store.add("session_plan", Record("r1", {"state": "other"})) is True
    assert (await store.get("roster", "r1")) == a_roster("r1")


async def test_adding_twice_changes_nothing_the_second_time(store: Store) -> None:
    assert await store.add("roster", a_roster("r1", n=1), [a_fact(1)]) is True
    assert await store.add("roster", a_roster("r1", n=2), [a_fact(1), a_fact(2)]) is False
    assert (await store.get("roster", "r1")) == a_roster("r1", n=1)
    assert [row.n for row in (await store.pending())[0].rows] == [1]


async def test_twenty_who_add_the_same_record_at_once_have_one_winner(store: Store) -> None:
    won = await asyncio.gather(*(store.add("roster", a_roster("r1", by=n), [a_fact(1)]) for n in range(20)))
    assert sorted(won) == [False] * 19 + [True]
    record = await store.get("roster", "r1")
    assert record is not None and record.body["by"] == won.index(True)


async def test_add_many_adds_what_is_missing_and_keeps_what_is_there(store: Store) -> None:
    await store.add("roster", a_roster("line-1", name="already here"))
    assert await store.add_many("roster", [a_roster(f"line-{n}", name="new") for n in range(5)]) == 4
    assert await store.add_many("roster", [a_roster(f"line-{n}", name="newer") for n in range(7)]) == 2
    names = [record.body["name"] for record in (await store.find("roster")).records]
    assert names == ["new", "already here", "new", "new", "new", "newer", "newer"]
    assert await store.add_many("roster", []) == 0


async def test_get_many_gives_those_that_are_there(store: Store) -> None:
    await store.add_many("roster", [a_roster(f"line-{n}", n=n) for n in range(5)])
    await store.add("roster", a_roster("told", n=9), [a_fact(1)])
    await store.add("session_plan", a_roster("elsewhere"))
    await store.put("roster", a_roster("line-3", n=33))
    found = await store.get_many("roster", ["line-3", "line-1", "missing", "elsewhere", "told", "line-1"])
    assert sorted((one.id, one.body["n"], one.version) for one in found) == [
        ("line-1", 1, 1),
        ("line-3", 33, 2),
        ("told", 9, 1),
    ]
    assert await store.get_many("roster", []) == []


async def test_get_many_takes_as_many_as_it_says(store: Store) -> None:
    ids = [f"line-{n}" for n in range(GET_TOGETHER + 1)]
    await store.add_many("roster", [a_roster(id) for id in ids])
    assert len(await store.get_many("roster", ids[1:])) == GET_TOGETHER
    with pytest.raises(ValueError, match="at a time"):
        await store.get_many("roster", ids)


async def test_put_moves_version_and_facts(store: Store) -> None:
    await store.add("roster", a_roster("r1"))
    await store.put("roster", Record("r1", {"state": "submitted"}, version=1, facts=2), [a_fact(1), a_fact(2)])
    assert await store.get("roster", "r1") == Record("r1", {"state": "submitted"}, version=2, facts=2)


async def test_put_replaces_the_whole_body(store: Store) -> None:
    await store.add("roster", a_roster("r1", remark="gone after the put", nested={"a": 1, "b": 2}))
    await store.put("roster", Record("r1", {"state": "draft", "nested": {"a": 1}}))
    assert await store.get("roster", "r1") == Record("r1", {"state": "draft", "nested": {"a": 1}}, version=2)


async def test_the_second_writer_is_stale_and_leaves_no_fact(store: Store) -> None:
    await store.add("roster", a_roster("r1"))
    await store.put("roster", Record("r1", {"state": "submitted"}, version=1, facts=1), [a_fact(1)])
    with pytest.raises(Stale):
        await store.put("roster", Record("r1", {"state": "returned"}, version=1, facts=1), [a_fact(1), a_fact(2)])
    assert await store.get("roster", "r1") == Record("r1", {"state": "submitted"}, version=2, facts=1)
    (waiting,) = await store.pending()
    assert [row.n for row in waiting.rows] == [1]


async def test_of_many_writers_exactly_one_wins(store: Store) -> None:
    await store.add("roster", a_roster("r1"))

    async def write(n: int) -> bool:
        try:
            await store.put("roster", Record("r1", {"state": "draft", "by": n}, version=1, facts=1), [a_fact(1)])
        except Stale:
            return False
        return True

    won = await asyncio.gather(*(write(n) for n in range(20)))
    assert won.count(True) == 1
    assert await store.get("roster", "r1") == Record("r1", {"state": "draft", "by": won.index(True)}, 2, 1)
    assert len((await store.pending())[0].rows) == 1


async def test_put_on_a_missing_record_is_stale(store: Store) -> None:
    with pytest.raises(Stale):
        await store.put("roster", a_roster("nobody"), [a_fact(1)])
    assert await store.pending() == []
    assert await store.get("roster", "nobody") is None


async def test_facts_of_a_kind_that_nobody_looks_through_are_refused(store: Store) -> None:
    """They would wait for ever: the relay asks for the kinds with which the store was opened."""
    with pytest.raises(ValueError, match="unheard_of"):
        await store.add("unheard_of", a_roster("r-1"), [a_fact(1)])
    assert await store.add("unheard_of", a_roster("r-1"))
    with pytest.raises(ValueError, match="unheard_of"):
        await store.put("unheard_of", Record("r-1", {}, 1, 1), [a_fact(1)])
    assert await store.pending(10) == []


async def test_the_outbox_survives_later_writes(store: Store) -> None:
    await store.add("roster", a_roster("r1"), [a_fact(1)])
    await store.put("roster", Record("r1", {"state": "submitted"}, 1, 2), [a_fact(2)])
    await store.put("roster", Record("r1", {"state": "endorsed"}, 2, 2))
    (waiting,) = await store.pending()
    assert [row.n for row in waiting.rows] == [1, 2]


async def test_sent_removes_up_to_n_and_does_not_touch_the_version(store: Store) -> None:
    await store.add("roster", a_roster("r1"), [a_fact(1), a_fact(2), a_fact(3)])
    await store.sent("roster", "r1", upto=2)
    assert [row.n for row in (await store.pending())[0].rows] == [3]
    record = await store.get("roster", "r1")
    assert record is not None and record.version == 1
    await store.put("roster", Record("r1", {"state": "submitted"}, version=1))  # not stale because of the relay
    assert [row.n for row in (await store.pending())[0].rows] == [3]


async def test_sent_is_harmless_when_repeated_and_empties_the_outbox(store: Store) -> None:
    await store.add("roster", a_roster("r1"), [a_fact(1)])
    await store.sent("roster", "r1", upto=1)
    await store.sent("roster", "r1", upto=1)
    await store.sent("roster", "nobody", upto=1)
    assert await store.pending() == []


async def test_a_fact_that_was_sent_does_not_come_back_with_the_next_write(store: Store) -> None:
    await store.add("roster", a_roster("r1"), [a_fact(1)])
    read_before = await store.get("roster", "r1")
    assert read_before is not None
    await store.sent("roster", "r1", upto=1)
    await store.put("roster", Record("r1", {"state": "submitted"}, read_before.version, 2), [a_fact(2)])
    assert [row.n for row in (await store.pending())[0].rows] == [2]


async def test_pending_gives_the_oldest_first_over_all_kinds_and_rows_in_order(store: Store) -> None:
    later, latest = NOON + timedelta(microseconds=1), NOON + timedelta(hours=1)
    await store.add("roster", a_roster("r-latest"), [a_fact(7, latest)])
    await store.add("session_plan", Record("p-first", {}), [a_fact(1, NOON), a_fact(2, latest), a_fact(3, latest)])
    await store.add("roster", a_roster("r-later"), [a_fact(4, later), a_fact(5, latest)])
    await store.add("roster", a_roster("r-silent"))

    waiting = await store.pending()
    assert [(one.kind, one.id) for one in waiting] == [
        ("session_plan", "p-first"),
        ("roster", "r-later"),
        ("roster", "r-latest"),
    ]
    assert [row.n for row in waiting[0].rows] == [1, 2, 3]
    assert [(one.kind, one.id) for one in await store.pending(limit=2)] == [
        ("session_plan", "p-first"),
        ("roster", "r-later"),
    ]


async def test_a_backlog_is_gone_through_from_its_oldest_however_unevenly_it_came(store: Store) -> None:
    """All at one instant, seconds apart, months apart; and what is noted meanwhile has its place too."""
    steps = [0, 0, 0, 0, 1, 1, 2, 3, 50, 51, 52, 53, 54, 9_000_000, 9_000_001, 9_000_001]
    for n, step in enumerate(reversed(steps)):
        kind = ("roster", "session_plan")[n % 2]
        await store.add(kind, Record(f"r{n:02d}", {}), [a_fact(1, NOON + timedelta(seconds=step))])
    gone: list[datetime] = []
    while waiting := await store.pending(3):
        assert len(waiting) == 3 or len(waiting) + len(gone) == len(steps) + 2
        for one in waiting[:2]:
            gone.append(one.rows[0].at)
            await store.sent(one.kind, one.id, 1)
        if len(gone) == 4:
            await store.add("roster", Record("early", {}), [a_fact(1, NOON + timedelta(seconds=1))])
            await store.add("roster", Record("late", {}), [a_fact(1, NOON + timedelta(seconds=9_999_999))])
    assert gone == [NOON + timedelta(seconds=step) for step in sorted([*steps, 1, 9_999_999])]


async def test_what_is_left_of_an_outbox_waits_since_its_own_instant(store: Store) -> None:
    at = [NOON + timedelta(minutes=n) for n in range(6)]
    await store.add("roster", a_roster("r1"), [a_fact(1, at[0]), a_fact(2, at[3])])
    await store.add("roster", a_roster("r2"), [a_fact(1, at[1])])
    await store.add("roster", a_roster("r3"), [a_fact(1, at[2])])
    assert [one.id for one in await store.pending(1)] == ["r1"]
    await store.sent("roster", "r1", 1)
    await store.put("roster", Record("r2", {"state": "draft"}, 1, 2), [a_fact(2, at[4])])
    assert [one.id for one in await store.pending(2)] == ["r2", "r3"]
    assert [one.id for one in await store.pending(3)] == ["r2", "r3", "r1"]


async def test_an_outbox_is_bounded_when_the_bus_has_been_away_too_long(store: Store) -> None:
    await store.add("roster", a_roster("r1"), [a_fact(n) for n in range(1, 401)])
    with pytest.raises(Unavailable, match="away too long"):
        await store.put("roster", Record("r1", {"state": "submitted"}, 1, 401), [a_fact(401)])
    assert await store.get("roster", "r1") == a_roster("r1")
    with pytest.raises(Stale):  # the older version is the plainer truth
        await store.put("roster", Record("r1", {"state": "submitted"}, 9, 401), [a_fact(401)])
    await store.put("roster", Record("r1", {"state": "noted"}, 1, 400))  # without a fact it goes on
    await store.sent("roster", "r1", upto=1)
    await store.put("roster", Record("r1", {"state": "submitted"}, 2, 401), [a_fact(401)])
    assert len((await store.pending())[0].rows) == 400


async def test_written_tells_of_facts_and_only_of_facts(store: Store) -> None:
    assert not store.written.is_set()
    await store.add("roster", a_roster("r1"))
    await store.put("roster", Record("r1", {"state": "draft"}, 1))
    assert not store.written.is_set()
    await store.put("roster", Record("r1", {"state": "draft"}, 2, 1), [a_fact(1)])
    assert store.written.is_set()
    store.written.clear()
    assert await store.add("roster", a_roster("r1"), [a_fact(1)]) is False
    assert not store.written.is_set()
    assert await store.add("roster", a_roster("r2"), [a_fact(1)])
    assert store.written.is_set()


# --- find -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def ten(store: Store) -> Store:
    """r0 … r9; even ones approved; held on the 1st, 1st, 2nd, 2nd, … of May; open only r3."""
    for n in range(10):
        body = {
            "state": "approved" if n % 2 == 0 else "draft",
            "held_on": f"2026-05-0{n // 2 + 1}",
            "lines": 100 - n,
            "open": n == 3,
            "path": "/49000001/",
        }
        await store.add("roster", Record(f"r{n}", body))
    await store.add("session_plan", Record("p0", {"state": "approved", "held_on": "2026-05-01"}))
    return store


def ids(page: Any) -> list[str]:
    return [record.id for record in page.records]


async def test_find_everything_in_order_of_id(ten: Store) -> None:
    page = await ten.find("roster")
    assert ids(page) == ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"]
    assert page.next is None


async def test_find_by_equality_of_text_number_and_truth(ten: Store) -> None:
    assert ids(await ten.find("roster", {"state": "approved"})) == ["r0", "r2", "r4", "r6", "r8"]
    assert ids(await ten.find("roster", {"state": "approved", "held_on": "2026-05-02"})) == ["r2"]
    assert ids(await ten.find("roster", {"lines": 93})) == ["r7"]
    assert ids(await ten.find("roster", {"open": True})) == ["r3"]
    assert ids(await ten.find("roster", {"open": False, "state": "draft"})) == ["r1", "r5", "r7", "r9"]
    assert ids(await ten.find("roster", {"state": "nothing such"})) == []
    assert ids(await ten.find("roster", {"nothing_such": "approved"})) == []


async def test_find_a_range_includes_its_low_end_only(ten: Store) -> None:
    between = ("held_on", "2026-05-02", "2026-05-04")
    assert ids(await ten.find("roster", between=between)) == ["r2", "r3", "r4", "r5"]
    assert ids(await ten.find("roster", {"state": "draft"}, between=between)) == ["r3", "r5"]
    assert ids(await ten.find("roster", between=("lines", 91, 93))) == ["r8", "r9"]


async def test_find_sorts_by_a_field_then_by_id(ten: Store) -> None:
    assert ids(await ten.find("roster", sort="lines", limit=3)) == ["r9", "r8", "r7"]
    assert ids(await ten.find("roster", sort="state")) == ["r0", "r2", "r4", "r6", "r8", "r1", "r3", "r5", "r7", "r9"]


@pytest.mark.parametrize("sort", ["", "held_on", "state", "lines"])
async def test_pages_put_together_are_the_whole_answer(ten: Store, sort: str) -> None:
    whole = ids(await ten.find("roster", sort=sort))
    got: list[str] = []
    page = await ten.find("roster", sort=sort, limit=3)
    sizes = [len(page.records)]
    while True:
        got += ids(page)
        if page.next is None:
            break
        page = await ten.find("roster", sort=sort, limit=3, after=page.next)
        sizes.append(len(page.records))
    assert got == whole
    assert sizes == [3, 3, 3, 1]


async def test_a_full_last_page_has_no_next(ten: Store) -> None:
    first = await ten.find("roster", {"state": "approved"}, sort="held_on", limit=3)
    assert first.next == ("2026-05-03", "r4")
    second = await ten.find("roster", {"state": "approved"}, sort="held_on", limit=2, after=first.next)
    assert (ids(second), second.next) == (["r6", "r8"], None)


async def test_pages_with_a_range_and_an_equality(ten: Store) -> None:
    between = ("lines", 91, 99)  # r2 … r9
    first = await ten.find("roster", {"state": "draft"}, between=between, sort="lines", limit=2)
    assert (ids(first), first.next) == (["r9", "r7"], (93, "r7"))
    second = await ten.find("roster", {"state": "draft"}, between=between, sort="lines", limit=2, after=first.next)
    assert (ids(second), second.next) == (["r5", "r3"], None)


async def test_pages_of_records_with_the_same_sort_value_forget_nobody(store: Store) -> None:
    await store.add_many("roster", [a_roster(f"r{n:02d}", path=f"/{n % 2}/", state="new") for n in range(20)])
    everything = [f"r{n:02d}" for n in (*range(0, 20, 2), *range(1, 20, 2))]
    for limit in (1, 3, 7, 10, 20):
        found: list[str] = []
        after = None
        while True:
            page = await store.find(
                "roster", {"state": "new"}, between=("path", "/", "/9"), sort="path", after=after, limit=limit
            )
            found += ids(page)
            after = page.next
            if after is None:
                break
        assert found == everything, limit


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        (("/0/", "zz"), ["a", "b", "c"]),
        (("/1/", "a"), ["b", "c"]),
        (("/1/", "zz"), ["c"]),
        (("/2/", "a"), ["c"]),
        (("/2/", "c"), []),
        (("/3/", ""), []),
        (("/4/", ""), []),
    ],
)
async def test_a_page_never_leaves_its_range_wherever_it_is_said_to_begin(
    store: Store, after: tuple[Any, str], wanted: list[str]
) -> None:
    for id, path in (("x", "/0/"), ("a", "/1/"), ("b", "/1/"), ("c", "/2/"), ("y", "/3/")):
        await store.add("roster", a_roster(id, path=path))
    page = await store.find("roster", between=("path", "/1/", "/3/"), sort="path", after=after)
    assert (ids(page), page.next) == (wanted, None)


@pytest.mark.servers
async def test_a_database_of_an_earlier_release_gets_the_indexes_of_this_one(mongodb_url: str, database: str) -> None:
    """While it is asked: who does not know yet that an index went finds his records all the same."""
    earlier = MongoStore(mongodb_url, database, (Kind("roster", indexes=(("path",), ("path", "held_on"))),))
    now = MongoStore(mongodb_url, database, KINDS)
    question: dict[str, Any] = {"between": ("path", "/1/", "/2/"), "sort": "held_on"}
    await earlier.add("roster", a_roster("r", path="/1/", held_on="2026-04-03", state="new"))
    assert ids(await earlier.find("roster", **question)) == ["r"], "nobody prepared it"
    await earlier.prepare()
    assert ids(await earlier.find("roster", **question)) == ["r"]
    await now.prepare()
    there = await now._database["roster"].index_information()
    assert {name for name in there if name.startswith("by_")} == {"by_path", "by_state_held_on"}
    assert ids(await earlier.find("roster", **question)) == ["r"]
    assert ids(await earlier.find("roster", {"path": "/1/"}, sort="held_on")) == ["r"]
    assert await earlier.count("roster", {"path": "/1/"}) == 1
    await earlier.close()
    await now.close()


async def test_records_without_the_sort_field_come_first_and_no_page_forgets_them(store: Store) -> None:
    for n, body in enumerate([{"due": "b"}, {}, {"due": "a"}, {}, {}]):
        await store.add("roster", Record(f"r{n}", body))
    got: list[str] = []
    after = None
    for _ in range(5):
        page = await store.find("roster", sort="due", limit=1, after=after)
        got += ids(page)
        after = page.next
    assert (got, after) == (["r1", "r3", "r4", "r2", "r0"], None)


async def test_count(ten: Store) -> None:
    assert await ten.count("roster") == 10
    assert await ten.count("roster", {"state": "approved"}) == 5
    assert await ten.count("roster", {"state": "approved", "held_on": "2026-05-01"}) == 1
    assert await ten.count("nothing_such") == 0


async def test_count_of_a_range(ten: Store) -> None:
    """What `find` of the same question finds: the low end, not the high one."""
    between = ("held_on", "2026-05-02", "2026-05-04")
    assert await ten.count("roster", between=between) == 4
    assert await ten.count("roster", {"state": "draft"}, between=between) == 2
    assert await ten.count("roster", between=("lines", 91, 93)) == 2
    assert await ten.count("roster", {"state": "approved"}, between=("held_on", "2027-01-01", "2028-01-01")) == 0


# --- deleting: what is over by nature, and nothing else ---------------------------------------------------------------


async def test_what_is_over_is_removed_for_good(reopen: Open, store: Store) -> None:
    await store.add("sign_in", Record("s1", {"until": "2026-04-03"}))
    await store.add("sign_in", Record("s2", {"until": "2026-04-04"}))
    await store.put("sign_in", Record("s1", {"until": "2026-04-05"}, version=1))
    assert await store.delete("sign_in", "s1", 2) is True
    again = reopen()
    assert await again.get("sign_in", "s1") is None
    assert ids(await again.find("sign_in", sort="until")) == ["s2"]
    assert await again.count("sign_in") == 1


async def test_deleting_twice_or_what_was_never_there_changes_nothing(store: Store) -> None:
    await store.add("sign_in", Record("s1", {}))
    assert [await store.delete("sign_in", "s1", 1) for _ in range(2)] == [True, False]
    assert await store.delete("sign_in", "never there", 1) is False


async def test_twenty_who_delete_the_same_record_at_once_have_one_winner(store: Store) -> None:
    await store.add("sign_in", Record("s1", {}))
    won = await asyncio.gather(*(store.delete("sign_in", "s1", 1) for _ in range(20)))
    assert sorted(won) == [False] * 19 + [True]


async def test_what_was_changed_meanwhile_stays(store: Store) -> None:
    await store.add("sign_in", Record("s1", {"used": 0}))
    await store.put("sign_in", Record("s1", {"used": 1}, version=1))
    assert await store.delete("sign_in", "s1", 1) is False
    assert await store.get("sign_in", "s1") == Record("s1", {"used": 1}, version=2)


async def test_what_has_something_to_send_stays_until_it_is_sent(store: Store) -> None:
    await store.add("sign_in", Record("s1", {}, facts=2), [a_fact(1), a_fact(2)])
    assert await store.delete("sign_in", "s1", 1) is False
    await store.sent("sign_in", "s1", 1)
    assert await store.delete("sign_in", "s1", 1) is False
    assert [row.n for waiting in await store.pending() for row in waiting.rows] == [2]
    await store.sent("sign_in", "s1", 2)
    assert await store.delete("sign_in", "s1", 1) is True
    assert await store.pending() == []
    await store.sent("sign_in", "s1", 2)  # a relay that comes late


async def test_who_changes_what_was_deleted_meanwhile_is_told(store: Store) -> None:
    await store.add("sign_in", Record("s1", {}))
    await store.delete("sign_in", "s1", 1)
    with pytest.raises(Stale):
        await store.put("sign_in", Record("s1", {}, version=1), [a_fact(1)])
    assert (await store.get("sign_in", "s1"), await store.pending()) == (None, [])
    assert await store.add("sign_in", Record("s1", {"new": True})) is True


@pytest.mark.parametrize("kind", ["roster", "session_plan", "nothing_such"])
async def test_of_no_other_kind_anything_is_ever_deleted(store: Store, kind: str) -> None:
    await store.add(kind, a_roster("r1"))
    with pytest.raises(ValueError, match="nothing of it is ever deleted"):
        await store.delete(kind, "r1", 1)
    assert await store.get(kind, "r1") == a_roster("r1")


# --- awkward content ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"name": "欧阳𠮷娜·ñandú 'quoted' \"twice\" \\ back\nline\ttab \u0000 nul 🎖"},
        {"largest": 2**63 - 1, "smallest": -(2**63), "ratio": 0.1, "minus": -1.5e-9, "zero": 0},
        {"list": [], "map": {}, "nested": [[], [[1, 2], []], {"a": [None, True, False]}], "none": None, "text": ""},
        {"applied": {"/plan/session/2026-07": 3, "键": 1, " ": 2}},
        {"wide": [{"n": n, "name": "王小明"} for n in range(2000)]},
        {},
    ],
    ids=["text", "numbers", "empty and nested", "keys", "wide", "nothing"],
)
async def test_bodies_read_back_as_they_were_written(reopen: Open, store: Store, body: dict[str, Any]) -> None:
    await store.add("roster", Record("r/1 #?&%", body))
    await store.put("roster", Record("r/1 #?&%", body, version=1))
    again = await reopen().get("roster", "r/1 #?&%")
    assert again == Record("r/1 #?&%", body, version=2)
    assert again is not None and repr(again.body) == repr(body)  # 1 stays 1, True stays True


@pytest.mark.parametrize(
    "body",
    [{"a.b": 1}, {"nested": [{"$set": 1}]}, {"n": 2**63}, {"numbered": {1: "one"}}, {"at": NOON}],
    ids=["dot", "dollar", "too big", "number as key", "not JSON"],
)
async def test_bodies_that_only_one_of_the_databases_could_keep_are_refused(store: Store, body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="body"):
        await store.add("roster", Record("r1", body))
    assert await store.get("roster", "r1") is None


async def test_many_documents_at_once(store: Store) -> None:
    records = [Record(f"line-{n:05d}", {"n": n, "name": "张三"}) for n in range(3000)]
    assert await store.add_many("roster", records) == 3000
    assert await store.count("roster") == 3000
    await asyncio.gather(*(store.put("roster", Record(r.id, {"n": -1}, 1, 1), [a_fact(1)]) for r in records[:200]))
    assert len(await store.pending(limit=500)) == 200


async def test_ping_answers(store: Store) -> None:
    await store.ping()
