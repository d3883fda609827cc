"""How much of an annual plan its sessions took: by state, by occupation and level, without what a winding-up moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from services.plan.declares import KINDS
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.session_plans.storage import taken
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.plan import PlannedItem
from shared.keeping import repository
from shared.trade.roles import Role
from tests.world.clock import MORNING

CENTRE, BRANCH, STATION, TARGET = "49000001", "49050001", "49053012", "49053013"
PATH = f"/{CENTRE}/{BRANCH}/{STATION}/"
ANNUAL = f"{STATION}-2026"
TURNER = "6-04-01-01"
HEAD = Actor("head", "h", STATION, PATH, frozenset({Role.STATION_HEAD}))
OFFICER = Actor("officer", "o", BRANCH, f"/{CENTRE}/{BRANCH}/", frozenset({Role.BRANCH_OFFICER}))
APPROVER = Actor("approver", "a", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_APPROVER}))
WHO = {"submit": HEAD, "withdraw": HEAD, "discard": HEAD, "endorse": OFFICER, "send_back": OFFICER, "approve": APPROVER}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "plan.sqlite", KINDS)
    yield store
    await store.close()


def session(number: int, *heads: tuple[int, int], annual: str = ANNUAL) -> SessionPlan:
    """heads: by level."""
    return SessionPlan(
        id=f"{STATION}-2026-{number:03d}",
        body=STATION,
        path=PATH,
        prepared_by="clerk",
        year=2026,
        number=number,
        annual_plan=annual,
        held_on=date(2026, 6, 20),
        place="考场",
        in_charge="吴刚",
        items=[
            PlannedItem(occupation=TURNER, occupation_zh="车工", occupation_en="turner", level=level, heads=count)
            for level, count in heads
        ],
    )


async def keep(store: SqliteStore, plan: SessionPlan, *steps: str) -> None:
    for verb in steps:
        plan.step(verb, WHO[verb], MORNING, "理由")
    assert await repository.add(store, plan)


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        ((), False),
        (("submit",), True),
        (("submit", "endorse"), True),
        (("submit", "endorse", "approve"), True),
        (("submit", "send_back"), False),
        (("submit", "withdraw"), False),
        (("discard",), False),
    ],
    ids=["draft", "submitted", "endorsed", "approved", "returned", "withdrawn", "discarded"],
)
async def test_what_is_handed_in_takes_its_heads(store: SqliteStore, steps: tuple[str, ...], counts: bool) -> None:
    await keep(store, session(1, (4, 60)), *steps)
    assert await taken(store, ANNUAL) == ({(TURNER, 4): 60} if counts else {})


async def test_the_sessions_of_one_annual_plan_add_up_level_by_level(store: SqliteStore) -> None:
    await keep(store, session(1, (4, 60), (5, 20)), "submit")
    reported = session(2, (4, 7))
    await keep(store, reported, "submit", "endorse", "approve")
    reported.close(MORNING)
    await repository.save(store, reported)
    await keep(store, session(3, (4, 500), annual=f"{STATION}-2027"), "submit")
    assert await taken(store, ANNUAL) == {(TURNER, 4): 67, (TURNER, 5): 20}
    assert await taken(store, ANNUAL, besides=f"{STATION}-2026-001") == {(TURNER, 4): 7}


async def test_what_was_moved_or_voided_takes_nothing(store: SqliteStore) -> None:
    moved = session(1, (4, 60))
    await keep(store, moved, "submit", "endorse", "approve")
    moved.transfer(APPROVER, MORNING, "取消资质", TARGET, f"/{CENTRE}/{BRANCH}/{TARGET}/")
    await repository.save(store, moved)
    voided = session(2, (4, 60))
    await keep(store, voided, "submit", "endorse", "approve")
    voided.void(APPROVER, MORNING, "取消资质", "sanction")
    await repository.save(store, voided)
    assert await taken(store, ANNUAL) == {}
