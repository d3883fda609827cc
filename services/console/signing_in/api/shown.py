"""Pages of a sign-in that more than one way leads to, and what waits on them."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.console.pages import HOME, own_address, page, sign_in_address
from services.console.refusal import Kept
from services.console.sessions.session import Secret
from services.console.typed import Typed

NO_TLS: Final = (
    "此地址未加密，密码会被他人看到，不能在此登录；请使用 https 开头的网址，或告知运行管理员 · this address is not encrypted, "
    "others could read your password: use the address that begins with https, or tell the operator"
)
KEPT: Final = "kept."
"""How fields begin that wait on the page of the sign-in until somebody is signed in again."""


def sign_in_page(
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


def go_on_page(request: Request, kept: Kept | None, *, at_once: bool, answered: bool = False) -> HTMLResponse:
    """at_once: whether it goes on by itself, where scripts run. answered: whether it did not wait for a sign-in, but was sent
    before and stood on the page of the answer."""
    status = 200 if kept else 404
    return page(request, "signing_in/pages/go_on.html", status, kept=kept, at_once=at_once, answered=answered)


def give(answer: Response, name: str, secret: Secret) -> None:
    answer.set_cookie(name, secret.text, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")


def kept_in(form: Typed) -> Kept | None:
    action = form["kept_action"]
    if not action or own_address(action) != action:
        return None
    return Kept(action, tuple((name.removeprefix(KEPT), value) for name, value in form.fields if name.startswith(KEPT)))
