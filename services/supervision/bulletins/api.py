"""HTTP of the quality bulletin (R0)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from services.supervision.bulletins import usecases
from services.supervision.bulletins.bulletin import PUBLISHED, Bulletin
from services.supervision.bulletins.pdf import Copy
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin
from services.supervision.figures.figures import Row
from services.supervision.settings import SupervisionSettings
from shared.actor import Actor
from shared.contracts.words import QuarterName
from shared.outside import Ports
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, listing
from shared.web.preconditions import ExpectedVersion, tag

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def router(ports: Ports) -> APIRouter:
    store, clock, settings = ports.store, ports.clock, ports.settings
    days = ports.settings.of(SupervisionSettings).work_report_days
    routes = APIRouter(tags=["质量通报 · quality bulletins"])

    @routes.get(
        "/figures/{quarter}", summary="季度数据预览 · figures of a quarter as they stand now, of one's own path"
    )
    async def preview(quarter: Annotated[QuarterName, Path()], by: By) -> dict[str, Any]:
        """Not the bulletin: nothing of it is kept, and later records change it."""
        return {"quarter": quarter, "rows": _rows(await usecases.preview(store, clock, by, quarter, days))}

    @routes.post("/bulletins", status_code=201, summary="汇总季度通报 · compile the bulletin of a quarter")
    async def compile_new(new: NewBulletin, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        bulletin = await usecases.compile_new(store, clock, by, key, new, days)
        response.headers["Location"] = f"/supervision/bulletins/{bulletin.id}"
        return _answer(bulletin, by, response)

    @routes.put("/bulletins/{id}", summary="重新汇总 · compile again, with another summary, until it is published")
    async def compile_again(
        id: str, entry: BulletinEntry, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        return _answer(await usecases.compile_again(store, clock, id, seen, by, entry, days), by, response)

    @routes.get("/bulletins", summary="列表 · published ones; for the Centre's office drafts too")
    async def many(by: By, paged: Paged) -> Listing[Any]:
        where = None if usecases.of_the_office(by) else {"state": PUBLISHED}
        page = await store.find(Bulletin.KIND, where, after=paged.after, limit=paged.limit)
        shown = [Bulletin.from_record(one).as_public() for one in page.records]
        return listing([{name: value for name, value in one.items() if name != "rows"} for one in shown], page)

    @routes.get("/bulletins/{id}", summary="查看通报 · one bulletin with its figures")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await usecases.read(store, id, by), by, response)

    @routes.post("/bulletins/{id}/publication", summary="发布 · publish: the figures are frozen and sealed")
    async def publish(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.publish(store, clock, id, seen, by), by, response)

    @routes.get("/bulletins/{id}/bulletin.pdf", summary="公文 · the official paper", response_class=Response)
    async def pdf(id: str, by: By, copy: Annotated[Copy, Query()] = "both") -> Response:
        """`copy`: the first, the second, or both in one file (R5: in duplicate). The same bytes every time."""
        content = await usecases.as_pdf(store, id, by, copy, settings.fonts)
        return _file(content, "application/pdf", f"bulletin-{id}.pdf")

    @routes.get("/bulletins/{id}/bulletin.xlsx", summary="数据表 · the tables as a workbook", response_class=Response)
    async def xlsx(id: str, by: By) -> Response:
        return _file(await usecases.as_xlsx(store, id, by), XLSX, f"bulletin-{id}.xlsx")

    return routes


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    """With the rate that is told from the sums."""
    return [{**one.model_dump(mode="json"), "pass_rate_per_mille": one.figures.pass_rate} for one in rows]


def _answer(bulletin: Bulletin, by: Actor, response: Response) -> dict[str, Any]:
    tag(response, bulletin.version)
    shown = bulletin.as_answer() if usecases.of_the_office(by) else bulletin.as_public()
    return {**shown, "rows": _rows(bulletin.rows)}


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
