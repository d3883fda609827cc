"""Pages of signing in and out, and of how pages look."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.console.pages import HOME, go, own_address, page
from services.console.refusal import Kept, Refusal
from services.console.typed import Form, Typed
from services.console.visitor import LOOK, By, Look, Visitor, cookie_of
from shared.errors import Unavailable

NO_TLS: Final = (
    "此地址未加密，密码会被他人看到，不能在此登录；请使用 https 开头的网址，或告知管理员 · this address is not encrypted, others "
    "could read your password: use the address that begins with https, or tell the operator"
)
CHANGE_PASSWORD: Final = "/directory/password"
FORGOTTEN: Final = "/forgotten-password"
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
                return go(CHANGE_PASSWORD)
            return _sign_in(request, str(refusal), refusal.status, next, kept, form)
        if visitor.secret is not None:  # whoever was signed in here before
            await _forget(visitor)
        answer: Response = page(request, "signing_in/pages/go_on.html", kept=kept) if kept else go(next)
        answer.set_cookie(name, secret.text, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")
        return answer

    @routes.post("/sign-out")
    async def sign_out(request: Request, visitor: By) -> Response:
        await _forget(visitor)
        answer = go("/sign-in", "signed_out")
        if name := cookie_of(request):
            answer.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    @routes.get(FORGOTTEN)
    async def forgotten_page(request: Request, visitor: By) -> Response:
        return page(request, "signing_in/pages/forgotten.html", account="", refusal=None, sentence="")

    @routes.post(FORGOTTEN)
    async def forgotten(request: Request, visitor: By, form: Form) -> Response:
        """The directory says the same whether there is such an account or not."""
        sentence, refused = "", None
        try:
            reply = await visitor.send("POST", "/directory/password-resets", {"account": form["account"]})
            sentence = str(reply.json()["detail"])
        except Refusal as refusal:
            refused = refusal
        return page(
            request,
            "signing_in/pages/forgotten.html",
            refused.status if refused else 200,
            account=form["account"],
            refusal=refused,
            sentence=sentence,
        )

    @routes.get("/look")
    async def look_page(request: Request, visitor: By, next: str = "") -> Response:
        return page(request, "signing_in/pages/look.html", next=own_address(next))

    @routes.post("/look")
    async def look(request: Request, visitor: By, form: Form) -> Response:
        """语言、大字版、快捷键。 · Language, large type, single keys: kept in this browser."""
        now = visitor.look
        chosen = Look(
            "en" if form["language"] == "en" else "zh" if form["language"] else now.language,
            {"on": True, "off": False}.get(form["large"], now.large),
            {"on": True, "off": False}.get(form["keys"], now.keys),
        )
        answer = go(own_address(form["next"]))
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
        said=said,
        next=next,
        kept=kept,
        lost_file=False,
        account=account,
        practice=practice,
        oidc=False,
    )


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
    except Unavailable:
        return
