"""HTTP of the directory."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from services.directory import keys, usecases
from services.directory.body import Body, Entry
from services.directory.requests import BodyEntry, NewAccount, NewBody, Token
from shared import keeping
from shared.actor import Actor, Role
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.topology import SERVICES
from shared.web.access import AnyoneSignedIn, Public, allow
from shared.web.idempotency import IdempotencyKey
from shared.web.limits import Throttle, address_of
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import VersionSeen, tag
from shared.web.tokens import EndedAccess, PublishedKeys

Ours = Annotated[Actor, Depends(allow(Role.SERVICE, services=SERVICES))]
Registrar = Annotated[Actor, Depends(allow(Role.OPERATOR, Role.CENTRE_CLERK))]

SIGN_INS_PER_MINUTE = 20  # per account and address
SIGN_INS_PER_ADDRESS = 240  # per minute; an office may sit behind one address


def router(store: Store, clock: Clock, settings: Settings) -> APIRouter:
    routes = APIRouter()
    everybody = Throttle(
        SIGN_INS_PER_ADDRESS, clock, "登录尝试过于频繁，请稍后再试 · too many sign-ins, try again later"
    )
    throttle = Throttle(SIGN_INS_PER_MINUTE, clock, "登录尝试过于频繁，请稍后再试 · too many sign-ins, try again later")

    @routes.post(
        "/tokens", tags=["登录 · signing in"], summary="取得访问令牌 · get an access token", dependencies=[Public]
    )
    async def token(
        request: Request,
        client_id: Annotated[str, Form(max_length=64)],
        client_secret: Annotated[str, Form(max_length=200)],
        grant_type: Annotated[str, Form(pattern="^client_credentials$")] = "client_credentials",
    ) -> Token:
        """OAuth 2 client credentials: account id and password. The token lives some minutes; ask again then."""
        everybody.take(address_of(request))
        # By account and address: guessing is slowed down, and nobody locks another one out from elsewhere.
        throttle.take(f"{client_id} {address_of(request)}")
        life = timedelta(minutes=settings.token_minutes)
        signed = await usecases.sign_in(store, clock, client_id, client_secret, life)
        return Token(access_token=signed, expires_in=int(life.total_seconds()))

    @routes.get("/jwks.json", tags=["登录 · signing in"], summary="验签公钥 · public keys", dependencies=[Public])
    async def jwks() -> PublishedKeys:
        return await keys.published(store)

    @routes.get(
        "/ended-access", tags=["登录 · signing in"], summary="已终止的访问 · access that was ended (services only)"
    )
    async def ended(_: Ours) -> EndedAccess:
        return await usecases.ended_access(store, clock.now())

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
        body = await usecases.seen_body(store, by, code, seen)
        body.change(by, clock.now(), Entry.model_validate(entry.model_dump()))
        await keeping.save(store, body)
        tag(response, body.version)
        return body.as_answer()

    @routes.post("/accounts", tags=["账号 · accounts"], status_code=201, summary="开立账号 · open an account")
    async def open_account(new: NewAccount, by: Registrar, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        account = await usecases.open_account(store, clock, by, key, new)
        response.headers["Location"] = f"/directory/accounts/{account.id}"
        tag(response, account.version)
        return account.as_answer()

    return routes
