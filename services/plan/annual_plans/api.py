"""HTTP of annual plans."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.plan.annual_plans import usecases
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.requests import AnnualPlanEntry, NewAnnualPlan
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Clock, Store
from shared.web.access import By
from shared.web.approvals import add_steps
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/annual-plans", tags=["年度计划 · annual plans"])

    @routes.post("", status_code=201, summary="编制年度计划 · draft (form 1)")
    async def draft_annual(new: NewAnnualPlan, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        plan = await usecases.draft(store, clock, by, key, new)
        response.headers["Location"] = f"/plan/annual-plans/{plan.id}"
        return _answer(plan, response)

    @routes.put("/{id}", summary="修改年度计划 · revise before submitting")
    async def revise_annual(
        id: str, entry: AnnualPlanEntry, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        return _answer(await usecases.revise(store, clock, id, seen, by, entry), response)

    @routes.get("", summary="列表 · those below one's own body")
    async def many(by: By, paged: Paged, state: Annotated[str, Query(max_length=20)] = "") -> Listing[Any]:
        page = await below(store, AnnualPlan.KIND, by, paged, {"state": state} if state else None)
        return listing([AnnualPlan.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/{id}", summary="查看 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await repository.reached(store, AnnualPlan, id, by), response)

    async def step(id: str, asked: Asked, verb: str, reason: str) -> AnnualPlan:
        return await usecases.step(store, clock, id, asked.expected_version, asked.by, verb, reason)

    add_steps(routes, step, AnnualPlan.as_answer, dict[str, Any])
    return routes


def _answer(plan: AnnualPlan, response: Response) -> dict[str, Any]:
    tag(response, plan.version)
    return plan.as_answer()
