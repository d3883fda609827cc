"""Pages of signing in and out, and of how pages look."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.console.entry import PUBLIC, Entry, Page
from services.console.pages import (
    GO_ON,
    HOME,
    SIGN_IN_AGAIN,
    address_of,
    go,
    own_address,
    page,
    sign_in_address,
    to_sign_in,
)
from services.console.refusal import Kept, Refusal
from services.console.sessions.session import Secret
from services.console.signing_in import usecases
from services.console.typed import Form, Typed
from services.console.visitor import LOOK, By, Look, Visitor, cookie_of
from shared.errors import Unavailable

log = logging.getLogger(__name__)


NO_TLS: Final = (
    "此地址未加密，密码会被他人看到，不能在此登录；请使用 https 开头的网址，或告知管理员 · this address is not encrypted, others "
    "could read your password: use the address that begins with https, or tell the operator"
)
SOMEBODY_ELSE: Final = (
    "此浏览器中已有他人登录，密码未送出；请以下列账号登录，或退出后换回本人 · somebody else signed in in this browser meanwhile, "
    "and your password was not sent on: sign in as the account below, or sign out and in as yourself"
)
CHANGE_PASSWORD: Final = "/directory/password?why=initial"
KEPT: Final = "kept."
"""How fields begin that wait on the page of the sign-in until somebody is signed in again."""
_YEAR: Final = 365 * 24 * 3600


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/sign-in")
    async def sign_in_page(request: Request, visitor: By, next: str = "") -> Response:
        if visitor.session is not None:
            return go(own_address(next))
        return _sign_in(request, "" if cookie_of(request) else NO_TLS, next=own_address(next))

    @routes.post("/sign-in")
    async def sign_in(request: Request, visitor: By, form: Form) -> Response:
        next, kept = own_address(form["next"]), _kept(form)
        name = cookie_of(request)
        if not name:
            return _sign_in(request, NO_TLS, 403, next, kept, form)
        try:
            secret = await visitor.sessions.sign_in(
                form["account"], form["password"], visitor.address, practising=bool(form["practice"])
            )
        except Refusal as refusal:
            if "password" in refusal.more:
                return go(_change_password(form["account"]))
            return _sign_in(request, str(refusal), refusal.status, next, kept, form)
        if visitor.secret is not None:  # whoever was signed in here before
            await _forget(visitor)
        answer: Response
        if kept:
            visitor.secret, visitor.session = secret, await visitor.sessions.known(secret)
            answer = _go_on(request, kept, at_once=False)
        else:
            answer = go(next)
        _give(answer, name, secret)
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
        return _go_on(request, visitor.session.kept.get(kept), at_once=True)

    @routes.get("/sign-in/provider")
    async def to_the_provider(request: Request, visitor: By, next: str = "", fresh: str = "") -> Response:
        if not cookie_of(request):
            return _sign_in(request, NO_TLS, 403, own_address(next))
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
            return _sign_in(request, NO_TLS, 403, next)
        answer: Response
        try:
            tokens = await usecases.tokens(visitor, cookie, {"state": state, "code": code, "error": error})
            secret = await visitor.sessions.come_back(visitor.secret, tokens, visitor.address)
        except Refusal as refusal:
            answer = _sign_in(request, str(refusal), refusal.status, next)
        else:
            answer = go(next)
            _give(answer, name, secret)
        answer.delete_cookie(meanwhile, path="/", secure=secure, httponly=True, samesite="lax")
        return answer

    @routes.post("/sign-out")
    async def sign_out(request: Request, visitor: By) -> Response:
        await _forget(visitor)
        answer = go("/sign-in", "signed_out")
        if name := cookie_of(request):
            answer.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    @routes.get("/look")
    async def look_page(request: Request, visitor: By, next: str = "") -> Response:
        return page(request, "signing_in/pages/look.html", next=own_address(next))

    @routes.post("/look")
    async def look(request: Request, visitor: By, form: Form) -> Response:
        """语言、大字版、快捷键。 · Language, large type, single keys: kept in this browser. What was typed and waits for a
        sign-in still waits afterwards, and so does what was answered with a page."""
        now = visitor.look
        chosen = Look(
            "en" if form["language"] == "en" else "zh" if form["language"] else now.language,
            {"on": True, "off": False}.get(form["large"], now.large),
            {"on": True, "off": False}.get(form["keys"], now.keys),
        )
        kept, visitor.look = _kept(form), chosen
        answer: Response
        if kept is None:
            answer = go(own_address(form["next"]))
        elif visitor.session is None and not _is_for_everybody(request, kept):
            answer = _sign_in(request, "", kept=kept)
        else:
            answer = _go_on(request, kept, at_once=False, answered=bool(form["answered"]))
        secure = request.url.scheme == "https"
        answer.set_cookie(LOOK, str(chosen), max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax")
        return answer

    return routes


def _sign_in(
    request: Request,
    said: str,
    status: int = 200,
    next: str = HOME,
    kept: Kept | None = None,
    form: Typed | None = None,
) -> HTMLResponse:
    account, practice = (form["account"], bool(form["practice"])) if form else ("", False)
    return page(
        request,
        "signing_in/pages/sign_in.html",
        status,
        at=sign_in_address(next),
        said=said,
        next=next,
        kept=kept,
        lost_file=False,
        account=account,
        practice=practice,
    )


def _change_password(account: str) -> str:
    """account: it is not asked for twice. The password is."""
    return f"{CHANGE_PASSWORD}&account={quote(account, safe='')}"


def _meanwhile(request: Request) -> tuple[str, bool]:
    """The name of the cookie of a sign-in at the provider, and whether it is for https only."""
    secure = request.url.scheme == "https"
    return (usecases.COOKIE if secure else usecases.LOOPBACK_COOKIE), secure


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


def _go_on(request: Request, kept: Kept | None, *, at_once: bool, answered: bool = False) -> HTMLResponse:
    """at_once: whether it goes on by itself, where scripts run. answered: whether it did not wait for a sign-in, but was sent
    before and stood on the page of the answer."""
    status = 200 if kept else 404
    return page(request, "signing_in/pages/go_on.html", status, kept=kept, at_once=at_once, answered=answered)


def _is_for_everybody(request: Request, kept: Kept) -> bool:
    """Whether a form may be sent by whoever is not signed in."""
    known: dict[str, tuple[Entry, Page]] = request.app.state.pages
    found = known.get(f"POST {kept.action}")
    return found is not None and found[1].asks == PUBLIC


def _give(answer: Response, name: str, secret: Secret) -> None:
    answer.set_cookie(name, secret.text, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")


def _kept(form: Typed) -> Kept | None:
    action = form["kept_action"]
    if not action or own_address(action) != action:
        return None
    return Kept(action, tuple((name.removeprefix(KEPT), value) for name, value in form.fields if name.startswith(KEPT)))


async def _forget(visitor: Visitor) -> None:
    """Whatever the directory answers, this browser is signed out."""
    if visitor.secret is None:
        return
    try:
        await visitor.sessions.sign_out(visitor.secret, visitor.address)
    except Unavailable as error:
        log.warning("a sign-in goes on until it ends by itself: %s", error)
