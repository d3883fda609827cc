"""HTTP of signing in: tokens, signing out, and what was ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from services.directory.signing_in import usecases
from services.directory.signing_in.requests import TRAINING, Token
from shared.contracts.access import EndedAccess
from shared.errors import Invalid, Problem
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.throttles import Throttle
from shared.web.access import By
from shared.web.limits import address_of

NEEDED = {
    "password": ("username", "password"),
    "client_credentials": ("client_id", "client_secret"),
    "refresh_token": ("refresh_token",),
}


def router(store: Store, clock: Clock, settings: Settings, everybody: Throttle, each: Throttle) -> APIRouter:
    routes = APIRouter(tags=["登录 · signing in"])

    @routes.post(
        "/tokens",
        summary="取得访问令牌 · get an access token",
        response_model_exclude_none=True,
    )
    async def token(
        request: Request,
        response: Response,
        grant_type: Annotated[str, Form(max_length=60)],
        username: Annotated[str, Form(max_length=64)] = "",
        password: Annotated[str, Form(max_length=200)] = "",
        client_id: Annotated[str, Form(max_length=64)] = "",
        client_secret: Annotated[str, Form(max_length=200)] = "",
        refresh_token: Annotated[str, Form(max_length=200)] = "",
        scope: Annotated[str, Form(max_length=60)] = "",
    ) -> Token:
        """OAuth 2 (RFC 6749). People: `password`, with `scope=training` to practise; then `refresh_token`, each of which
        is good once. Machines: `client_credentials`. The access token lives some minutes."""
        form = {
            "username": username,
            "password": password,
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": refresh_token,
        }
        _must_be_complete(grant_type, form, scope)
        response.headers["Cache-Control"] = "no-store"
        everybody.take(address_of(request))
        # By account and address: guessing is slowed down before it comes to a lock.
        each.take(f"{username or client_id or refresh_token.partition('.')[0]} {address_of(request)}")
        match grant_type:
            case "password":
                practising = scope == TRAINING
                return await usecases.with_password(store, clock, settings, username, password, practising=practising)
            case "client_credentials":
                return await usecases.with_secret(store, clock, settings, client_id, client_secret)
        return await usecases.refreshed(store, clock, settings, refresh_token)

    @routes.post("/sign-out", status_code=204, summary="退出登录 · end this sign-in")
    async def sign_out(by: By) -> None:
        """Its tokens are void in every service within a minute."""
        await usecases.sign_out(store, clock, by)

    @routes.post("/sign-out-everywhere", status_code=204, summary="全部退出 · end all sign-ins of this account")
    async def sign_out_everywhere(by: By) -> None:
        await usecases.sign_out_everywhere(store, clock, by)

    @routes.get("/ended-access", summary="已终止的访问 · access that was ended (services only)")
    async def ended(_: By) -> EndedAccess:
        return await usecases.ended_access(store, clock.now())

    return routes


def _must_be_complete(grant_type: str, form: dict[str, str], scope: str) -> None:
    """Raises Invalid."""
    if grant_type not in NEEDED:
        allowed = ", ".join(NEEDED)
        problem = Problem("/grant_type", f"不支持 {grant_type} · is not supported", allowed)
        raise Invalid("不支持的 grant_type · no such grant_type", [problem])
    needed = NEEDED[grant_type]
    problems = [Problem(f"/{name}", "必填 · is needed") for name in needed if not form[name]]
    if scope not in ("", TRAINING) or (scope and grant_type == "client_credentials"):
        told = "只有个人账号可用 training · the only scope is `training`, and people alone practise"
        problems.append(Problem("/scope", told))
    if problems:
        raise Invalid(f"{grant_type} 请求不完整 · this is no complete {grant_type} request", problems)
