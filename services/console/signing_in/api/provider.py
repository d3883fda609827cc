"""Signing in at the Centre's own identity provider."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.pages import go, own_address
from services.console.refusal import Refusal
from services.console.signing_in import usecases
from services.console.signing_in.api.shown import NO_TLS, give, sign_in_page
from services.console.visitor import By, cookie_of


def add(routes: APIRouter) -> None:
    @routes.get("/sign-in/provider")
    async def to_the_provider(request: Request, visitor: By, next: str = "", fresh: str = "") -> Response:
        if not cookie_of(request):
            return sign_in_page(request, NO_TLS, 403, own_address(next))
        there, cookie = await usecases.begun(visitor, own_address(next), fresh=bool(fresh))
        answer = go(there)
        meanwhile, secure = _meanwhile(request)
        answer.set_cookie(meanwhile, cookie, usecases.LIFE, path="/", secure=secure, httponly=True, samesite="lax")
        return answer

    @routes.get("/sign-in/provider/callback")
    async def from_the_provider(
        request: Request, visitor: By, state: str = "", code: str = "", error: str = ""
    ) -> Response:
        name, (meanwhile, secure) = cookie_of(request), _meanwhile(request)
        cookie = request.cookies.get(meanwhile, "")
        next = usecases.wanted(cookie)
        if not name:
            return sign_in_page(request, NO_TLS, 403, next)
        answer: Response
        try:
            tokens = await usecases.tokens(visitor, cookie, {"state": state, "code": code, "error": error})
            secret = await visitor.sessions.come_back(visitor.secret, tokens, visitor.address)
        except Refusal as refusal:
            answer = sign_in_page(request, str(refusal), refusal.status, next)
        else:
            answer = go(next)
            give(answer, name, secret)
        answer.delete_cookie(meanwhile, path="/", secure=secure, httponly=True, samesite="lax")
        return answer


def _meanwhile(request: Request) -> tuple[str, bool]:
    """The name of the cookie of a sign-in at the provider, and whether it is for https only."""
    secure = request.url.scheme == "https"
    return (usecases.COOKIE if secure else usecases.LOOPBACK_COOKIE), secure
