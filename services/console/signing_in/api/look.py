"""How pages look: language, large type, single keys."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.entry import PUBLIC, Entry, Page
from services.console.pages import go, own_address, page
from services.console.refusal import Kept
from services.console.signing_in.api.shown import go_on_page, kept_in, sign_in_page
from services.console.typed import Form
from services.console.visitor import LOOK, By, Look

_YEAR: Final = 365 * 24 * 3600


def add(routes: APIRouter) -> None:
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
        kept, visitor.look = kept_in(form), chosen
        answer: Response
        if kept is None:
            answer = go(own_address(form["next"]))
        elif visitor.session is None and not _is_for_everybody(request, kept):
            answer = sign_in_page(request, "", kept=kept)
        else:
            answer = go_on_page(request, kept, at_once=False, answered=bool(form["answered"]))
        secure = request.url.scheme == "https"
        answer.set_cookie(LOOK, str(chosen), max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax")
        return answer


def _is_for_everybody(request: Request, kept: Kept) -> bool:
    """Whether a form may be sent by whoever is not signed in."""
    known: dict[str, tuple[Entry, Page]] = request.app.state.pages
    found = known.get(f"POST {kept.action}")
    return found is not None and found[1].asks == PUBLIC
