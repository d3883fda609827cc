"""HTTP of session plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.plan.session_plans import usecases
from services.plan.session_plans.answers import SessionPlanAnswer, shown
from services.plan.session_plans.requests import (
    Cancellation,
    DrawEntry,
    NewSessionPlan,
    Postponement,
    SessionPlanEntry,
)
from services.plan.session_plans.session_plan import SessionPlan
from shared.actor import Actor
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.deadline import local_day
from shared.web import paging
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, StateCounts, below, counted_below
from shared.web.preconditions import tag
from shared.web.routers.approvals import Move, add_steps
from shared.words import choices

Id = Annotated[
    str, Path(description="鉴定批次号：机构编码-年度-序号 · id of the session: code of the body, year, number")
]
State = Annotated[
    str,
    Query(
        max_length=20,
        description=choices("只列此状态，空为全部", "only those in this state; empty: all", SessionPlan.WORDS.states),
    ),
]

WithNeeds = Annotated[
    bool,
    Query(
        description="轮到本机构办理的，是否逐份查明须特批的事项 · whether to look up what needs the Centre's reason, of those "
        "that lie on your own desk"
    ),
]


def router(store: Store, lead_days: int) -> APIRouter:
    """lead_days: between the approval and the exam, nearer only with the Centre's reason."""
    routes = APIRouter(prefix="/session-plans", tags=["鉴定计划 · session plans"])

    async def show(plan: SessionPlan, asked: Asked) -> SessionPlanAnswer:
        today = local_day(asked.at)
        return shown(plan, asked.by, today, await usecases.needed_now(store, plan, today, lead_days))

    async def answer(plan: SessionPlan, asked: Asked, response: Response) -> SessionPlanAnswer:
        tag(response, plan.version)
        return await show(plan, asked)

    @routes.post("", status_code=201, summary="编制鉴定计划 · draft (form 2)")
    async def draft_session_plan(
        new: NewSessionPlan, asked: Asking, key: IdempotencyKey, response: Response
    ) -> SessionPlanAnswer:
        plan = await usecases.draft(store, asked, key, new)
        response.headers["Location"] = f"/plan/session-plans/{plan.id}"
        return await answer(plan, asked, response)

    @routes.put("/{id}", summary="修改鉴定计划 · revise before submitting")
    async def revise_session_plan(
        id: Id, entry: SessionPlanEntry, asked: Expecting, response: Response
    ) -> SessionPlanAnswer:
        return await answer(await usecases.revise(store, id, asked, entry), asked, response)

    @routes.get("", summary="列表 · those below one's own body")
    async def list_session_plans(
        asked: Asking, paged: Paged, state: State = "", with_needs: WithNeeds = False
    ) -> Listing[SessionPlanAnswer]:
        page = await below(store, SessionPlan.KIND, asked.by, paged, {"state": state} if state else None)
        plans, left_out = repository.readable(SessionPlan, page.records)
        today = local_day(asked.at)
        mine = [plan for plan in plans if with_needs and plan.at_desk == asked.by.body]
        needs = await usecases.needed_by_each(store, mine, today, lead_days)
        answers = [shown(plan, asked.by, today, needs.get(plan.id)) for plan in plans]
        return paging.listing(answers, page, left_out)

    @routes.get("/counts", summary="各状态份数 · how many there are in each state")
    async def count_session_plans(by: By) -> StateCounts:
        return await counted_below(store, SessionPlan, by)

    @routes.get("/{id}", summary="查看 · look at one")
    async def read_session_plan(id: Id, asked: Asking, response: Response) -> SessionPlanAnswer:
        return await answer(await repository.reached(store, SessionPlan, id, asked.by), asked, response)

    async def read(id: str, by: Actor) -> SessionPlan:
        return await repository.reached(store, SessionPlan, id, by)

    async def step(id: str, asked: Asked, move: Move) -> SessionPlan:
        return await usecases.step(store, id, asked, move.verb, move.reason, move.reasons, lead_days)

    async def guard(plan: SessionPlan, verb: str, asked: Asked) -> None:
        if verb == "draw":
            plan.may_draw(asked.by, asked.at)

    add_steps(routes, read, step, show, SessionPlanAnswer, guard=guard)

    @routes.post("/{id}/draw", summary="记录抽题 · record the draw of self-made papers")
    async def draw_papers(id: Id, asked: Expecting, entry: DrawEntry, response: Response) -> SessionPlanAnswer:
        """自编试卷批准后、鉴定前由中心抽取，二人在场；套号鉴定日前仅中心可见。

        Two people of the Centre draw, after the approval and before the exam. Which sets it was only the Centre sees until
        the day."""
        return await answer(await usecases.record_draw(store, id, asked, entry), asked, response)

    @routes.post("/{id}/postponement", summary="改期 · hold an approved session on another day")
    async def postpone_session(id: Id, asked: Expecting, to: Postponement, response: Response) -> SessionPlanAnswer:
        return await answer(await usecases.postpone(store, id, asked, to), asked, response)

    @routes.post("/{id}/cancellation", summary="取消 · do not hold an approved session")
    async def cancel_session(id: Id, asked: Expecting, why: Cancellation, response: Response) -> SessionPlanAnswer:
        return await answer(await usecases.cancel(store, id, asked, why), asked, response)

    return routes
