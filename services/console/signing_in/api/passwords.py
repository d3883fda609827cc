"""Signing in with a password, once more for what needs a fresh sign-in, and out."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.pages import GO_ON, SIGN_IN_AGAIN, address_of, go, own_address, page, to_sign_in
from services.console.refusal import Refusal
from services.console.signing_in.api.shown import NO_TLS, give, go_on_page, kept_in, sign_in_page
from services.console.typed import Form
from services.console.visitor import By, Visitor, cookie_of
from shared.errors import Unavailable

log = logging.getLogger(__name__)

SOMEBODY_ELSE: Final = (
    "此浏览器中已有他人登录，密码未送出；请以下列账号登录，或退出后换回本人 · somebody else signed in in this browser meanwhile, "
    "and your password was not sent on: sign in as the account below, or sign out and in as yourself"
)
CHANGE_PASSWORD: Final = "/directory/password?why=initial"


def add(routes: APIRouter) -> None:
    @routes.get("/sign-in")
    async def signing_in(request: Request, visitor: By, next: str = "") -> Response:
        if visitor.session is not None:
            return go(own_address(next))
        return sign_in_page(request, "" if cookie_of(request) else NO_TLS, next=own_address(next))

    @routes.post("/sign-in")
    async def sign_in(request: Request, visitor: By, form: Form) -> Response:
        next, kept = own_address(form["next"]), kept_in(form)
        name = cookie_of(request)
        if not name:
            return sign_in_page(request, NO_TLS, 403, next, kept, form)
        try:
            secret = await visitor.sessions.sign_in(
                form["account"], form["password"], visitor.address, practising=bool(form["practice"])
            )
        except Refusal as refusal:
            if "password" in refusal.more:
                return go(_change_password(form["account"]))
            return sign_in_page(request, str(refusal), refusal.status, next, kept, form)
        if visitor.secret is not None:  # whoever was signed in here before
            await _forget(visitor)
        answer: Response
        if kept:
            visitor.secret, visitor.session = secret, await visitor.sessions.known(secret)
            answer = go_on_page(request, kept, at_once=False)
        else:
            answer = go(next)
        give(answer, name, secret)
        return answer

    @routes.get(SIGN_IN_AGAIN)
    async def again_page(request: Request, visitor: By, next: str = "") -> Response:
        """For what needs a fresh sign-in. next: in the address, so that nothing done on this page loses it."""
        return _again(request, visitor, own_address(next))

    @routes.post(SIGN_IN_AGAIN)
    async def again(request: Request, visitor: By, form: Form, next: str = "") -> Response:
        next = own_address(next)
        if visitor.secret is None or visitor.session is None:
            return to_sign_in(request, next)
        if form["account"] not in ("", visitor.session.holder.account):
            return _again(request, visitor, next, Refusal(409, SOMEBODY_ELSE))
        try:
            await visitor.sessions.prove(visitor.secret, visitor.session, form["password"], visitor.address)
        except Refusal as refusal:
            if "password" in refusal.more:
                return go(_change_password(visitor.session.holder.account))
            return _again(request, visitor, next, refusal)
        return go(next)

    @routes.get(GO_ON)
    async def go_on(request: Request, visitor: By, kept: str = "") -> Response:
        if visitor.session is None:
            return to_sign_in(request)
        return go_on_page(request, visitor.session.kept.get(kept), at_once=True)

    @routes.post("/sign-out")
    async def sign_out(request: Request, visitor: By) -> Response:
        await _forget(visitor)
        answer = go("/sign-in", "signed_out")
        if name := cookie_of(request):
            answer.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


def _change_password(account: str) -> str:
    """account: it is not asked for twice. The password is."""
    return f"{CHANGE_PASSWORD}&account={quote(account, safe='')}"


def _again(request: Request, visitor: Visitor, next: str, refusal: Refusal | None = None) -> Response:
    if visitor.session is None:
        return to_sign_in(request, next)
    return page(
        request,
        "signing_in/pages/again.html",
        refusal.status if refusal else 200,
        at=address_of(request),
        said=str(refusal) if refusal else "",
        next=next,
        kept=next.startswith(f"{GO_ON}?"),
        by_provider=visitor.session.by_provider,
    )


async def _forget(visitor: Visitor) -> None:
    """Whatever the directory answers, this browser is signed out."""
    if visitor.secret is None:
        return
    try:
        await visitor.sessions.sign_out(visitor.secret, visitor.address)
    except Unavailable as error:
        log.warning("a sign-in goes on until it ends by itself: %s", error)
