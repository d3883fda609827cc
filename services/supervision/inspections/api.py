"""HTTP of inspections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.supervision import reading, visibility
from services.supervision.inspections import usecases
from services.supervision.inspections.answers import InspectionAnswer, shown
from services.supervision.inspections.inspection import Inspection
from services.supervision.inspections.requests import NewInspection, Performed, Recheck, Rectification, Withdrawal
from shared.outside import Ports
from shared.text import OneLine
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.downloads import NAMED, attachment
from shared.web.idempotency import IdempotencyKey
from shared.web.openapi.files import answering, taking
from shared.web.paging import Listing, Paged, below
from shared.web.preconditions import tag
from shared.web.uploads import must_be_the_file
from shared.words import choices

InspectionId = Annotated[str, Path(description="检查编号 · id of the inspection")]


def router(ports: Ports, acted_on: Callable[[Inspection], Awaitable[None]]) -> APIRouter:
    """acted_on: told of every answer and re-check."""
    store, files = ports.store, ports.files
    routes = APIRouter(prefix="/inspections", tags=["检查 · inspections"])

    @routes.post("", status_code=201, summary="安排不定期检查 · plan an unscheduled inspection")
    async def plan(new: NewInspection, asked: Asking, key: IdempotencyKey, response: Response) -> InspectionAnswer:
        """The body learns of it when it was performed."""
        inspection = await usecases.plan(store, asked, key, new)
        response.headers["Location"] = f"/supervision/inspections/{inspection.id}"
        return _answer(inspection, response)

    @routes.get("", summary="检查列表 · inspections below one's own body, and its own once they were disclosed to it")
    async def inspections(
        by: By,
        paged: Paged,
        state: Annotated[
            Literal["", "planned", "performed", "rectifying", "closed", "withdrawn"],
            Query(
                description=choices(
                    "只列此状态，空为全部", "only those in this state; empty: all", Inspection.WORDS.states
                )
            ),
        ] = "",
    ) -> Listing[InspectionAnswer]:
        page = await below(store, Inspection.KIND, by, paged, {"state": state} if state else None)
        return reading.shown(page, Inspection, by, shown)

    @routes.get("/{id}", summary="查看检查 · look at one")
    async def inspection(id: InspectionId, by: By, response: Response) -> InspectionAnswer:
        return _answer(await visibility.read(store, Inspection, id, by), response)

    @routes.post("/{id}/performance", summary="记录检查结果 · what was found; it is disclosed to the body")
    async def perform(id: InspectionId, what: Performed, asked: Expecting, response: Response) -> InspectionAnswer:
        return _answer(await usecases.perform(store, id, asked, what), response)

    @routes.post("/{id}/withdrawal", summary="撤销检查计划 · withdraw a planned one, for good, with a reason")
    async def withdraw(id: InspectionId, why: Withdrawal, asked: Expecting, response: Response) -> InspectionAnswer:
        """By the office that planned it. The body never hears of it."""
        return _answer(await usecases.withdraw(store, id, asked, why.reason), response)

    @routes.put(
        "/{id}/findings/{n}/evidence",
        summary="上传证据 · add a file to a finding (any format, as the request body)",
        openapi_extra=taking("application/octet-stream"),
    )
    async def add_evidence(
        id: InspectionId,
        n: Annotated[int, Path(description="检查发现的序号 · number of the finding")],
        request: Request,
        asked: Expecting,
        response: Response,
        title: Annotated[OneLine, Query(min_length=1, max_length=100, description="文件说明 · what the file shows")],
    ) -> InspectionAnswer:
        must_be_the_file(request)
        return _answer(await usecases.add_evidence(store, files, id, asked, n, title, request.stream()), response)

    @routes.get(
        "/{id}/evidence/{seal}",
        summary="下载证据 · one file",
        response_class=Response,
        responses=answering("application/octet-stream"),
    )
    async def evidence(
        id: InspectionId, seal: Annotated[str, Path(description="文件摘要 · hash of its content")], by: By
    ) -> Response:
        title, file = await usecases.evidence(store, files, by, id, seal)
        headers = {"Content-Length": str(file.size), NAMED: attachment(title)}
        return StreamingResponse(file.pieces, media_type="application/octet-stream", headers=headers)

    @routes.post("/{id}/answer", summary="整改回复 · the body says what it did")
    async def answer(id: InspectionId, what: Rectification, asked: Expecting, response: Response) -> InspectionAnswer:
        inspection = await usecases.answer(store, id, asked, what)
        await acted_on(inspection)
        return _answer(inspection, response)

    @routes.post("/{id}/recheck", summary="复查 · passed, a longer term, or a case for a sanction")
    async def recheck(id: InspectionId, what: Recheck, asked: Expecting, response: Response) -> InspectionAnswer:
        inspection = await usecases.recheck(store, id, asked, what)
        await acted_on(inspection)
        return _answer(inspection, response)

    @routes.post("/{id}/closing", summary="办结 · nothing was found")
    async def close(id: InspectionId, asked: Expecting, response: Response) -> InspectionAnswer:
        return _answer(await usecases.close(store, id, asked), response)

    return routes


def _answer(inspection: Inspection, response: Response) -> InspectionAnswer:
    tag(response, inspection.version)
    return shown(inspection)
