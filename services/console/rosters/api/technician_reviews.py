"""Approval forms of technicians and senior technicians, as the Centre's clerk records them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import listing, steps
from services.console.documents.addresses import below
from services.console.documents.names import names_for
from services.console.pages import go, page
from services.console.refusal import Fault, Refusal
from services.console.rosters import reviews
from services.console.rosters.api.addresses import HERE, INTERFACE
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor

REVIEWS = "technician-reviews"
NOTHING_TYPED = "没有填写任何一行 · no line is filled in"
FILL_IN = (
    "请按纸质审批表填写，未到的可以空着 · fill in what the forms on paper say; those that did not come may stay empty"
)


def add(routes: APIRouter) -> None:
    @routes.get(f"{HERE}/{{id}}/{REVIEWS}")
    async def listed(request: Request, visitor: By, id: str, after: str = "") -> Response:
        found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
        return page(
            request,
            "rosters/pages/technician_reviews.html",
            roster=found.document,
            shown=await listing.shown(visitor, below(INTERFACE, id, REVIEWS), {}, after),
            lacking=await _lacking(visitor, id),
            may_record=visitor.may(f"POST {INTERFACE}/{{id}}/{REVIEWS}"),
        )

    @routes.get(f"{HERE}/{{id}}/new-{REVIEWS}")
    async def new(request: Request, visitor: By, id: str) -> Response:
        lacking = await _lacking(visitor, id)
        return await _form(request, visitor, id, reviews.blank(lacking["lines"][: reviews.ROWS]), uuid4().hex)

    @routes.post(f"{HERE}/{{id}}/new-{REVIEWS}")
    async def record(request: Request, visitor: By, id: str, form: Form) -> Response:
        rows = form.rows(*reviews.COLUMNS)
        entries = reviews.entries(rows)
        try:
            if not entries:
                raise Refusal(422, NOTHING_TYPED, (Fault("/reviews", FILL_IN),))
            await visitor.send("POST", below(INTERFACE, id, REVIEWS), {"reviews": entries}, idempotency_key=form["key"])
        except Refusal as refusal:
            # Another list than the one before is another request.
            return await _form(request, visitor, id, rows, uuid4().hex, refusal)
        return go(below(HERE, id, REVIEWS), "recorded")

    @routes.get(f"{HERE}/{{id}}/{REVIEWS}/{{ticket}}")
    async def one(request: Request, visitor: By, id: str, ticket: str) -> Response:
        return await _one(request, visitor, id, ticket)

    @routes.post(f"{HERE}/{{id}}/{REVIEWS}/{{ticket}}")
    async def correct(request: Request, visitor: By, id: str, ticket: str, form: Form) -> Response:
        content = {
            "document_no": form["document_no"],
            "reviewed_on": form["reviewed_on"],
            "panel": reviews.panel(form["panel"]),
            "reason": form["reason"],
        }
        try:
            await visitor.send("PUT", below(INTERFACE, id, REVIEWS, ticket), content, if_match=form["version"])
        except Refusal as refusal:
            return await _one(request, visitor, id, ticket, refusal, form)
        return go(below(HERE, id, REVIEWS, ticket), "saved")


async def _lacking(visitor: Visitor, id: str) -> dict[str, Any]:
    found: dict[str, Any] = await visitor.get(below(INTERFACE, id, "missing-technician-reviews"))
    return found


async def _form(
    request: Request, visitor: Visitor, id: str, rows: list[dict[str, str]], key: str, refusal: Refusal | None = None
) -> Response:
    found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
    return page(
        request,
        "rosters/pages/record_reviews.html",
        refusal.status if refusal else 200,
        roster=found.document,
        rows=rows,
        faults=reviews.faults_of_rows(rows, refusal.faults) if refusal else {},
        key=key,
        refusal=refusal,
    )


async def _one(
    request: Request,
    visitor: Visitor,
    id: str,
    ticket: str,
    refusal: Refusal | None = None,
    form: Typed | None = None,
) -> Response:
    """What was typed stays. Where somebody else was quicker, theirs stands beside it, and saving again is meant."""
    found = await steps.opened(visitor, below(INTERFACE, id, REVIEWS, ticket), with_steps=False)
    roster = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
    stale = refusal is not None and refusal.is_stale
    review = found.document
    known = {**review, "panel": "、".join(review["panel"]), "reason": ""}
    return page(
        request,
        "rosters/pages/technician_review.html",
        refusal.status if refusal else 200,
        roster=roster.document,
        names=await names_for(visitor, review),
        review=review,
        version=form["version"] if form and not stale else found.version,
        typed={name: form[name] if form else known[name] for name in ("document_no", "reviewed_on", "panel", "reason")},
        stale=stale,
        refusal=refusal,
        may_correct=roster.document["state"] in ("draft", "returned", "submitted", "endorsed")
        and visitor.may(f"PUT {INTERFACE}/{{id}}/{REVIEWS}/{{ticket}}"),
    )
