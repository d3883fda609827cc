"""Errors as pages: a sentence that says what to do, and what was typed is still there."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.language import half
from services.console.pages import GO_ON, HOME, SIGN_IN_AGAIN, address_of, go, own_address, page, to_sign_in
from services.console.refusal import Refusal
from services.console.same_origin import SAFE
from services.console.typed import Typed, kept, place_for, typed
from services.console.visitor import Visitor, recognised
from shared.errors import AppError, NotSignedIn, Problem, SignInAgain, Unavailable
from shared.web import problems
from shared.web.problems import problem, status_of, title_of

log = logging.getLogger(__name__)

Answer = Callable[[Request, Exception], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Over those of every service: what a program asks it is still told as problem details."""
    problems.install(app)
    for kind, status in ((HTTPException, None), (RequestValidationError, 422), (Exception, 500)):
        app.add_exception_handler(kind, _said(app.exception_handlers[kind], status))
    app.add_exception_handler(AppError, _refused)
    app.add_exception_handler(NotSignedIn, _signed_out)
    app.add_exception_handler(SignInAgain, _must_prove)


def _is_for_people(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _said(as_problem: Any, status: int | None) -> Answer:
    async def answer(request: Request, error: Exception) -> Response:
        if not _is_for_people(request):
            return await as_problem(request, error)  # type: ignore[no-any-return]
        if status == 500:
            number = uuid4().hex[:12]
            log.error("page failed, id %s", number, exc_info=error)
            sentence = f"请将此编号告知运行管理员：{number} · tell the operator this id: {number}"
            return await _page(request, 500, sentence)
        code = status or error.status_code  # type: ignore[attr-defined]
        said = str(getattr(error, "detail", ""))  # the framework's own is English, and says no more than the title
        return await _page(request, code, "" if code in (404, 405) else title_of(code) if said.isascii() else said)

    return answer


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    status = error.status if isinstance(error, Refusal) else status_of(error)
    if not _is_for_people(request):
        rows = [Problem(one.where, one.what, one.fix) for one in getattr(error, "faults", ())]
        return problem(request, status, str(error), rows)
    return await _page(request, status, str(error), refusal=error if isinstance(error, Refusal) else None)


async def _signed_out(request: Request, error: Exception) -> Response:
    """Reading is sent to the sign-in and back again. What was typed is kept in the page of the sign-in, and can be sent from
    there."""
    if not _is_for_people(request):
        return problem(request, 401, str(error), headers={"WWW-Authenticate": "Bearer"})
    if is_of_a_page(request):
        return _part(request, 401, str(error))
    if request.method in SAFE:
        return to_sign_in(request, _back(request))
    try:
        with place_for(request):
            form = await typed(request)
    except (HTTPException, Unavailable):  # too large, no form, or too many at once: nothing of it can be kept
        form = Typed()
    return page(
        request,
        "signing_in/pages/sign_in.html",
        401,
        said=str(error),
        next=HOME,
        kept=kept(request, form),
        lost_file=bool(form.files),
        account="",
        practice=False,
    )


def is_of_a_page(request: Request) -> bool:
    """Whether a script asks for a part of a page: a whole one, put there, would be a page within the page."""
    return "hx-request" in request.headers


def _part(request: Request, status: int, sentence: str) -> Response:
    there = request.headers.get("hx-current-url", "").partition("://")[2]
    whole = own_address("/" + there.partition("/")[2])
    return page(request, "templates/refused_part.html", status, sentence=sentence, whole=whole)


async def _must_prove(request: Request, error: Exception) -> Response:
    """To the sign-in of the same account, and on from there. What was typed waits in the session, not in the browser: the way may
    lead over the pages of an identity provider."""
    visitor: Visitor = request.state.visitor
    if not _is_for_people(request) or visitor.secret is None:
        return problem(request, 403, str(error), sign_in="fresh")
    if is_of_a_page(request):
        return _part(request, 403, str(error))
    next = _back(request)
    if request.method not in SAFE:
        name = await visitor.sessions.keep(visitor.secret, kept(request, await typed(request)))
        next = f"{GO_ON}?kept={name}"
    return go(f"{SIGN_IN_AGAIN}?next={quote(next, safe='/')}")


def _back(request: Request) -> str:
    """Where a visitor goes on after a sign-in. Not at a file: a browser fetches it and goes on showing the sign-in."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None or not visitor.page.linked_at:
        return address_of(request)
    place = {name: quote(str(value), safe="") for name, value in request.path_params.items()}
    asked = f"{request.url.query}&" if request.url.query else ""
    return f"{visitor.page.linked_at.format(**place)}?{asked}done=proved"


async def _page(request: Request, status: int, sentence: str, refusal: Refusal | None = None) -> Response:
    if is_of_a_page(request):
        return _part(request, status, sentence or title_of(status))
    if not hasattr(request.state, "visitor"):
        request.state.visitor = await recognised(request)
    title = half(title_of(status), request.state.visitor.look.language)
    return page(request, "templates/refused.html", status, title=title, sentence=sentence, refusal=refusal)
