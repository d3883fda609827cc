"""HTTP of sanctions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.supervision import reading, visibility
from services.supervision.sanctions.answers import SanctionAnswer, shown
from services.supervision.sanctions.measures import must_be_revocable
from services.supervision.sanctions.requests import NewSanction
from services.supervision.sanctions.sanction import Sanction
from services.supervision.sanctions.usecases import deciding, drawing_up, proposing, winding_up
from services.supervision.violations.requests import Why
from shared.contracts.supervision import SanctionPaper
from shared.contracts.windup import WindUpOrders, WindUpPreview, WindUpService
from shared.contracts.words import InstitutionCode
from shared.errors import NotFound
from shared.outside import Ports
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.downloads import download
from shared.web.idempotency import IdempotencyKey
from shared.web.leaving import while_connected
from shared.web.openapi.files import PDF, answering
from shared.web.paging import Listing, Paged, below
from shared.web.preconditions import tag
from shared.words import choices

SanctionId = Annotated[str, Path(description="处理编号 · id of the sanction")]


def router(ports: Ports) -> APIRouter:
    store = ports.store
    routes = APIRouter(prefix="/sanctions", tags=["处理 · sanctions"])

    @routes.get("/preview", summary="善后预览 · what is open at a body, and what may become of it")
    async def preview(
        body: Annotated[InstitutionCode, Query(description="机构编码 · institution code of the body")], by: By
    ) -> WindUpPreview:
        """For whoever is about to propose a revocation. Proposing freezes what was chosen, item by item."""
        found = await visibility.body_below(store, by, body)
        must_be_revocable(found)
        items = await winding_up.preview(ports.neighbours, found.body)
        return WindUpPreview(items=items)

    @routes.post("", status_code=201, summary="提出处理 · propose a step of the ladder")
    async def propose(new: NewSanction, asked: Asking, key: IdempotencyKey, response: Response) -> SanctionAnswer:
        sanction = await proposing.propose(ports, asked, key, new)
        response.headers["Location"] = f"/supervision/sanctions/{sanction.id}"
        return _answer(sanction, response)

    @routes.get("", summary="处理列表 · those below one's own body, and one's own once confirmed")
    async def sanctions(
        by: By,
        paged: Paged,
        state: Annotated[
            str,
            Query(
                max_length=20,
                description=choices(
                    "只列此状态，空为全部", "only those in this state; empty: all", Sanction.WORDS.states
                ),
            ),
        ] = "",
    ) -> Listing[SanctionAnswer]:
        page = await below(store, Sanction.KIND, by, paged, {"state": state} if state else None)
        return reading.shown(page, Sanction, by, shown)

    @routes.get("/{id}", summary="查看处理 · look at one, with what it does and did")
    async def sanction(id: SanctionId, by: By, response: Response) -> SanctionAnswer:
        return _answer(await visibility.read(store, Sanction, id, by), response)

    @routes.get("/{id}/orders/{service}", summary="善后任务 · a service's part of a revocation (services only)")
    async def orders(
        id: SanctionId,
        service: Annotated[WindUpService, Path(description="服务名称 · name of the service")],
        by: By,
    ) -> WindUpOrders:
        if by.id != service:
            raise NotFound("没有该服务的善后任务 · there are no orders for this service")
        return await winding_up.orders(store, id, service)

    @routes.get(
        "/{id}/decision.pdf",
        summary="处理决定书 · the decision on paper",
        response_class=Response,
        responses=answering(PDF),
    )
    async def decision(id: SanctionId, by: By, request: Request) -> Response:
        """As its letter brings it along. 409 while nothing is decided."""
        found = await visibility.read(store, Sanction, id, by)
        drawn = drawing_up.draw_up(store, ports.workshop, found, ports.settings.fonts)
        return download(await while_connected(request, drawn), PDF, drawing_up.name_of(found))

    @routes.get("/{id}/paper", summary="处理决定书 · the decision on paper, for its letter (services only)")
    async def paper(id: SanctionId, _: By) -> SanctionPaper:
        """404 while nothing is decided."""
        return await drawing_up.paper_of(store, ports.workshop, id, ports.settings.fonts)

    @routes.post("/{id}/confirmation", summary="确认 · confirm; a revocation needs two persons")
    async def confirm(id: SanctionId, asked: Expecting, response: Response) -> SanctionAnswer:
        """412 with what changed, when a revocation would no longer do what was shown when it was proposed."""
        return _answer(await deciding.confirm(ports, id, asked), response)

    @routes.post("/{id}/withdrawal", summary="撤回 · withdraw a proposal, with a reason")
    async def withdraw(id: SanctionId, why: Why, asked: Expecting, response: Response) -> SanctionAnswer:
        return _answer(await deciding.withdraw(store, id, asked, why.reason), response)

    @routes.post("/{id}/lifting", summary="解除 · lift a rectification or suspension, with a reason")
    async def lift(id: SanctionId, why: Why, asked: Expecting, response: Response) -> SanctionAnswer:
        return _answer(await deciding.lift(store, id, asked, why.reason), response)

    return routes


def _answer(sanction: Sanction, response: Response) -> SanctionAnswer:
    tag(response, sanction.version)
    return shown(sanction)
