"""Pages of approving: what lies on this desk, and one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.approvals.marks import marks_of
from services.console.approvals.usecases import Desks
from services.console.documents import steps
from services.console.documents.addresses import below
from services.console.documents.approval_forms import missing_of
from services.console.documents.forms import BY_KIND, FormKind
from services.console.documents.names import names_for, names_in_list
from services.console.pages import go, page
from services.console.refusal import Refusal
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor
from shared.contracts.plan import PAPER_SOURCES, STANDARDS

DECISIONS: Final = ("endorse", "approve", "send_back")
NO_SUCH_FORM: Final = "没有这种表 · there is no such form"


def router(desks: Desks) -> APIRouter:
    routes = APIRouter()

    @routes.get("/approvals")
    async def listed(request: Request, visitor: By) -> Response:
        desk = await desks.read(visitor)
        names = await names_in_list(visitor, [{"body": one.body} for one in desk.lying])
        return page(request, "approvals/pages/list.html", desk=desk, names=names)

    @routes.get("/approvals/{kind}/{id}")
    async def one(request: Request, visitor: By, kind: str, id: str) -> Response:
        return await _one(request, visitor, desks, _form_of(kind), id)

    @routes.post("/approvals/{kind}/{id}/{verb}")
    async def decide(request: Request, visitor: By, kind: str, id: str, verb: str, form: Form) -> Response:
        what = _form_of(kind)
        if verb not in DECISIONS:
            raise Refusal(404, steps.NO_SUCH)
        try:
            await steps.take(visitor, what.address(id), verb, form)
        except Refusal as refusal:
            return await _one(request, visitor, desks, what, id, refusal, form)
        desk, following = (await desks.of(visitor)).without(kind, id)
        desks.remember(visitor, desk)
        done = "approve_roster" if (kind, verb) == ("roster", "approve") else verb
        return go(following.here if following else "/approvals", done)

    return routes


def _form_of(kind: str) -> FormKind:
    if kind not in BY_KIND:
        raise Refusal(404, NO_SUCH_FORM)
    return BY_KIND[kind]


async def _one(
    request: Request,
    visitor: Visitor,
    desks: Desks,
    what: FormKind,
    id: str,
    refusal: Refusal | None = None,
    form: Typed | None = None,
) -> Response:
    found = await steps.opened(visitor, what.address(id))
    desk = await desks.of(visitor)
    place = desk.place_of(what.kind, id)
    before, after = desk.around(what.kind, id)
    document = {**found.document, "needs": steps.needed(found.document, refusal, form)}
    if what.kind == "roster":
        document["missing_reviews"] = await missing_of(visitor, document)
    return page(
        request,
        "approvals/pages/one.html",
        refusal.status if refusal else 200,
        form=what,
        document=document,
        names=await names_for(visitor, document),
        version=found.version,
        forward=next((one for one in found.steps if one["may"] and one["verb"] in ("endorse", "approve")), None),
        back=next((one for one in found.steps if one["may"] and one["verb"] == "send_back"), None),
        steps=found.steps,
        marks=marks_of(document),
        beside=await _beside(visitor, what, document),
        here=what.here if f"GET {what.here}/{{id}}" in request.app.state.pages else "",
        place=None if place is None else place + 1,
        total=len(desk.lying),
        before=before,
        after=after,
        refusal=refusal,
        stale=refusal is not None and refusal.is_stale,
        typed=form,
        standards=STANDARDS,
        paper_sources=PAPER_SOURCES,
    )


async def _beside(visitor: Visitor, what: FormKind, document: Mapping[str, Any]) -> Mapping[tuple[str, int], int]:
    """What the numbers of a plan are compared with, by occupation and level: of an annual plan the year before, or of an
    amendment what is in force; of a session plan what its annual plan has left besides."""
    if what.kind == "annual_plan":
        if document["in_force"] is not None:
            return _heads(document["in_force"])
        if document["heads_last_year"] is None:
            return {}
        return _heads(await _asked(visitor, f"{document['body']}-{document['year'] - 1}", "in_force"))
    if what.kind == "session_plan":
        balance = await _asked(visitor, document["annual_plan"], "balance")
        own = _heads(document["items"])
        # What is submitted counts as taken already, this very plan too.
        return {key: row + own.get(key, 0) for key, row in _heads(balance, "planned", "taken").items()}
    return {}


async def _asked(visitor: Visitor, annual_plan: str, field: str) -> Sequence[Mapping[str, Any]]:
    try:
        found = await visitor.get(below("/plan/annual-plans", annual_plan))
    except Refusal:
        return ()
    return found[field] or ()


def _heads(rows: Sequence[Mapping[str, Any]], field: str = "heads", without: str = "") -> dict[tuple[str, int], int]:
    return {(row["occupation"], row["level"]): row[field] - (row[without] if without else 0) for row in rows}
