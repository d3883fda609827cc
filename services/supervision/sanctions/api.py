"""HTTP of sanctions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.supervision import reading, visibility
from services.supervision.sanctions.requests import NewSanction
from services.supervision.sanctions.sanction import Sanction
from services.supervision.sanctions.usecases import deciding, proposing, winding_up
from services.supervision.violations.requests import Decision
from shared.contracts.windup import WindUpOrders, WindUpPreview, WindUpService
from shared.contracts.words import InstitutionCode
from shared.errors import NotFound
from shared.outside import Ports
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(ports: Ports) -> APIRouter:
    store = ports.store
    routes = APIRouter(prefix="/sanctions", tags=["处理 · sanctions"])

    @routes.get("/preview", summary="善后预览 · what is open at a body, and what may become of it")
    async def preview(body: Annotated[InstitutionCode, Query()], by: By) -> WindUpPreview:
        """For whoever is about to propose a revocation. Proposing freezes what was chosen, item by item."""
        found = await visibility.body_below(store, by, body)
        return WindUpPreview(items=await winding_up.preview(ports.neighbours, found.body))

    @routes.post("", status_code=201, summary="提出处理 · propose a step of the ladder")
    async def propose(new: NewSanction, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        sanction = await proposing.propose(ports, by, key, new)
        response.headers["Location"] = f"/supervision/sanctions/{sanction.id}"
        return _answer(sanction, response)

    @routes.get("", summary="处理列表 · those below one's own body, and one's own once confirmed")
    async def many(by: By, paged: Paged, state: Annotated[str, Query(max_length=20)] = "") -> Listing[Any]:
        found, page = await reading.listed(store, Sanction, by, paged, {"state": state})
        return listing([one.as_answer() for one in found], page)

    @routes.get("/{id}", summary="查看处理 · look at one, with what it does and did")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await visibility.read(store, Sanction, id, by), response)

    @routes.get("/{id}/orders/{service}", summary="善后任务 · a service's part of a revocation (services only)")
    async def orders(id: str, service: WindUpService, by: By) -> WindUpOrders:
        if by.id != service:
            raise NotFound(f"查无 {by.id} 的任务 · there are no such orders for {by.id}")
        return await winding_up.orders(store, id, service)

    @routes.post("/{id}/confirmation", summary="确认 · confirm; a revocation needs two persons")
    async def confirm(id: str, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        """412 with what changed, when a revocation would no longer do what was shown when it was proposed."""
        return _answer(await deciding.confirm(ports, by, id, seen), response)

    @routes.post("/{id}/withdrawal", summary="撤回 · withdraw a proposal, with a reason")
    async def withdraw(id: str, why: Decision, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await deciding.withdraw(ports, by, id, seen, why.reason), response)

    @routes.post("/{id}/lifting", summary="解除 · lift a rectification or suspension, with a reason")
    async def lift(id: str, why: Decision, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await deciding.lift(ports, by, id, seen, why.reason), response)

    return routes


def _answer(sanction: Sanction, response: Response) -> dict[str, Any]:
    tag(response, sanction.version)
    return sanction.as_answer()
