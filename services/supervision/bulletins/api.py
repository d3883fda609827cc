"""HTTP of the quality bulletin (R0)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.supervision.bulletins import usecases
from services.supervision.bulletins.answers import BulletinSummary, OfficeBulletin, PublicBulletin, shown
from services.supervision.bulletins.bulletin import PUBLISHED, Bulletin
from services.supervision.bulletins.pdf import Counterpart
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin
from services.supervision.figures import answers as figures
from services.supervision.figures.answers import QuarterAnswer
from services.supervision.settings import SupervisionSettings
from shared.actor import Actor
from shared.contracts.words import QuarterName
from shared.outside import Ports
from shared.web import paging
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.openapi.files import answering
from shared.web.paging import Listing, Paged
from shared.web.preconditions import tag

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

BulletinId = Annotated[str, Path(description="通报编号，即季度 · id of the bulletin: its quarter")]
BulletinAnswer = OfficeBulletin | PublicBulletin


def router(ports: Ports) -> APIRouter:
    store, settings = ports.store, ports.settings
    days = ports.settings.of(SupervisionSettings).work_report_days
    routes = APIRouter(tags=["质量通报 · quality bulletins"])

    @routes.get(
        "/figures/{quarter}", summary="季度数据预览 · figures of a quarter as they stand now, of one's own path"
    )
    async def preview(
        quarter: Annotated[QuarterName, Path(description="季度，如 2026-Q1 · quarter, like 2026-Q1")], asked: Asking
    ) -> QuarterAnswer:
        """Not the bulletin: nothing of it is kept, and what is recorded later changes it."""
        rows = await usecases.preview(store, asked, quarter, days)
        return QuarterAnswer(quarter=quarter, rows=figures.shown(rows))

    @routes.post("/bulletins", status_code=201, summary="汇总季度通报 · compile the bulletin of a quarter")
    async def compile_new(new: NewBulletin, asked: Asking, key: IdempotencyKey, response: Response) -> BulletinAnswer:
        bulletin = await usecases.compile_new(store, asked, key, new, days)
        response.headers["Location"] = f"/supervision/bulletins/{bulletin.id}"
        return _answer(bulletin, asked.by, response)

    @routes.put("/bulletins/{id}", summary="重新汇总 · compile again, with another summary, until it is published")
    async def compile_again(
        id: BulletinId, entry: BulletinEntry, asked: Expecting, response: Response
    ) -> BulletinAnswer:
        return _answer(await usecases.compile_again(store, id, asked, entry, days), asked.by, response)

    @routes.get("/bulletins", summary="列表 · published ones; for the Centre's office drafts too")
    async def bulletins(by: By, paged: Paged) -> Listing[BulletinSummary]:
        where = None if usecases.of_the_office(by) else {"state": PUBLISHED}
        page = await store.find(Bulletin.KIND, where, after=paged.after, limit=paged.limit)
        return paging.shown(page, Bulletin, BulletinSummary.of)

    @routes.get("/bulletins/{id}", summary="查看通报 · one bulletin with its figures")
    async def bulletin(id: BulletinId, by: By, response: Response) -> BulletinAnswer:
        return _answer(await usecases.read(store, id, by), by, response)

    @routes.post("/bulletins/{id}/publication", summary="发布 · publish: the figures are frozen and sealed")
    async def publish(id: BulletinId, asked: Expecting, response: Response) -> BulletinAnswer:
        return _answer(await usecases.publish(store, id, asked), asked.by, response)

    @routes.get(
        "/bulletins/{id}/bulletin.pdf",
        summary="公文 · the official document",
        response_class=Response,
        responses=answering("application/pdf"),
    )
    async def pdf(
        id: BulletinId,
        by: By,
        counterpart: Annotated[
            Counterpart,
            Query(alias="copy", description="份次：第一份、第二份或两份 · the first, the second, or both in one file"),
        ] = "both",
    ) -> Response:
        """In duplicate (R5). The same bytes every time."""
        content = await usecases.as_pdf(store, id, by, counterpart, settings.fonts)
        return _file(content, "application/pdf", f"bulletin-{id}.pdf")

    @routes.get(
        "/bulletins/{id}/bulletin.xlsx",
        summary="数据表 · the tables as a workbook",
        response_class=Response,
        responses=answering(XLSX),
    )
    async def xlsx(id: BulletinId, by: By) -> Response:
        return _file(await usecases.as_xlsx(store, id, by), XLSX, f"bulletin-{id}.xlsx")

    return routes


def _answer(bulletin: Bulletin, by: Actor, response: Response) -> BulletinAnswer:
    tag(response, bulletin.version)
    return shown(bulletin, usecases.of_the_office(by))


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
