"""HTTP of bodies: register, look, change; the licence, the annual inspection, the end of a rectification.

Rectification, suspension and revocation are sanctions: they come from supervision, and have no door here."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from services.directory.bodies import usecases
from services.directory.bodies.body import Body
from services.directory.bodies.requests import BodyEntry, Clearance, InspectionEntry, LicenceEntry, NewBody
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.web.access import By
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag


def router(store: Store, clock: Clock, settings: Settings) -> APIRouter:
    routes = APIRouter(prefix="/bodies", tags=["机构 · bodies"])

    @routes.post("", status_code=201, summary="登记机构 · register a body")
    async def register(new: NewBody, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        body = await usecases.register_body(store, clock, by, key, new, settings.industry)
        response.headers["Location"] = f"/directory/bodies/{body.id}"
        return _answer(body, response)

    @routes.get("", summary="机构列表 · bodies below one's own")
    async def bodies(by: By, paged: Paged) -> Listing[Any]:
        page = await below(store, Body.KIND, by, paged)
        return listing([Body.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/{code}", summary="查看机构 · look at a body")
    async def one(code: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await usecases.read_body(store, by, code), response)

    @routes.put("/{code}", summary="变更机构信息 · change a body's entry")
    async def change(code: str, entry: BodyEntry, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.change(store, clock, by, code, seen, entry), response)

    @routes.post("/{code}/licence", summary="许可 · license: the first one, a renewal, or another scope")
    async def license(
        code: str, entry: LicenceEntry, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        """Four eyes: not by whoever registered the body."""
        return _answer(await usecases.license(store, clock, by, code, seen, entry), response)

    @routes.post("/{code}/annual-inspections", summary="年检 · record the annual inspection")
    async def inspect(
        code: str, entry: InspectionEntry, by: By, seen: ExpectedVersion, response: Response
    ) -> dict[str, Any]:
        """Failed: the body must rectify by a day within three months."""
        return _answer(await usecases.inspect(store, clock, by, code, seen, entry), response)

    @routes.post("/{code}/clearance", summary="整改验收 · what had to be rectified is mended")
    async def clear(code: str, how: Clearance, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await usecases.clear_rectification(store, clock, by, code, seen, how.reason), response)

    return routes


def _answer(body: Body, response: Response) -> dict[str, Any]:
    tag(response, body.version)
    return body.as_answer()
