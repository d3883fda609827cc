"""HTTP of unsubscribing: the address in a letter. Mail programs POST to it (RFC 8058), people open it as a page."""

from __future__ import annotations

import pathlib
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notification.unsubscribing import usecases
from services.notification.unsubscriptions import storage
from shared.errors import NotFound
from shared.outside import Ports
from shared.web.edge.headers import NOT_KEPT
from shared.web.visitors import range_of

_pages = Environment(
    loader=FileSystemLoader(pathlib.Path(__file__).parent / "pages"), autoescape=True, undefined=StrictUndefined
)
Token = Annotated[
    str, Path(max_length=200, description="信中退订链接所带的令牌 · the token in the address that the letter carries")
]
WRONG_ONES = 20
"""In a minute: wrong addresses of one visitor."""
TOO_OFTEN = "链接多次有误，请稍后再试 · too many wrong addresses, try again later"
_GONE = ("已退订，此邮箱不再收到此类信函。", "This mailbox will get no more letters of this kind.")
_BACK = ("已恢复，此邮箱将继续收到此类信函。", "This mailbox will get letters of this kind again.")


def router(ports: Ports) -> APIRouter:
    routes = APIRouter(prefix="/unsubscribing", tags=["退订 · unsubscribing"])
    wrong = ports.throttles.new(WRONG_ONES, TOO_OFTEN)

    def guessed(request: Request) -> None:
        """Raises TooOften."""
        wrong.take(range_of(request))

    @routes.get("/{token}", response_class=HTMLResponse, summary="退订页面 · the page that the link opens")
    async def page(token: Token, request: Request) -> HTMLResponse:
        """只打开页面，不退订：邮件系统会自动打开链接。 · Opening it changes nothing, for some mail servers open every link."""
        try:
            mailing = await usecases.letter_of(ports.store, token)
        except NotFound:
            guessed(request)
            raise
        gone = await storage.is_unsubscribed(ports.store, mailing.to, mailing.letter)
        return _page(wanted=not gone)

    @routes.post("/{token}", response_class=HTMLResponse, summary="退订或恢复 · unsubscribe at once, or take it back")
    async def unsubscribe(
        token: Token,
        request: Request,
        again: Annotated[
            str, Form(max_length=10, description="`yes` 恢复接收；为空则退订 · `yes`: take it back; empty: unsubscribe")
        ] = "",
    ) -> HTMLResponse:
        """一键退订（RFC 8058），无需登录。 · One click (RFC 8058), without signing in."""
        is_wanted = again == "yes"
        try:
            await usecases.turn(ports.store, token, is_wanted, ports.clock.now())
        except NotFound:
            guessed(request)
            raise
        return _page(wanted=is_wanted, done=_BACK if is_wanted else _GONE)

    return routes


def _page(wanted: bool, done: tuple[str, str] | None = None) -> HTMLResponse:
    """wanted: whether letters of this kind come, as it is now."""
    return HTMLResponse(_pages.get_template("unsubscribing.html").render(wanted=wanted, done=done), headers=NOT_KEPT)
