"""Documents loaded by whoever may reach them, listed below a path, and left out of a list where they cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.notification import MailingPlanned
from shared.errors import NotFound
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.ports import Kind, Record
from shared.trade.roles import Role
from tests.world.clock import MORNING

PATHS = {"centre": "/49000001/", "branch": "/49000001/49050001/", "other": "/49000001/49060001/"}


class Paper(Aggregate):
    KIND: ClassVar[str] = "paper"
    SOURCE: ClassVar[str] = "/somebody"

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
