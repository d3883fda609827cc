"""HTTP of inspections."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from services.supervision import reading, visibility
from services.supervision.inspections import usecases
from services.supervision.inspections.inspection import Inspection
from services.supervision.inspections.requests import Answer, NewInspection, Performed, Recheck
from shared.outside import Ports
from shared.text import OneLine
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(ports: Ports) -> APIRouter:
    store, clock, files = ports.store, ports.clock, ports.files
    routes = APIRouter(prefix="/inspections", tags=["检查 · inspections"])

    @routes.post("", status_code=201, summary="安排不定期检查 · plan an unscheduled inspection")
    async def plan(new: NewInspection, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        """The body learns of it when it was performed."""
        inspection = await usecases.plan(store, clock, by, key, new)
        response.headers["Location"] = f"/supervision/inspections/{inspection.id}"
        return _answer(inspection, response)

    @routes.get("", summary="检查列表 · inspections below one's own body, and those one's own body was told of")
    async def many(
        by: By,
        paged: Paged,
        state: Annotated[Literal["", "planned", "performed", "rectifying", "closed"], Query()] = "",
    ) -> Listing[Any]:
        found, page = await reading.listed(store, Inspection, by, paged, {"state": state})
        return listing([one.as_answer() for one in found], page)

    @routes.get("/{id}", summary="查看检查 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await visibility.read(store, Inspection, id, by), response)

    @routes.post("/{id}/performance", summary="记录检查结果 · what was found; the body is told")
    async def perform(id: str, what: Performed, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.perform(store, clock, by, id, seen, what), response)

    @routes.put(
        "/{id}/findings/{n}/evidence",
        summary="上传证据 · add a file to a finding (any format, as the request body)",
        openapi_extra={
            "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
        },
    )
    async def add_evidence(
        id: str,
        n: int,
        request: Request,
        by: By,
        seen: ExpectedVersion,
        response: Response,
        title: Annotated[OneLine, Query(min_length=1, max_length=100, description="what the file shows")],
    ) -> dict[str, Any]:
        content = await request.body()
        return _answer(await usecases.add_evidence(store, files, clock, by, id, seen, n, title, content), response)

    @routes.get("/{id}/evidence/{seal}", summary="下载证据 · one file", response_class=Response)
    async def evidence(id: str, seal: str, by: By) -> Response:
        title, content = await usecases.evidence(store, files, by, id, seal)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(title, safe='')}",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, media_type="application/octet-stream", headers=headers)

    @routes.post("/{id}/answer", summary="整改回复 · the body says what it did")
    async def answer(id: str, told: Answer, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.answer(store, clock, by, id, seen, told), response)

    @routes.post("/{id}/recheck", summary="复查 · passed, a longer term, or a case for a sanction")
    async def recheck(id: str, what: Recheck, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.recheck(store, clock, by, id, seen, what), response)

    @routes.post("/{id}/closing", summary="办结 · nothing was found")
    async def close(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.close(store, clock, by, id, seen), response)

    return routes


def _answer(inspection: Inspection, response: Response) -> dict[str, Any]:
    tag(response, inspection.version)
    return inspection.as_answer()
