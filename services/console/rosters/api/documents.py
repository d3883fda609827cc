"""One roster: what it says, its heads, its lines, its steps."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import steps
from services.console.documents.addresses import below
from services.console.documents.approval_forms import RECORDING, missing_of
from services.console.documents.names import names_for
from services.console.pages import go, page
from services.console.refusal import Refusal
from services.console.rosters import attendance
from services.console.rosters.api.addresses import HERE, INTERFACE
from services.console.rosters.api.filled_forms import form_of
from services.console.rosters.sessions import OPEN
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor

EMPTY: Final = "尚未导入附表六，导入后方可呈报 · form 6 was not imported yet; after that it may be submitted"


def add(routes: APIRouter) -> None:
    @routes.get(f"{HERE}/{{id}}")
    async def one(request: Request, visitor: By, id: str) -> Response:
        return await _one(request, visitor, id)

    @routes.get(f"{HERE}/{{id}}/edit")
    async def edit(request: Request, visitor: By, id: str) -> Response:
        found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
        return _heads(request, found, attendance.of_document(found.document), found.version)

    @routes.post(f"{HERE}/{{id}}/edit")
    async def revise(request: Request, visitor: By, id: str, form: Form) -> Response:
        heads = attendance.typed(form)
        try:
            content = {"attendance": attendance.read(heads)}
            await visitor.send("PUT", below(INTERFACE, id), content, if_match=form["version"])
        except Refusal as refusal:
            found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
            version = found.version if refusal.is_stale else form["version"]
            return _heads(request, found, heads, version, refusal)
        return go(below(HERE, id), "saved")

    @routes.get(f"{HERE}/{{id}}/lines")
    async def lines(request: Request, visitor: By, id: str, n: int = 1) -> Response:
        found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
        shown = await visitor.get(below(INTERFACE, id, "pages", str(n))) if found.document["pages"] else {"lines": []}
        return page(request, "rosters/pages/lines.html", roster=found.document, lines=shown["lines"], number=n)

    @routes.post(f"{HERE}/{{id}}/{{verb}}")
    async def step(request: Request, visitor: By, id: str, verb: str, form: Form) -> Response:
        try:
            await steps.take(visitor, below(INTERFACE, id), verb, form)
        except Refusal as refusal:
            return await _one(request, visitor, id, refusal, form)
        return go(below(HERE, id), "approve_roster" if verb == "approve" else verb)


def _heads(
    request: Request, found: steps.Opened, heads: dict[str, str], version: str, refusal: Refusal | None = None
) -> Response:
    """What was typed stays. Where somebody else was quicker, theirs stands beside it, and saving again is meant."""
    stale = refusal is not None and refusal.is_stale
    return page(
        request,
        "rosters/pages/edit.html",
        refusal.status if refusal else 200,
        roster=found.document,
        heads=heads,
        version=version,
        theirs=attendance.of_document(found.document) if stale else None,
        refusal=refusal,
    )


async def _one(
    request: Request, visitor: Visitor, id: str, refusal: Refusal | None = None, form: Typed | None = None
) -> Response:
    found = await steps.opened(visitor, below(INTERFACE, id))
    roster = {**found.document, "needs": steps.needed(found.document, refusal, form)}
    return page(
        request,
        "rosters/pages/one.html",
        refusal.status if refusal else 200,
        roster=roster,
        names=await names_for(visitor, roster, {"body": roster["producer"]}),
        version=found.version,
        steps=_offered(found),
        refusal=refusal,
        typed=form,
        is_open=roster["state"] in OPEN,
        may_import=_may_import(visitor, roster),
        may_fetch_template=visitor.may(f"GET {INTERFACE}/{{id}}/template.xlsx"),
        may_read_lines=visitor.may(f"GET {INTERFACE}/{{id}}/pages/{{page}}"),
        missing=await missing_of(visitor, roster),
        may_record=visitor.may(RECORDING),
        may_see_production=visitor.may("GET /certificate/productions/{roster}"),
        form6=await form_of(visitor, roster),
    )


def _offered(found: steps.Opened) -> list[dict[str, Any]]:
    """Its steps look at roles and turns; that an empty roster is refused is said before somebody tries."""
    if found.document["pages"]:
        return found.steps
    return [
        {**step, "may": False, "why": EMPTY} if step["verb"] == "submit" and step["may"] else step
        for step in found.steps
    ]


def _may_import(visitor: Visitor, roster: dict[str, Any]) -> bool:
    return roster["state"] in ("draft", "returned") and visitor.may(f"PUT {INTERFACE}/{{id}}/workbook")
