"""HTTP of signing in through an identity provider: to the provider, and back with its answer."""

from __future__ import annotations

import logging
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.directory.oidc import usecases
from services.directory.oidc.begun import LIFE, Begun, Seal
from services.directory.signing_in.answers import TokenAnswer
from shared.errors import NotFound, NotSignedIn, Unavailable
from shared.memory.throttles import Throttles
from shared.ports import Clock, IdentityProvider, Store
from shared.ports.identity_provider import AWAY
from shared.settings import Settings
from shared.web.edge.headers import NOT_KEPT
from shared.web.visitors import range_of

log = logging.getLogger(__name__)

COOKIE = "jianding-oidc"
PER_ADDRESS = 240  # requests per minute; an office may sit behind one address
DENIED = "身份提供方未予登录 · the identity provider did not let you in"
OFF = "未启用统一身份认证登录 · signing in through an identity provider is not switched on here"
NOT_NOW = frozenset({"server_error", "temporarily_unavailable"})  # RFC 6749 §4.1.2.1


def router(
    store: Store, clock: Clock, settings: Settings, throttles: Throttles, provider: IdentityProvider | None
) -> APIRouter:
    routes = APIRouter(prefix="/oidc", tags=["登录 · signing in"])
    way_back = urlsplit(usecases.callback(settings))
    seal = Seal(settings.oidc_client_secret.get_secret_value())
    throttle = throttles.new(PER_ADDRESS, "登录尝试过于频繁，请稍后再试 · too many sign-ins, try again later")

    def the_provider(request: Request) -> IdentityProvider:
        """Raises NotFound when the option is off; 429, because each sign-in has the provider asked."""
        if provider is None:
            raise NotFound(OFF)
        throttle.take(range_of(request))
        return provider

    @routes.get(
        "/sign-in",
        status_code=303,
        response_class=RedirectResponse,
        summary="统一身份认证登录 · sign in at the identity provider",
    )
    async def sign_in(
        request: Request,
        pages: Annotated[
            bool,
            Query(
                description="从网页登录，验证后回到网页 · begun at the pages: the provider sends the browser back there"
            ),
        ] = False,
        fresh: Annotated[
            bool,
            Query(description="须在身份提供方重新验证身份 · whoever signs in has to prove anew who they are"),
        ] = False,
    ) -> Response:
        """For browsers: leads to the provider, and from there to `callback`."""
        there, begun = the_provider(request), Begun.now(clock.now(), pages=pages, fresh=fresh)
        answer = RedirectResponse(await usecases.page(there, settings, begun), 303, NOT_KEPT)
        answer.set_cookie(
            COOKIE,
            seal.cookie(begun),
            max_age=int(LIFE.total_seconds()),
            path=way_back.path,
            secure=way_back.scheme == "https",
            httponly=True,
            samesite="lax",  # the provider's redirect brings it along; nothing that is sent from its pages does
        )
        return answer

    @routes.get("/callback", summary="身份提供方的答复 · the identity provider's answer")
    async def callback(
        request: Request,
        response: Response,
        state: Annotated[
            str, Query(max_length=200, description="本次登录的标识 · `state` that this sign-in was begun with")
        ] = "",
        code: Annotated[
            str, Query(max_length=4096, description="身份提供方给出的一次性代码 · code of the provider, good once")
        ] = "",
        error: Annotated[
            str, Query(max_length=200, description="未予登录的原因，成功为空 · why it let nobody in; empty if it did")
        ] = "",
    ) -> TokenAnswer:
        """Where the provider sends the browser back to, once for each sign-in. Answers as `POST /directory/tokens`."""
        there = the_provider(request)
        begun = seal.open(request.cookies.get(COOKIE, ""), state, clock.now())
        if error in NOT_NOW:
            raise Unavailable(AWAY)
        if error or not code:
            log.info("the identity provider let nobody in: %.40r", error)
            raise NotSignedIn(DENIED)
        named = await usecases.identify(there, settings, begun, code, clock.now())
        token = await usecases.sign_in(store, clock, settings, begun, named)
        response.headers.update(NOT_KEPT)
        response.delete_cookie(COOKIE, path=way_back.path)
        return token

    return routes
