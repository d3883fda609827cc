"""HTTP of signing in: tokens, signing out, and what was ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from services.directory.accounts import storage as accounts
from services.directory.accounts.desk import Desk
from services.directory.signing_in import usecases
from services.directory.signing_in.answers import EndedAccessAnswer, TokenAnswer
from services.directory.signing_in.requests import TokenRequest
from shared.memory.throttles import Throttle, Throttles
from shared.ports import Clock, Store
from shared.settings import Settings
from shared.web.access import By
from shared.web.asking import Asking
from shared.web.edge.headers import NOT_KEPT
from shared.web.visitors import range_of

PROVEN_PER_MINUTE = 240  # per account that shows the secret drawn for it: for its own faults, not for others'


def router(
    store: Store,
    clock: Clock,
    settings: Settings,
    throttles: Throttles,
    desk: Desk,
    everybody: Throttle,
    each: Throttle,
) -> APIRouter:
    routes = APIRouter(tags=["登录 · signing in"])
    proven = throttles.new(PROVEN_PER_MINUTE, "取令牌过于频繁，请稍后再试 · too many tokens, try again later")

    @routes.post(
        "/tokens",
        summary="取得访问令牌 · get an access token",
        response_model_exclude_none=True,
    )
    async def token(
        request: Request,
        response: Response,
        grant_type: Annotated[
            str,
            Form(
                max_length=60,
                description="登录方式：密码、机器密钥或刷新令牌 · `password`, `client_credentials` or `refresh_token`",
            ),
        ],
        username: Annotated[str, Form(max_length=64, description="个人账号 · account of a person")] = "",
        password: Annotated[str, Form(max_length=200, description="密码 · password")] = "",
        client_id: Annotated[str, Form(max_length=64, description="机器账号 · account of a machine")] = "",
        client_secret: Annotated[str, Form(max_length=200, description="机器密钥 · secret of a machine")] = "",
        refresh_token: Annotated[
            str, Form(max_length=200, description="上次取得的刷新令牌 · the refresh token of the answer before")
        ] = "",
        scope: Annotated[
            str,
            Form(max_length=60, description="练习时填 `training`，否则不填 · `training` to practise; empty otherwise"),
        ] = "",
    ) -> TokenAnswer:
        """OAuth 2 (RFC 6749). People: `password`, with `scope=training` to practise; then `refresh_token`, each of which
        is good once. Machines: `client_credentials`. The access token lives some minutes."""
        form = TokenRequest(grant_type, username, password, client_id, client_secret, refresh_token, scope)
        form.must_be_complete()
        response.headers.update(NOT_KEPT)
        range = range_of(request)
        if await accounts.has_drawn_secret(store, form.who, form.secret):
            proven.take(form.who)  # whatever others do who share its address, or try its name
        else:
            everybody.take(range)
            # By account and address: guessing is slowed down before it comes to a lock.
            each.take(f"{form.who} {range}")
        asker = desk.asker(range, form.who)
        match grant_type:
            case "password":
                return await usecases.with_password(store, clock, settings, form, asker)
            case "client_credentials":
                return await usecases.with_secret(store, clock, settings, form, asker)
        return await usecases.refreshed(store, clock, settings, refresh_token)

    @routes.post("/sign-out", status_code=204, summary="退出登录 · end this sign-in")
    async def sign_out(asked: Asking) -> None:
        """Its tokens are void in every service within a minute."""
        await usecases.sign_out(store, asked)

    @routes.post("/sign-out-everywhere", status_code=204, summary="全部退出 · end all sign-ins of this account")
    async def sign_out_everywhere(asked: Asking) -> None:
        await usecases.sign_out_everywhere(store, asked)

    @routes.get("/ended-access", summary="已终止的访问 · access that was ended (services only)")
    async def ended(_: By) -> EndedAccessAnswer:
        return EndedAccessAnswer.of(await usecases.ended_access(store, clock.now()))

    return routes
