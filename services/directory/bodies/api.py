"""HTTP of the directory."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.directory.accounts import api as accounts_api
from services.directory.bodies import usecases
from services.directory.bodies.body import Body, Entry
from services.directory.bodies.requests import BodyEntry, NewBody
from services.directory.resets import api as passwords_api
from services.directory.signing_in import api as tokens_api
from shared.actor import Actor
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.throttles import Throttles
from shared.trade.roles import Role
from shared.web.access import AnyoneSignedIn, allow
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import VersionSeen, tag

Registrar = Annotated[Actor, Depends(allow(Role.OPERATOR, Role.CENTRE_CLERK))]

SIGN_INS_PER_MINUTE = 20  # per account and address
SIGN_INS_PER_ADDRESS = 240  # per minute; an office may sit behind one address
TOO_OFTEN = "登录尝试过于频繁，请稍后再试 · too many sign-ins, try again later"


def routers(store: Store, clock: Clock, settings: Settings, throttles: Throttles) -> tuple[APIRouter, ...]:
    everybody = throttles.new(SIGN_INS_PER_ADDRESS, TOO_OFTEN)
    each = throttles.new(SIGN_INS_PER_MINUTE, TOO_OFTEN)
    return (
        tokens_api.router(store, clock, settings, everybody, each),
        passwords_api.router(store, clock, settings, throttles, everybody, each),
        router(store, clock, settings),
        accounts_api.router(store, clock),
    )


def router(store: Store, clock: Clock, settings: Settings) -> APIRouter:
    routes = APIRouter()

    @routes.post("/bodies", tags=["机构 · bodies"], status_code=201, summary="登记机构 · register a body")
    async def register(new: NewBody, by: Registrar, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        body = await usecases.register_body(store, clock, by, key, new, settings.industry)
        response.headers["Location"] = f"/directory/bodies/{body.id}"
        tag(response, body.version)
        return body.as_answer()

    @routes.get("/bodies", tags=["机构 · bodies"], summary="机构列表 · bodies below one's own")
    async def bodies(by: AnyoneSignedIn, paged: Paged) -> Listing:
        page = await below(store, Body.KIND, by, paged)
        return listing([Body.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/bodies/{code}", tags=["机构 · bodies"], summary="查看机构 · look at a body")
    async def one(code: str, by: AnyoneSignedIn, response: Response) -> dict[str, Any]:
        body = await usecases.read_body(store, by, code)
        tag(response, body.version)
        return body.as_answer()

    @routes.put("/bodies/{code}", tags=["机构 · bodies"], summary="变更机构信息 · change a body's entry")
    async def change(
        code: str, entry: BodyEntry, by: Registrar, seen: VersionSeen, response: Response
    ) -> dict[str, Any]:
        body = await repository.seen(store, Body, code, by, seen)
        body.change(by, clock.now(), Entry.model_validate(entry.model_dump()))
        await repository.save(store, body)
        tag(response, body.version)
        return body.as_answer()

    return routes
