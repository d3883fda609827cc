"""HTTP of the quality bulletin (R0)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.supervision.bulletins import files
from services.supervision.bulletins.answers import BulletinSummary, OfficeBulletin, PublicBulletin, shown
from services.supervision.bulletins.bulletin import PUBLISHED, Bulletin
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin, NewCorrection
from services.supervision.bulletins.usecases import compiling, publishing, reading
from services.supervision.bulletins.words import Counterpart
from services.supervision.figures import answers as figures
from services.supervision.figures.answers import QuarterAnswer
from services.supervision.settings import SupervisionSettings
from shared.actor import Actor
from shared.contracts.words import QuarterName
from shared.outside import Ports
from shared.web import paging
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.downloads import download
from shared.web.idempotency import IdempotencyKey
from shared.web.leaving import while_connected
from shared.web.openapi.files import PDF, XLSX, answering
from shared.web.paging import Listing, Paged
from shared.web.preconditions import tag

BulletinId = Annotated[
    str,
    Path(description="通报编号：季度，更正加序号 · id of the bulletin: its quarter, of a correction like 2026-Q1-2"),
]
BulletinAnswer = OfficeBulletin | PublicBulletin


def router(ports: Ports) -> APIRouter:
    store, workshop, fonts = ports.store, ports.workshop, ports.settings.fonts
    settings = ports.settings.of(SupervisionSettings)
    routes = APIRouter(tags=["质量通报 · quality bulletins"])

    async def answer(bulletin: Bulletin, by: Actor, response: Response) -> BulletinAnswer:
        tag(response, bulletin.version)
        corrected = await reading.corrected_by(store, [bulletin.id])
        return shown(bulletin, reading.of_the_office(by), corrected.get(bulletin.id, ""))

    async def file(request: Request, id: str, by: Actor, name: str, media_type: str) -> Response:
        """The name of a draft says that it is one, and of which version."""
        asked = publishing.file_of(store, ports.files, workshop, id, by, name, fonts)
        bulletin, content = await while_connected(request, asked)
        draft = "" if bulletin.state == PUBLISHED else f"-draft-{bulletin.version}"
        return download(content, media_type, f"bulletin-{id}{draft}.{name.partition('_')[0]}")

    @routes.get(
        "/figures/{quarter}", summary="季度数据预览 · figures of a quarter as they stand now, of one's own path"
    )
    async def preview(
        quarter: Annotated[QuarterName, Path(description="季度，如 2026-Q1 · quarter, like 2026-Q1")], asked: Asking
    ) -> QuarterAnswer:
        """Not the bulletin: nothing of it is kept, and what is recorded later changes it. No figures (422) of a quarter that
        has not begun."""
        found = await compiling.preview(store, asked, quarter, settings.work_report_days)
        return QuarterAnswer(quarter=quarter, rows=figures.shown(found.rows), left_out=len(found.left_out))

    @routes.post("/bulletins", status_code=201, summary="汇总季度通报 · compile the bulletin of a quarter")
    async def compile_new(new: NewBulletin, asked: Asking, key: IdempotencyKey, response: Response) -> BulletinAnswer:
        bulletin = await compiling.compile_new(store, asked, key, new, settings)
        response.headers["Location"] = f"/supervision/bulletins/{bulletin.id}"
        return await answer(bulletin, asked.by, response)

    @routes.put("/bulletins/{id}", summary="重新汇总 · compile again, with another summary, until it is published")
    async def compile_again(
        id: BulletinId, entry: BulletinEntry, asked: Expecting, response: Response
    ) -> BulletinAnswer:
        return await answer(await compiling.compile_again(store, id, asked, entry, settings), asked.by, response)

    @routes.get("/bulletins", summary="列表 · published ones; for the Centre's office drafts too")
    async def bulletins(by: By, paged: Paged) -> Listing[BulletinSummary]:
        where = None if reading.of_the_office(by) else {"state": PUBLISHED}
        page = await store.find(Bulletin.KIND, where, after=paged.after, limit=paged.limit)
        corrected = await reading.corrected_by(store, [record.id for record in page.records])
        return paging.shown(page, Bulletin, lambda one: BulletinSummary.of(one, corrected_by=corrected.get(one.id, "")))

    @routes.get("/bulletins/{id}", summary="查看通报 · one bulletin with its figures")
    async def bulletin(id: BulletinId, by: By, response: Response) -> BulletinAnswer:
        return await answer(await reading.read(store, id, by), by, response)

    @routes.post(
        "/bulletins/{id}/publication",
        summary="发布 · publish: the figures are frozen and sealed, the document gets its number",
    )
    async def publish(id: BulletinId, asked: Expecting, response: Response) -> BulletinAnswer:
        done = await publishing.publish(store, ports.files, workshop, id, asked, settings.bulletin_prefix, fonts)
        return await answer(done, asked.by, response)

    @routes.post(
        "/bulletins/{id}/corrections",
        status_code=201,
        summary="更正 · compile a new bulletin that corrects a published one",
    )
    async def correct(
        id: BulletinId, new: NewCorrection, asked: Asking, key: IdempotencyKey, response: Response
    ) -> BulletinAnswer:
        """The figures are counted anew. The correction is compiled again and published like every bulletin; the corrected
        one stays as it is, and from then on says by which one it was corrected."""
        correction = await compiling.correct(store, id, asked, key, new, settings)
        response.headers["Location"] = f"/supervision/bulletins/{correction.id}"
        return await answer(correction, asked.by, response)

    @routes.get(
        "/bulletins/{id}/bulletin.pdf",
        summary="公文 · the official document",
        response_class=Response,
        responses=answering(PDF),
    )
    async def pdf(
        id: BulletinId,
        by: By,
        request: Request,
        counterpart: Annotated[
            Counterpart,
            Query(alias="copy", description="份次：第一份、第二份或两份 · the first, the second, or both in one file"),
        ] = "both",
    ) -> Response:
        """In duplicate (R5). Published: the bytes that were kept then, every time. A draft, for the Centre's office: as it
        would be now, marked 送审稿."""
        return await file(request, id, by, files.name_of(counterpart), PDF)

    @routes.get(
        "/bulletins/{id}/bulletin.xlsx",
        summary="数据表 · the tables as a workbook",
        response_class=Response,
        responses=answering(XLSX),
    )
    async def xlsx(id: BulletinId, by: By, request: Request) -> Response:
        """Published or a draft: as with the document."""
        return await file(request, id, by, files.WORKBOOK, XLSX)

    return routes
