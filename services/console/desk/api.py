"""The desk: what is this visitor's turn, what came back, what the office owes by a day, which letters went out."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.desk.lying import STATES_OF, Lying, in_order, kind_of_body, lying
from services.console.desk.owed import owed
from services.console.documents.forms import FORMS, FormKind
from services.console.documents.names import names_in_list
from services.console.pages import page
from services.console.visitor import By, Visitor

MOST: Final = 100
"""Of each kind and state: who has more on the desk works through the list."""
FEW: Final = 10
SOON: Final = 60
"""Days; what falls due later is in nobody's way yet."""


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/")
    async def desk(request: Request, visitor: By) -> Response:
        on_desk, duties, done, letters = await asyncio.gather(
            _on_desk(visitor), _duties(visitor, "open"), _duties(visitor, "settled"), _letters(visitor)
        )
        return page(
            request,
            "desk/pages/desk.html",
            waiting=[one for one in on_desk if one.state != "returned"],
            returned=[one for one in on_desk if one.state == "returned"],
            owed=duties,
            done=done,
            letters=letters,
            most=MOST,
            names=await names_in_list(visitor, [{"body": one.body} for one in on_desk]),
        )

    return routes


async def _on_desk(visitor: Visitor) -> list[Lying]:
    holder = visitor.holder
    if holder is None or not holder.body:
        return []
    states = STATES_OF[kind_of_body(holder.path, holder.roles)]
    asked = [(form, state) for form in FORMS if visitor.may(f"GET {form.interface}") for state in states]
    found = await asyncio.gather(*(_of(visitor, form, state) for form, state in asked))
    return in_order(one for part in found for one in part)


async def _of(visitor: Visitor, form: FormKind, state: str) -> list[Lying]:
    assert visitor.holder is not None
    documents = (await visitor.get(form.interface, state=state, limit=MOST))["items"]
    mine = [one for one in documents if one["at_desk"] == visitor.holder.body]
    return [lying(form.kind, form.here, one) for one in mine]


async def _duties(visitor: Visitor, state: str) -> list[dict[str, Any]]:
    if visitor.holder is None or not visitor.holder.body or not visitor.may("GET /notification/radar"):
        return []
    asked = await visitor.get("/notification/radar", state=state, body=visitor.holder.body, limit=FEW)
    return owed([duty for duty in asked["items"] if duty["days_left"] <= SOON], visitor.may)


async def _letters(visitor: Visitor) -> list[dict[str, Any]]:
    """Those that did not arrive: what went well needs nobody."""
    if not visitor.may("GET /notification/mailings"):
        return []
    states = ("no_such_address", "not_accepting", "failed")
    found = await asyncio.gather(*(visitor.get("/notification/mailings", state=state, limit=FEW) for state in states))
    return [one for part in found for one in part["items"]]
