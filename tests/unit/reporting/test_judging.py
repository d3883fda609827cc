"""Of several rosters that hold the same hash, which one is named: the one whose certificates exist, not one under way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import permutations
from pathlib import Path

import pytest

from services.reporting.certified.certified import CertifiedBefore, Holder
from services.reporting.declares import KINDS
from services.reporting.rosters.usecases.certifying import Judge
from shared.adapters.sqlite.store import SqliteStore
from shared.ports import Store

APPROVED, UNDER_WAY, GONE = (Holder(roster=name, n=1, import_id="i") for name in ("approved", "under way", "gone"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "reporting.sqlite", KINDS)
    yield store
    await store.close()


def judge(store: Store) -> Judge:
    """Who looked at each of them already."""
    return Judge(
        store,
        {
            APPROVED: CertifiedBefore(n=1, roster="approved", body="49053012"),
            UNDER_WAY: CertifiedBefore(n=1, roster="under way", body="49053012", pending=True),
            GONE: None,
        },
    )


@pytest.mark.parametrize("pending", [True, False])
@pytest.mark.parametrize("holders", [*permutations((APPROVED, UNDER_WAY, GONE))])
async def test_whatever_the_order_the_approved_one_is_named(
    store: Store, holders: tuple[Holder, ...], pending: bool
) -> None:
    """Also at the import, which looks away from what is only under way: it must not hide what is approved."""
    found = await judge(store).first(17, holders, pending=pending)
    assert found is not None
    assert (found.roster, found.n, found.pending) == ("approved", 17, False)


async def test_one_under_way_is_named_where_it_is_asked_for(store: Store) -> None:
    asked_for = await judge(store).first(17, [GONE, UNDER_WAY])
    assert asked_for is not None and asked_for.pending
    assert await judge(store).first(17, [GONE, UNDER_WAY], pending=False) is None
    assert await judge(store).first(17, [GONE]) is None
