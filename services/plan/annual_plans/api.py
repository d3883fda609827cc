"""HTTP of annual plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.plan.annual_plans import usecases
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.answers import AnnualPlanAnswer, AnnualPlanInFullAnswer
from services.plan.annual_plans.balance import Taken, balance
from services.plan.annual_plans.requests import Amendment, AnnualPlanEntry, NewAnnualPlan
from shared.actor import Actor
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, StateCounts, below, counted_below, shown
from shared.web.preconditions import tag
from shared.web.routers.approvals import Move, add_steps, to_everybody
from shared.words import choices

Id = Annotated[str, Path(description="年度计划编号：机构编码-年度 · id of the annual plan: code of the body, year")]
State = Annotated[
    str,
    Query(
        max_length=20,
        description=choices("只列此状态，空为全部", "only those in this state; empty: all", AnnualPlan.WORDS.states),
    ),
]


def router(store: Store, taken: Taken) -> APIRouter:
    """taken: how much session plans took of an annual plan."""
    routes = APIRouter(prefix="/annual-plans", tags=["年度计划 · annual plans"])

    @routes.post("", status_code=201, summary="编制年度计划 · draft (form 1)")
    async def draft_annual_plan(
        new: NewAnnualPlan, asked: Asking, key: IdempotencyKey, response: Response
    ) -> AnnualPlanAnswer:
        plan = await usecases.draft(store, asked, key, new)
        response.headers["Location"] = f"/plan/annual-plans/{plan.id}"
        return _answer(plan, response)

    @routes.put("/{id}", summary="修改年度计划 · revise before submitting")
    async def revise_annual_plan(
        id: Id, entry: AnnualPlanEntry, asked: Expecting, response: Response
    ) -> AnnualPlanAnswer:
        return _answer(await usecases.revise(store, id, asked, entry, taken), response)

    @routes.post("/{id}/amendment", summary="调整已批准的计划 · begin the next version of an approved plan")
    async def amend_annual_plan(id: Id, entry: Amendment, asked: Expecting, response: Response) -> AnnualPlanAnswer:
        """新版本同样逐级报批；批准前，原批准版本继续有效。作废调整即恢复原批准版本。

        The new version goes the same way up; until it is approved the approved one counts. Discarding it leaves that."""
        return _answer(await usecases.amend(store, id, asked, entry, taken), response)

    @routes.get("", summary="列表 · those below one's own body")
    async def list_annual_plans(by: By, paged: Paged, state: State = "") -> Listing[AnnualPlanAnswer]:
        page = await below(store, AnnualPlan.KIND, by, paged, {"state": state} if state else None)
        before = await usecases.heads_last_year(store, [record.id for record in page.records])
        return shown(page, AnnualPlan, lambda plan: AnnualPlanAnswer.of(plan, heads_last_year=before.get(plan.id)))

    @routes.get("/counts", summary="各状态份数 · how many there are in each state")
    async def count_annual_plans(by: By) -> StateCounts:
        return await counted_below(store, AnnualPlan, by)

    @routes.get("/{id}", summary="查看，含历次版本与余额 · look at one, with its versions and what is left of it")
    async def read_annual_plan(id: Id, by: By, response: Response) -> AnnualPlanInFullAnswer:
        plan = await repository.reached(store, AnnualPlan, id, by)
        tag(response, plan.version)
        before = await usecases.heads_last_year(store, [id])
        return AnnualPlanInFullAnswer.of(plan, balance=balance(plan, await taken(id)), heads_last_year=before.get(id))

    async def read(id: str, by: Actor) -> AnnualPlan:
        return await repository.reached(store, AnnualPlan, id, by)

    async def step(id: str, asked: Asked, move: Move) -> AnnualPlan:
        return await usecases.step(store, id, asked, move.verb, move.reason, move.reasons, taken=taken)

    add_steps(routes, read, step, to_everybody(AnnualPlanAnswer.of), AnnualPlanAnswer)
    return routes


def _answer(plan: AnnualPlan, response: Response) -> AnnualPlanAnswer:
    tag(response, plan.version)
    return AnnualPlanAnswer.of(plan)
