"""HTTP of production: productions, their batches and print files, and the certificates that are made in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from services.certificate.certificates.answers import CertificateAnswer, MailedHolders, mailed_holder, shown
from services.certificate.certificates.certificate import Certificate
from services.certificate.certificates.storage import page_of_roster
from services.certificate.production.answers import BatchAnswer, ProductionAnswer
from services.certificate.production.batch import Batch
from services.certificate.production.production import VOIDED, Production
from services.certificate.production.requests import UNSAID, Parcel, Receipt, Redraw
from services.certificate.production.usecases import by_hand
from shared.keeping import repository
from shared.outside import Ports
from shared.procedure.possible import PossibleStep
from shared.web import paging
from shared.web.access import By
from shared.web.asking import Expecting
from shared.web.downloads import download
from shared.web.openapi.files import PDF, answering
from shared.web.paging import Listing, Paged, StateCounts
from shared.web.preconditions import tag
from shared.words import choices

RosterId = Annotated[
    str, Path(description="名册编号，也是制作任务编号 · id of the roster, which its production has too")
]
BatchId = Annotated[str, Path(description="打印批编号 · id of the batch")]
WithoutEmail = Annotated[
    bool,
    Query(
        description=(
            "只列未留邮箱的持证人的证书；一页可能少于 limit，以 next 为准 · only of holders without an e-mail address, whom no "
            "letter reaches; a page may hold fewer than the limit, so go on while there is a `next`"
        )
    ),
]
State = Annotated[
    str,
    Query(
        max_length=20,
        description=choices("只列此状态，空为全部", "only those in this state; empty: all", Production.WORDS.states),
    ),
]
OfRoster = Annotated[str, Query(max_length=60, description="名册编号 · id of the roster")]


def router(ports: Ports) -> APIRouter:
    store, settings = ports.store, ports.settings
    lanes = frozenset(settings.producer_codes)
    routes = APIRouter()
    making = "制作与寄发 · production"

    @routes.get("/productions", tags=[making], summary="制作任务列表 · productions below one's own body")
    async def productions(by: By, paged: Paged, state: State = "") -> Listing[ProductionAnswer]:
        where = {"state": state} if state else None
        page = await paging.below(store, Production.KIND, by, paged, where)
        return paging.shown(page, Production, ProductionAnswer.of)

    @routes.get("/productions/counts", tags=[making], summary="各状态任务数 · how many there are in each state")
    async def counts(by: By) -> StateCounts:
        return await paging.counted_below(store, Production, by)

    @routes.get("/productions/{roster}", tags=[making], summary="制作任务 · one production")
    async def production(roster: RosterId, by: By, response: Response) -> ProductionAnswer:
        return _production(await repository.reached(store, Production, roster, by), response)

    @routes.get(
        "/productions/{roster}/steps",
        tags=[making],
        summary="可办理的步骤 · which steps you may take, and why not the others",
    )
    async def steps(roster: RosterId, by: By) -> list[PossibleStep]:
        return await by_hand.steps(store, roster, by)

    @routes.post("/productions/{roster}/parcel", tags=[making], summary="寄发 · scan the parcel: the letters go out")
    async def post_parcel(roster: RosterId, parcel: Parcel, asked: Expecting, response: Response) -> ProductionAnswer:
        return _production(await by_hand.post_parcel(store, roster, asked, parcel), response)

    @routes.post("/productions/{roster}/receipt", tags=[making], summary="登记收到 · received, so many certificates")
    async def receive(roster: RosterId, receipt: Receipt, asked: Expecting, response: Response) -> ProductionAnswer:
        """By the body that appraised, once it opened the parcel. A number that differs is told to whoever posted it."""
        return _production(await by_hand.receive(store, roster, asked, receipt), response)

    @routes.get("/batches", tags=[making], summary="某名册的批 · batches of a roster")
    async def batches(by: By, paged: Paged, roster: OfRoster) -> Listing[BatchAnswer]:
        by_hand.must_concern(by, (await repository.reached(store, Production, roster, by)).producer)
        page = await store.find(Batch.KIND, {"roster": roster}, sort="page", after=paged.after, limit=paged.limit)
        return paging.shown(page, Batch, BatchAnswer.of)

    @routes.get("/batches/{id}", tags=[making], summary="查看一批 · one batch")
    async def batch(id: BatchId, by: By, response: Response) -> BatchAnswer:
        found = await repository.reached(store, Batch, id, by)
        by_hand.must_concern(by, found.producer)
        return _batch(found, response)

    @routes.get(
        "/batches/{id}/print-file",
        tags=[making],
        summary="打印文件 · the PDF",
        response_class=Response,
        responses=answering(PDF),
    )
    async def print_file(
        id: BatchId,
        by: By,
        n: Annotated[int, Query(ge=1, le=1000, description="第几个文件 · which file: 1 is the first drawing")] = 1,
    ) -> Response:
        """`n`: 1 is the first drawing; higher ones hold only what was redrawn after a font was installed."""
        content = await by_hand.print_file(store, ports.files, id, n, by)
        name = id if n == 1 else f"{id}-{n}"
        return download(content, PDF, f"{name}.pdf")

    @routes.post("/batches/{id}/redraw", tags=[making], summary="补字库后重绘 · draw again what was refused")
    async def redraw(
        id: BatchId, asked: Expecting, response: Response, why: Annotated[Redraw, Body()] = UNSAID
    ) -> BatchAnswer:
        return _batch(await by_hand.redraw(store, id, asked, lanes, why.reason), response)

    @routes.get("/certificates", tags=[making], summary="某名册的证书 · certificates of a roster")
    async def certificates(
        by: By, paged: Paged, roster: OfRoster, without_email: WithoutEmail = False
    ) -> Listing[CertificateAnswer]:
        voided = (await repository.reached(store, Production, roster, by)).state == VOIDED
        page = await page_of_roster(store, roster, paged.after, paged.limit)
        if without_email:  # a page may hold fewer than were asked for, and the last alone has no next
            page = replace(page, records=[one for one in page.records if not one.body["holder"].get("email")])
        return paging.shown(page, Certificate, lambda found: shown(found, VOIDED if voided else found.state))

    @routes.get("/holders", tags=["服务之间 · between services"], summary="留有邮箱的持证人 · holders with an address")
    async def holders(_: By, paged: Paged, roster: OfRoster) -> MailedHolders:
        """Those whose certificates are in the parcel; of voided certificates all."""
        page = await page_of_roster(store, roster, paged.after, paged.limit)
        passed_by = (await repository.load(store, Production, roster)).not_written_to
        found = [Certificate.from_record(record) for record in page.records]
        items = [
            mailed_holder(certificate, settings.url)
            for certificate in found
            if certificate.id not in passed_by and certificate.holder.email
        ]
        return MailedHolders(items=items, next=paging.listing(items, page).next)

    return routes


def _production(production: Production, response: Response) -> ProductionAnswer:
    tag(response, production.version)
    return ProductionAnswer.of(production)


def _batch(batch: Batch, response: Response) -> BatchAnswer:
    tag(response, batch.version)
    return BatchAnswer.of(batch)
