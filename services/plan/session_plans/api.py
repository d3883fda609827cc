"""HTTP of session plans."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.plan.session_plans import usecases
from services.plan.session_plans.requests import NewSessionPlan, SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Clock, Store
from shared.web.access import By
from shared.web.approvals import add_steps
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/session-plans", tags=["鉴定计划 · session plans"])

    @routes.post("", status_code=201, summary="编制鉴定计划 · draft (form 2)")
    async def draft_session(new: NewSessionPlan, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        plan = await usecases.draft(store, clock, by, key, new)
        response.headers["Location"] = f"/plan/session-plans/{plan.id}"
        return _answer(plan, response)

    @routes.put("/{id}", summary="修改鉴定计划 · revise before submitting")
    async def revise_session(
        id: str, entry: SessionPlanEntry, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        return _answer(await usecases.revise(store, clock, id, seen, by, entry), response)

    @routes.get("", summary="列表 · those below one's own body")
    async def many(by: By, paged: Paged, state: Annotated[str, Query(max_length=20)] = "") -> Listing[Any]:
        page = await below(store, SessionPlan.KIND, by, paged, {"state": state} if state else None)
        return listing([SessionPlan.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/{id}", summary="查看 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await repository.reached(store, SessionPlan, id, by), response)

    async def step(id: str, asked: Asked, verb: str, reason: str) -> SessionPlan:
        return await usecases.step(store, clock, id, asked.expected_version, asked.by, verb, reason)

    add_steps(routes, step, SessionPlan.as_answer, dict[str, Any])
    return routes


def _answer(plan: SessionPlan, response: Response) -> dict[str, Any]:
    tag(response, plan.version)
    return plan.as_answer()
