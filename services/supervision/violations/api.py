"""HTTP of violations and of the number check."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from services.supervision import reading, visibility
from services.supervision.violations import usecases
from services.supervision.violations.answers import Checked
from services.supervision.violations.requests import Decision, NewViolation, NumberCheck
from services.supervision.violations.violation import Violation
from shared.outside import Ports
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(ports: Ports) -> APIRouter:
    store, clock, industry = ports.store, ports.clock, ports.settings.industry
    routes = APIRouter()
    label = "违规 · violations"

    @routes.post(
        "/number-checks", tags=[label], summary="核对证书编号 · check a certificate number, digit by digit (R3)"
    )
    async def check(what: NumberCheck, by: By) -> Checked:
        """A number without the industry mark raises a violation of the body that presented it. Asking again raises
        nothing more, so no Idempotency-Key is needed."""
        return await usecases.check_number(store, clock, by, what, industry)

    @routes.post("/violations", tags=[label], status_code=201, summary="提出违规 · raise a violation")
    async def raise_one(new: NewViolation, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        violation = await usecases.raise_by_hand(store, clock, by, key, new)
        response.headers["Location"] = f"/supervision/violations/{violation.id}"
        return _answer(violation, response)

    @routes.get(
        "/violations", tags=[label], summary="违规列表 · those below one's own body, and one's own once confirmed"
    )
    async def many(
        by: By, paged: Paged, state: Annotated[Literal["", "raised", "confirmed", "dismissed"], Query()] = ""
    ) -> Listing[Any]:
        found, page = await reading.listed(store, Violation, by, paged, {"state": state})
        return listing([one.as_answer() for one in found], page)

    @routes.get("/violations/{id}", tags=[label], summary="查看违规 · look at one")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await visibility.read(store, Violation, id, by), response)

    @routes.post("/violations/{id}/confirmation", tags=[label], summary="认定属实 · confirm, with a reason")
    async def confirm(id: str, why: Decision, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.decide(store, clock, by, id, seen, "confirm", why.reason), response)

    @routes.post("/violations/{id}/dismissal", tags=[label], summary="不予认定 · dismiss, with a reason")
    async def dismiss(id: str, why: Decision, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.decide(store, clock, by, id, seen, "dismiss", why.reason), response)

    return routes


def _answer(violation: Violation, response: Response) -> dict[str, Any]:
    tag(response, violation.version)
    return violation.as_answer()
