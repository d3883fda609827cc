"""HTTP of violations and of the number check."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.supervision import reading, visibility
from services.supervision.violations import usecases
from services.supervision.violations.answers import NumberCheckAnswer, ViolationAnswer, shown
from services.supervision.violations.requests import NewViolation, NumberCheck, Why
from services.supervision.violations.violation import Violation
from shared.outside import Ports
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below
from shared.web.preconditions import tag
from shared.words import choices

ViolationId = Annotated[str, Path(description="违规编号 · id of the violation")]


def router(ports: Ports) -> APIRouter:
    store, industry = ports.store, ports.settings.industry
    routes = APIRouter()
    label = "违规 · violations"

    @routes.post(
        "/number-checks",
        tags=[label],
        summary="核对证书编号 · check a certificate number, digit by digit, and in the register (R3)",
    )
    async def check(what: NumberCheck, asked: Asking) -> NumberCheckAnswer:
        """A number without the industry mark raises a violation of the body that presented it. Asking again raises
        nothing more, so no Idempotency-Key is needed. One of this industry is looked up in the register: 503 while that
        cannot be asked."""
        return await usecases.check_number(store, ports.neighbours, asked, what, industry)

    @routes.post("/violations", tags=[label], status_code=201, summary="提出违规 · raise a violation")
    async def raise_by_hand(
        new: NewViolation, asked: Asking, key: IdempotencyKey, response: Response
    ) -> ViolationAnswer:
        violation = await usecases.raise_by_hand(store, asked, key, new)
        response.headers["Location"] = f"/supervision/violations/{violation.id}"
        return _answer(violation, response)

    @routes.get(
        "/violations", tags=[label], summary="违规列表 · those below one's own body, and one's own once confirmed"
    )
    async def violations(
        by: By,
        paged: Paged,
        state: Annotated[
            Literal["", "raised", "confirmed", "dismissed"],
            Query(
                description=choices(
                    "只列此状态，空为全部", "only those in this state; empty: all", Violation.WORDS.states
                )
            ),
        ] = "",
    ) -> Listing[ViolationAnswer]:
        page = await below(store, Violation.KIND, by, paged, {"state": state} if state else None)
        return reading.shown(page, Violation, by, shown)

    @routes.get("/violations/{id}", tags=[label], summary="查看违规 · look at one")
    async def violation(id: ViolationId, by: By, response: Response) -> ViolationAnswer:
        return _answer(await visibility.read(store, Violation, id, by), response)

    @routes.post("/violations/{id}/confirmation", tags=[label], summary="认定属实 · confirm, with a reason")
    async def confirm(id: ViolationId, why: Why, asked: Expecting, response: Response) -> ViolationAnswer:
        return _answer(await usecases.confirm(store, id, asked, why.reason), response)

    @routes.post("/violations/{id}/dismissal", tags=[label], summary="不予认定 · dismiss, with a reason")
    async def dismiss(id: ViolationId, why: Why, asked: Expecting, response: Response) -> ViolationAnswer:
        return _answer(await usecases.dismiss(store, id, asked, why.reason), response)

    return routes


def _answer(violation: Violation, response: Response) -> ViolationAnswer:
    tag(response, violation.version)
    return shown(violation)
