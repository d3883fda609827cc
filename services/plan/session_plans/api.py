"""HTTP of session plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.plan.session_plans import usecases
from services.plan.session_plans.answers import SessionPlanAnswer
from services.plan.session_plans.requests import NewSessionPlan, SessionPlanEntry
from services.plan.session_plans.session_plan import SessionPlan
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag
from shared.web.routers.approvals import Move, add_steps

Id = Annotated[
    str, Path(description="鉴定批次号：机构编码-年度-序号 · id of the session: code of the body, year, number")
]
State = Annotated[str, Query(max_length=20, description="只列此状态，空为全部 · only those in this state; empty: all")]


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/session-plans", tags=["鉴定计划 · session plans"])

    @routes.post("", status_code=201, summary="编制鉴定计划 · draft (form 2)")
    async def draft_session_plan(
        new: NewSessionPlan, asked: Asking, key: IdempotencyKey, response: Response
    ) -> SessionPlanAnswer:
        plan = await usecases.draft(store, asked, key, new)
        response.headers["Location"] = f"/plan/session-plans/{plan.id}"
        return _answer(plan, response)

    @routes.put("/{id}", summary="修改鉴定计划 · revise before submitting")
    async def revise_session_plan(
        id: Id, entry: SessionPlanEntry, asked: Expecting, response: Response
    ) -> SessionPlanAnswer:
        return _answer(await usecases.revise(store, id, asked, entry), response)

    @routes.get("", summary="列表 · those below one's own body")
    async def list_session_plans(by: By, paged: Paged, state: State = "") -> Listing[SessionPlanAnswer]:
        page = await below(store, SessionPlan.KIND, by, paged, {"state": state} if state else None)
        return shown(page, SessionPlan, SessionPlanAnswer.of)

    @routes.get("/{id}", summary="查看 · look at one")
    async def read_session_plan(id: Id, by: By, response: Response) -> SessionPlanAnswer:
        return _answer(await repository.reached(store, SessionPlan, id, by), response)

    async def step(id: str, asked: Asked, move: Move) -> SessionPlan:
        return await usecases.step(store, id, asked, move.verb, move.reason, move.reasons)

    add_steps(routes, step, SessionPlanAnswer.of, SessionPlanAnswer)
    return routes


def _answer(plan: SessionPlan, response: Response) -> SessionPlanAnswer:
    tag(response, plan.version)
    return SessionPlanAnswer.of(plan)
