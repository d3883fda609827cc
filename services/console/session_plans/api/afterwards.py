"""What becomes of an approved session: another day, not held at all, the draw of its papers. Each is a form of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import steps
from services.console.documents.addresses import below
from services.console.documents.names import names_for
from services.console.pages import go, page
from services.console.refusal import Refusal
from services.console.session_plans import entered
from services.console.session_plans.addresses import HERE, INTERFACE
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor

Content = Callable[[Typed], dict[str, Any]]
FORMS: Final[dict[str, tuple[str, Content]]] = {
    "postpone": ("postponement", lambda form: {"held_on": form["held_on"], "reason": form["reason"]}),
    "cancel": ("cancellation", lambda form: {"reason": form["reason"]}),
    "draw": ("draw", entered.draw),
}
"""Verb → the last part of its address in the interface, and what that is sent."""


def add(routes: APIRouter) -> None:
    for verb in FORMS:
        _add(routes, verb)


def _add(routes: APIRouter, verb: str) -> None:
    to, content_of = FORMS[verb]

    @routes.get(f"{HERE}/{{id}}/{verb}")
    async def asked(request: Request, visitor: By, id: str) -> Response:
        return await _form(request, visitor, id, verb)

    @routes.post(f"{HERE}/{{id}}/{verb}")
    async def done(request: Request, visitor: By, id: str, form: Form) -> Response:
        try:
            await visitor.send("POST", below(INTERFACE, id, to), content_of(form), if_match=form["version"])
        except Refusal as refusal:
            return await _form(request, visitor, id, verb, refusal, form)
        return go(below(HERE, id), verb)


async def _form(
    request: Request,
    visitor: Visitor,
    id: str,
    verb: str,
    refusal: Refusal | None = None,
    form: Typed | None = None,
) -> Response:
    """The plan as it is now stands above the form: who was overtaken sees what changed, and sending again is meant."""
    found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
    stale = refusal is not None and refusal.is_stale
    return page(
        request,
        f"session_plans/pages/{verb}.html",
        refusal.status if refusal else 200,
        plan=found.document,
        names=await names_for(visitor, found.document),
        version=form["version"] if form is not None and not stale else found.version,
        stale=stale,
        refusal=refusal,
        typed=form or Typed(),
        drawn=[row.get("set", "") for row in entered.drawn_rows(form)] if form is not None and verb == "draw" else [],
    )
