"""Documents loaded by whoever may reach them, listed below a path, and left out of a list where they cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.notification import MailingPlanned
from shared.errors import NotFound, Stale
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.keeping.asked import Asked
from shared.ports import Kind, Record
from shared.trade.roles import Role
from shared.words import Words
from tests.world.clock import MORNING

PATHS = {"centre": "/49000001/", "branch": "/49000001/49050001/", "other": "/49000001/49060001/"}


class Paper(Aggregate):
    KIND: ClassVar[str] = "paper"
    SOURCE: ClassVar[str] = "/somebody"
    WORDS: ClassVar[Words] = Words("paper", ("物", "thing"), states={}, verbs={})

    path: str


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "papers.sqlite", (Kind(Paper.KIND, indexes=(("path",),)),))
    for name, path in PATHS.items():
        await repository.add(store, Paper(id=name, state="open", path=path))
    yield store
    await store.close()


def at(path: str) -> Actor:
    return Actor("x", "x", "", path, frozenset({Role.AUDITOR}))


@pytest.mark.parametrize("name", PATHS)
async def test_what_lies_outside_the_path_is_not_there(store: SqliteStore, name: str) -> None:
    by = at(PATHS["branch"])
    if name == "branch":
        assert (await repository.reached(store, Paper, name, by)).id == name
        return
    with pytest.raises(NotFound):
        await repository.reached(store, Paper, name, by)


@pytest.mark.parametrize(
    ("path", "wanted"), [(PATHS["centre"], ["centre", "branch", "other"]), (PATHS["branch"], ["branch"]), ("/9/", [])]
)
async def test_a_list_holds_one_s_own_body_and_what_stands_below(
    store: SqliteStore, path: str, wanted: list[str]
) -> None:
    page = await repository.below(store, Paper.KIND, at(path))
    assert [record.id for record in page.records] == wanted


@pytest.mark.parametrize("waits", [False, True])
async def test_a_change_is_the_verb_and_one_write_and_shows_what_became_of_it(store: SqliteStore, waits: bool) -> None:
    """Also of a verb that has to ask somebody first."""
    by = at(PATHS["branch"])

    def close(paper: Paper) -> None:
        paper.move("close", "closed", by, MORNING)

    async def close_later(paper: Paper) -> None:
        await store.ping()
        close(paper)

    changed = await repository.change(store, Paper, "branch", Asked(by, MORNING, 1), close_later if waits else close)
    assert (changed.state, changed.version) == ("closed", 2)
    kept = await repository.load(store, Paper, "branch")
    assert (kept.state, kept.version) == ("closed", 2)
    with pytest.raises(Stale):
        await repository.change(store, Paper, "branch", Asked(by, MORNING, 1), close)
    with pytest.raises(NotFound):
        await repository.change(store, Paper, "other", Asked(by, MORNING, 1), close)


async def test_who_is_overtaken_begins_from_the_beginning(store: SqliteStore) -> None:
    overtakes = 2

    async def load_and_close() -> Paper:
        nonlocal overtakes
        mine = await repository.load(store, Paper, "branch")
        if overtakes:
            overtakes -= 1
            theirs = await repository.load(store, Paper, "branch")
            theirs.move("read", "open", at(PATHS["branch"]), MORNING)
            await repository.save(store, theirs)
        mine.move("close", "closed", at(PATHS["branch"]), MORNING)
        await repository.save(store, mine)
        return mine

    closed = await repository.in_turn(load_and_close, 3)
    assert [entry.verb for entry in closed.history] == ["read", "read", "close"]
    overtakes = 3
    with pytest.raises(Stale):
        await repository.in_turn(load_and_close, 3)


async def test_what_there_is_nothing_to_do_about_is_not_written(store: SqliteStore) -> None:
    def nothing(_: Paper) -> bool:
        return False

    def read(paper: Paper) -> None:
        paper.move("read", "open", at(PATHS["branch"]), MORNING)

    assert (await repository.retried(store, Paper, "branch", nothing)).version == 1
    assert (await repository.retried(store, Paper, "branch", read)).version == 2


async def test_of_two_who_write_first_one_counts(store: SqliteStore) -> None:
    for given in (Paper(id="new", state="open", path="/"), Paper(id="new", state="open", path="/")):
        assert await repository.save_if_first(store, given) is (given.version == 1)
    mine, theirs = [await repository.load(store, Paper, "new") for _ in range(2)]
    assert await repository.save_if_first(store, theirs) is True
    assert await repository.save_if_first(store, mine) is False
    assert (await repository.load(store, Paper, "new")).version == 2


async def test_one_document_that_cannot_be_read_hides_no_other(store: SqliteStore) -> None:
    await store.add(Paper.KIND, Record("torn", {"state": "open", "path": None}))
    before = repository.UNREADABLE[Paper.KIND]
    records = (await store.find(Paper.KIND)).records
    found, left_out = repository.readable(Paper, records)
    assert ([paper.id for paper in found], left_out) == (["branch", "centre", "other"], ["torn"])
    assert repository.UNREADABLE[Paper.KIND] == before + 1


def test_every_row_of_the_outbox_has_a_number_of_its_own() -> None:
    """Acts, facts and replays count together; a fact may be about something else than the document is called."""
    paper = Paper(id="p", state="open", path=PATHS["branch"])
    paper.move("read", "open", at(PATHS["branch"]), MORNING)
    paper.note(MailingPlanned(mailing="m", letter="approved"), MORNING, about="reference")
    paper.post("", "queue.parked", "wire", {}, MORNING)
    paper.note(MailingPlanned(mailing="m", letter="approved"), MORNING)
    assert [row.n for row in paper.outgoing] == [1, 2, 3, 4]
    wires = [row.wire for row in paper.outbox]
    assert ['"subject":"reference"' in wires[0], '"subject":"p"' in wires[2]] == [True, True]
    assert "/somebody/paper/reference#0000000002" in wires[0]
