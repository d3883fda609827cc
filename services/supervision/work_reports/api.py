"""HTTP of work reports (R2). They go the way of every form."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.supervision.work_reports import usecases
from services.supervision.work_reports.requests import NewWorkReport, WorkReportEntry
from services.supervision.work_reports.work_report import WorkReport
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.outside import Ports
from shared.ports import Value
from shared.web.access import By
from shared.web.approvals import add_steps
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(ports: Ports) -> APIRouter:
    store, clock = ports.store, ports.clock
    routes = APIRouter(prefix="/work-reports", tags=["工作报告 · work reports"])

    @routes.post("", status_code=201, summary="起草季度工作报告 · draft the report on a quarter's work")
    async def draft(new: NewWorkReport, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        report = await usecases.draft(store, clock, by, key, new)
        response.headers["Location"] = f"/supervision/work-reports/{report.id}"
        return _answer(report, response)

    @routes.put("/{id}", summary="修改工作报告 · revise before submitting")
    async def revise(
        id: str, entry: WorkReportEntry, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        return _answer(await usecases.revise(store, clock, id, seen, by, entry), response)

    @routes.get("", summary="列表 · those below one's own body")
    async def many(
        by: By,
        paged: Paged,
        state: Annotated[str, Query(max_length=20)] = "",
        quarter: Annotated[str, Query(max_length=7, description="2026-Q1")] = "",
    ) -> Listing[Any]:
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"quarter": quarter} if quarter else {}
        page = await below(store, WorkReport.KIND, by, paged, where)
        return listing([_shown(WorkReport.from_record(one)) for one in page.records], page)

    @routes.get("/{id}", summary="查看 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await repository.reached(store, WorkReport, id, by), response)

    async def step(id: str, asked: Asked, verb: str, reason: str) -> WorkReport:
        if verb == "submit":  # with the figures of the quarter as they stand now
            return await usecases.submit(store, clock, id, asked.expected_version, asked.by)
        return await usecases.step(store, clock, id, asked.expected_version, asked.by, verb, reason)

    add_steps(routes, step, _shown, dict[str, Any])
    return routes


def _shown(report: WorkReport) -> dict[str, Any]:
    return {**report.as_answer(), "at_desk": report.at_desk}


def _answer(report: WorkReport, response: Response) -> dict[str, Any]:
    tag(response, report.version)
    return _shown(report)
