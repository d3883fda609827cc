"""A store in which planning knows its bodies, and the people who take plans up step by step."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.plan.annual_plans import usecases as annual_plans
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.requests import NewAnnualPlan
from services.plan.declares import KINDS
from services.plan.session_plans import usecases as session_plans
from services.plan.session_plans.requests import NewSessionPlan
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.session_plans.storage import taken
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Invalid
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.trade.roles import Role
from tests.world.clock import MORNING
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, STATION, OTHER = "49000001", "49050001", "49053012", "49053013"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    OTHER: f"/{CENTRE}/{BRANCH}/{OTHER}/",
}
TURNER, WELDER = "6-04-01-01", "6-04-02-05"
HELD_ON = date(2026, 5, 20)


def actor(id: str, role: Role, body: str) -> Actor:
    return Actor(id, id, body, PATHS[body], frozenset({role}))


CLERK, HEAD = actor("clerk", Role.STATION_CLERK, STATION), actor("head", Role.STATION_HEAD, STATION)
OFFICER, APPROVER = actor("officer", Role.BRANCH_OFFICER, BRANCH), actor("approver", Role.CENTRE_APPROVER, CENTRE)
OFFICE = actor("office", Role.CENTRE_CLERK, CENTRE)
UP = ((HEAD, "submit"), (OFFICER, "endorse"), (APPROVER, "approve"))


def licence(levels: tuple[int, ...] = (5, 4, 3), until: date = date(2030, 12, 31)) -> dict[str, Any]:
    return {
        "licence_no": "机械-测试",
        "valid_from": "2020-01-01",
        "valid_until": until.isoformat(),
        "scope": [{"occupation": TURNER, "levels": list(levels)}],
    }


async def know(store: SqliteStore, code: str, **more: Any) -> None:
    """What planning knows of a body, from now on."""
    kind = "centre" if code == CENTRE else "branch" if code == BRANCH else "station"
    usual: dict[str, Any] = {"kind": kind, "state": "licensed", "licence": licence()}
    await hear_of_body(store, code, PATHS[code], **{**usual, **more})


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SqliteStore]:
    """A store that knows every body."""
    store = SqliteStore(folder / "plan.sqlite", (*KINDS, *MACHINERY))
    for code in PATHS:
        await know(store, code)
    yield store
    await store.close()


def asked(by: Actor, version: int = 0, at: datetime = MORNING) -> Asked:
    return Asked(by, at, version)


def items(*planned: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"occupation": code, "level": level, "heads": heads} for code, level, heads in planned]


USUAL = items((TURNER, 4, 60), (TURNER, 5, 20))


def an_annual(year: int = 2026, planned: list[dict[str, Any]] = USUAL) -> NewAnnualPlan:
    return NewAnnualPlan.model_validate({"year": year, "items": planned})


def a_session(planned: list[dict[str, Any]] = USUAL, **more: Any) -> NewSessionPlan:
    """With three sets of papers for each item."""
    content = {
        "year": 2026,
        "number": 7,
        "held_on": HELD_ON,
        "place": "考场",
        "in_charge": "吴刚",
        "items": [{**item, "paper_sets": 3} for item in planned],
    }
    return NewSessionPlan.model_validate({**content, **more})


def places(caught: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.where for problem in caught.value.problems]


async def with_annual(store: SqliteStore) -> AnnualPlan:
    return await annual_plans.draft(store, asked(CLERK), "annual", an_annual())


async def with_approved(store: SqliteStore) -> AnnualPlan:
    plan = await with_annual(store)
    for by, verb in UP:
        plan = await annual_plans.step(store, plan.id, asked(by, plan.version), verb, taken=partial(taken, store))
    return plan


async def with_session(store: SqliteStore, **more: Any) -> SessionPlan:
    if await repository.seek(store, AnnualPlan, f"{STATION}-2026") is None:
        await with_approved(store)
    return await session_plans.draft(store, asked(CLERK), "session", a_session(**more))


async def taken_up(
    store: SqliteStore, plan: SessionPlan, *, at: datetime = MORNING, lead_days: int = 30, **reasons: str
) -> SessionPlan:
    """A draft, step by step to its approval. reasons: by rule."""
    for by, verb in UP:
        plan = await session_plans.step(
            store, plan.id, asked(by, plan.version, at), verb, reasons=reasons, lead_days=lead_days
        )
    return plan


async def approved(store: SqliteStore, **more: Any) -> SessionPlan:
    return await taken_up(store, await with_session(store, **more))
