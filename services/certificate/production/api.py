"""HTTP of production: productions, their batches and print files, and the certificates that are made in them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.certificate.certificates.certificate import Certificate
from services.certificate.certificates.masking import masked
from services.certificate.certificates.storage import of_roster
from services.certificate.production.batch import Batch
from services.certificate.production.production import VOIDED, Production
from services.certificate.production.requests import Parcel
from services.certificate.production.usecases import by_hand
from shared.contracts.certificate import Holder, HoldersPage
from shared.keeping import repository
from shared.outside import Ports
from shared.web.access import By
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(ports: Ports) -> APIRouter:
    store, clock, settings = ports.store, ports.clock, ports.settings
    lanes = frozenset(settings.producer_codes)
    routes = APIRouter()
    making = "制作与寄发 · production"

    @routes.get("/productions", tags=[making], summary="制作任务列表 · productions below one's own body")
    async def productions(by: By, paged: Paged) -> Listing[Any]:
        page = await below(store, Production.KIND, by, paged)
        return listing([Production.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/productions/{roster}", tags=[making], summary="制作任务 · one production")
    async def production(roster: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await repository.reached(store, Production, roster, by), response)

    @routes.post("/productions/{roster}/parcel", tags=[making], summary="寄发 · scan the parcel: the letters go out")
    async def mail(roster: str, parcel: Parcel, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await by_hand.mail(store, clock, roster, seen, by, parcel.carrier, parcel.parcel), response)

    @routes.get("/batches", tags=[making], summary="某名册的批 · batches of a roster")
    async def batches(by: By, paged: Paged, roster: Annotated[str, Query(max_length=60)]) -> Listing[Any]:
        await repository.reached(store, Production, roster, by)
        page = await store.find(Batch.KIND, {"roster": roster}, sort="page", after=paged.after, limit=paged.limit)
        return listing([Batch.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/batches/{id}", tags=[making], summary="查看一批 · one batch")
    async def batch(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await repository.reached(store, Batch, id, by), response)

    @routes.get("/batches/{id}/print-file", tags=[making], summary="打印文件 · the PDF", response_class=Response)
    async def print_file(id: str, by: By, n: Annotated[int, Query(ge=1, le=1000)] = 1) -> Response:
        """`n`: 1 is the first drawing; higher ones hold only what was redrawn after a font was installed."""
        content = await by_hand.print_file(store, ports.files, id, n, by)
        name = id if n == 1 else f"{id}-{n}"
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    @routes.post("/batches/{id}/redraw", tags=[making], summary="补字库后重绘 · draw again what was refused")
    async def redraw(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await by_hand.redraw(store, clock, id, seen, by, lanes), response)

    @routes.get("/certificates", tags=[making], summary="某名册的证书 · certificates of a roster")
    async def certificates(by: By, paged: Paged, roster: Annotated[str, Query(max_length=60)]) -> Listing[Any]:
        voided = (await repository.reached(store, Production, roster, by)).state == VOIDED
        found, page = await of_roster(store, roster, paged.after, paged.limit)
        return listing([_shown(one, voided) for one in found], page)

    @routes.get("/holders", tags=["服务之间 · between services"], summary="留有邮箱的持证人 · holders with an address")
    async def holders(_: By, paged: Paged, roster: Annotated[str, Query(max_length=60)]) -> HoldersPage:
        found, page = await of_roster(store, roster, paged.after, paged.limit)
        left_out = frozenset((await repository.load(store, Production, roster)).left_out)
        items = [_holder(one, settings.url) for one in found if one.id not in left_out and one.holder.email]
        return HoldersPage(items=items, next=listing([], page).next)

    return routes


def _answer(found: Production | Batch, response: Response) -> dict[str, Any]:
    tag(response, found.version)
    return found.as_answer()


def _shown(certificate: Certificate, voided: bool) -> dict[str, Any]:
    """Without what opens it to a stranger, and without what only its holder's letters need."""
    answer = certificate.as_answer() | {"id_number": masked(certificate.holder.id_number)}
    answer["state"] = VOIDED if voided else answer["state"]
    del answer["verify_key"], answer["holder"]["id_number"], answer["holder"]["email"]
    return answer


def _holder(certificate: Certificate, site: str) -> Holder:
    return Holder(
        certificate=certificate.id,
        number=certificate.number,
        name=certificate.holder.name,
        email=certificate.holder.email,
        occupation_zh=certificate.holder.occupation_zh,
        occupation_en=certificate.holder.occupation_en,
        level=certificate.holder.level,
        verify_url=certificate.verify_url(site),
    )
