"""HTTP of work reports (R2). They go the way of every form."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.supervision.work_reports import usecases
from services.supervision.work_reports.answers import WorkReportAnswer
from services.supervision.work_reports.requests import NewWorkReport, WorkReportEntry
from services.supervision.work_reports.work_report import WorkReport
from shared.actor import Actor
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.outside import Ports
from shared.ports import Value
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag
from shared.web.routers.approvals import Move, add_steps, to_everybody
from shared.words import choices

ReportId = Annotated[str, Path(description="工作报告编号 · id of the work report")]


def router(ports: Ports) -> APIRouter:
    store = ports.store
    routes = APIRouter(prefix="/work-reports", tags=["工作报告 · work reports"])

    @routes.post("", status_code=201, summary="起草季度工作报告 · draft the report on a quarter's work")
    async def draft(new: NewWorkReport, asked: Asking, key: IdempotencyKey, response: Response) -> WorkReportAnswer:
        report = await usecases.draft(store, asked, key, new)
        response.headers["Location"] = f"/supervision/work-reports/{report.id}"
        return _answer(report, response)

    @routes.put("/{id}", summary="修改工作报告 · revise before submitting")
    async def revise(id: ReportId, entry: WorkReportEntry, asked: Expecting, response: Response) -> WorkReportAnswer:
        return _answer(await usecases.revise(store, id, asked, entry), response)

    @routes.get("", summary="列表 · those below one's own body")
    async def reports(
        by: By,
        paged: Paged,
        state: Annotated[
            str,
            Query(
                max_length=20,
                description=choices(
                    "只列此状态，空为全部", "only those in this state; empty: all", WorkReport.WORDS.states
                ),
            ),
        ] = "",
        quarter: Annotated[
            str, Query(max_length=7, description="只列此季度，如 2026-Q1 · only those of this quarter, like 2026-Q1")
        ] = "",
    ) -> Listing[WorkReportAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"quarter": quarter} if quarter else {}
        return shown(await below(store, WorkReport.KIND, by, paged, where), WorkReport, WorkReportAnswer.of)

    @routes.get("/{id}", summary="查看 · look at one")
    async def report(id: ReportId, by: By, response: Response) -> WorkReportAnswer:
        return _answer(await repository.reached(store, WorkReport, id, by), response)

    async def read(id: str, by: Actor) -> WorkReport:
        return await repository.reached(store, WorkReport, id, by)

    async def step(id: str, asked: Asked, move: Move) -> WorkReport:
        return await usecases.step(store, id, asked, move.verb, move.reason, move.reasons)

    add_steps(routes, read, step, to_everybody(WorkReportAnswer.of), WorkReportAnswer)
    return routes


def _answer(report: WorkReport, response: Response) -> WorkReportAnswer:
    tag(response, report.version)
    return WorkReportAnswer.of(report)
