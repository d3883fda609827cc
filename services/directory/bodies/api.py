"""HTTP of bodies: register, look, change; the licence, the annual inspection, the end of a rectification.

Rectification, suspension and revocation are sanctions: they come from supervision, and have no door here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.directory.bodies import usecases
from services.directory.bodies.answers import BodyAnswer
from services.directory.bodies.body import Body
from services.directory.bodies.requests import BodyEntry, Clearance, InspectionEntry, LicenceEntry, NewBody
from shared.ports import Store
from shared.ports.neighbours import Neighbours
from shared.settings import Settings
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag

Code = Annotated[str, Path(description="机构编码 · institution code of the body")]


def router(store: Store, settings: Settings, neighbours: Neighbours) -> APIRouter:
    routes = APIRouter(prefix="/bodies", tags=["机构 · bodies"])

    @routes.post("", status_code=201, summary="登记机构 · register a body")
    async def register(new: NewBody, asked: Asking, key: IdempotencyKey, response: Response) -> BodyAnswer:
        body = await usecases.register(store, asked, key, new, settings.industry)
        response.headers["Location"] = f"/directory/bodies/{body.id}"
        return _answer(body, response)

    @routes.get("", summary="机构列表 · bodies below one's own")
    async def listed(by: By, paged: Paged) -> Listing[BodyAnswer]:
        return shown(await below(store, Body.KIND, by, paged), Body, BodyAnswer.of)

    @routes.get("/{code}", summary="查看机构 · look at a body")
    async def look(code: Code, by: By, response: Response) -> BodyAnswer:
        """In training mode: at the twin of one, whose code begins with 99."""
        return _answer(await usecases.read(store, by, code, settings.industry), response)

    @routes.put("/{code}", summary="变更机构信息 · change a body's entry")
    async def change(code: Code, entry: BodyEntry, asked: Expecting, response: Response) -> BodyAnswer:
        return _answer(await usecases.change(store, code, asked, entry), response)

    @routes.post("/{code}/licence", summary="许可 · license: the first one, a renewal, or another scope")
    async def license(code: Code, entry: LicenceEntry, asked: Expecting, response: Response) -> BodyAnswer:
        """Four eyes: not by whoever registered the body."""
        return _answer(await usecases.license(store, code, asked, entry), response)

    @routes.post("/{code}/annual-inspections", summary="年检 · record the annual inspection")
    async def inspect(code: Code, entry: InspectionEntry, asked: Expecting, response: Response) -> BodyAnswer:
        """Failed: the body must rectify by a day within three months."""
        return _answer(await usecases.inspect(store, code, asked, entry), response)

    @routes.post("/{code}/clearance", summary="整改验收 · what had to be rectified is mended")
    async def clear(code: Code, how: Clearance, asked: Expecting, response: Response) -> BodyAnswer:
        """Of what an annual inspection found. What a sanction ordered ends with the sanction: 409, with where to lift it."""
        return _answer(await usecases.clear_rectification(store, neighbours, code, asked, how.reason), response)

    return routes


def _answer(body: Body, response: Response) -> BodyAnswer:
    tag(response, body.version)
    return BodyAnswer.of(body)
