"""HTTP of planning. Annual plans and session plans go the same way, so their routes are made alike."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans import usecases
from services.plan.session_plans.requests import AnnualPlanEntry, NewAnnualPlan, NewSessionPlan, SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from shared.actor import Actor
from shared.contracts.occupations import occupations
from shared.contracts.words import LEVEL_NAMES
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.web.access import AnyoneSignedIn, allow
from shared.web.approvals import add_steps
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import VersionSeen, tag

P = TypeVar("P", AnnualPlan, SessionPlan)

Preparer = Annotated[Actor, Depends(allow(*usecases.PREPARERS))]


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter()

    @routes.get("/occupations", tags=["职业 · occupations"], summary="职业目录 · the list of occupations")
    async def listed(_: AnyoneSignedIn) -> list[dict[str, Any]]:
        return [
            {
                "code": one.code,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "levels": {level: LEVEL_NAMES[level][0] for level in sorted(one.levels, reverse=True)},
            }
            for one in occupations().values()
        ]

    @routes.get(
        "/licences/{code}", tags=["许可 · licences"], summary="计划所依据的许可 · the licence that planning goes by"
    )
    async def licence(code: str, by: AnyoneSignedIn) -> dict[str, Any]:
        """The directory's entry is a moment ahead of it: a new licence counts here once it has arrived."""
        body = await usecases.read_licence(store, by, code)
        return body.model_dump(mode="json", include={"body", "path", "state", "licence"})

    @routes.post(
        "/annual-plans", tags=["年度计划 · annual plans"], status_code=201, summary="编制年度计划 · draft (form 1)"
    )
    async def draft_annual(new: NewAnnualPlan, by: Preparer, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        plan = await usecases.draft_annual_plan(store, clock, by, key, new)
        response.headers["Location"] = f"/plan/annual-plans/{plan.id}"
        tag(response, plan.version)
        return plan.as_answer()

    @routes.post(
        "/session-plans", tags=["鉴定计划 · session plans"], status_code=201, summary="编制鉴定计划 · draft (form 2)"
    )
    async def draft_session(
        new: NewSessionPlan, by: Preparer, key: IdempotencyKey, response: Response
    ) -> dict[str, Any]:
        plan = await usecases.draft_session_plan(store, clock, by, key, new)
        response.headers["Location"] = f"/plan/session-plans/{plan.id}"
        tag(response, plan.version)
        return plan.as_answer()

    @routes.put(
        "/annual-plans/{id}", tags=["年度计划 · annual plans"], summary="修改年度计划 · revise before submitting"
    )
    async def revise_annual(
        id: str, entry: AnnualPlanEntry, by: Preparer, seen: VersionSeen, response: Response
    ) -> dict[str, Any]:
        plan = await usecases.revise_annual_plan(store, clock, id, seen, by, entry)
        tag(response, plan.version)
        return plan.as_answer()

    @routes.put(
        "/session-plans/{id}", tags=["鉴定计划 · session plans"], summary="修改鉴定计划 · revise before submitting"
    )
    async def revise_session(
        id: str, entry: SessionPlanEntry, by: Preparer, seen: VersionSeen, response: Response
    ) -> dict[str, Any]:
        plan = await usecases.revise_session_plan(store, clock, id, seen, by, entry)
        tag(response, plan.version)
        return plan.as_answer()

    _approval(routes, store, clock, AnnualPlan, "/annual-plans", "年度计划 · annual plans")
    _approval(routes, store, clock, SessionPlan, "/session-plans", "鉴定计划 · session plans")
    return routes


def _approval(routes: APIRouter, store: Store, clock: Clock, what: type[P], path: str, label: str) -> None:
    @routes.get(path, tags=[label], summary="列表 · those below one's own body")
    async def many(by: AnyoneSignedIn, paged: Paged, state: Annotated[str, Query(max_length=20)] = "") -> Listing:
        page = await below(store, what.KIND, by, paged, {"state": state} if state else None)
        return listing([what.from_record(one).as_answer() for one in page.records], page)

    @routes.get(path + "/{id}", tags=[label], summary="查看 · look at one")
    async def one(id: str, by: AnyoneSignedIn, response: Response) -> dict[str, Any]:
        plan = await repository.reached(store, what, id, by)
        tag(response, plan.version)
        return plan.as_answer()

    async def step(id: str, seen: int, by: Actor, verb: str, reason: str) -> P:
        return await usecases.step(store, clock, what, id, seen, by, verb, reason)

    add_steps(routes, path, usecases.PREPARERS, step, what.as_answer, tags=[label])
