"""The desk: what this visitor may do next, what came back, what colleagues have to do, what was submitted, what the office owes
by a day, which letters did not arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.desk.lying import ON_THE_WAY_UP, STATES_OF, Lying, in_order, kind_of_body, lying, to_draw
from services.console.desk.owed import DRAW, owed, place
from services.console.documents.approval_forms import missing_of
from services.console.documents.at_desk import AtDesk, at_desk
from services.console.documents.forms import FORMS, FormKind
from services.console.documents.names import names_in_list
from services.console.pages import page
from services.console.refusal import Refusal
from services.console.visitor import By, Visitor
from shared.errors import Unavailable
from shared.ports import Clock
from shared.trade.deadline import local_day

T = TypeVar("T")

FEW: Final = 10
AT_ONCE: Final = 100
"""Forms that are shown, the unusual first; the lists have all of them."""
LAST: Final = 500
"""Duties among which the last that were done are looked for."""
SOON: Final = timedelta(days=60)
"""What falls due later is in nobody's way yet; what was due earlier and is done is no news any more."""
UNDELIVERED: Final = ("no_such_address", "not_accepting", "failed")
Rows = list[dict[str, Any]]


def router(clock: Clock) -> APIRouter:
    routes = APIRouter()

    @routes.get("/")
    async def desk(request: Request, visitor: By) -> Response:
        """Whatever does not answer is said to be missing; the rest of the day's work does not wait for it."""
        forms, draws, duties, done, letters = await asyncio.gather(
            _on_desk(visitor),
            _if_answered(_draws(visitor)),
            _if_answered(_owed(visitor)),
            _if_answered(_done(visitor, clock)),
            _if_answered(_letters(visitor)),
        )
        waiting = in_order([one for one in forms.mine if one.state != "returned"] + (draws or []))
        return page(
            request,
            "desk/pages/desk.html",
            waiting=waiting,
            returned=[one for one in forms.mine if one.state == "returned"],
            others=forms.others,
            submitted=forms.submitted,
            silent=forms.silent,
            more=forms.more,
            draws=draws,
            owed=duties,
            done=done,
            letters=letters,
            names=await names_in_list(
                visitor,
                [
                    {"body": one.body, "at_desk": one.at_desk}
                    for one in (*forms.mine, *forms.others, *forms.submitted, *waiting)
                ],
            ),
        )

    return routes


async def _if_answered(asking: Coroutine[Any, Any, T]) -> T | None:
    """None: its service does not answer. Raises NotSignedIn."""
    try:
        return await asking
    except (Refusal, Unavailable):
        return None


@dataclass(frozen=True, slots=True)
class OnDesk:
    """Forms in their order. mine: whose next step this visitor's role takes; others: colleagues' of the same office. submitted:
    on their way at an office above, the last first. silent: those whose service does not answer. more: whether there is more than
    is listed."""

    mine: Sequence[Lying] = ()
    others: Sequence[Lying] = ()
    submitted: Sequence[Lying] = ()
    silent: Sequence[FormKind] = ()
    more: bool = False


async def _on_desk(visitor: Visitor) -> OnDesk:
    holder = visitor.holder
    if holder is None or not holder.body:
        return OnDesk()
    here = kind_of_body(holder.roles)
    asked = [(form, state) for form in FORMS if visitor.may(f"GET {form.interface}") for state in STATES_OF[here]]
    answers = await asyncio.gather(*(at_desk(visitor, form, state) for form, state in asked))
    answered = [(form, answer) for (form, _), answer in zip(asked, answers, strict=True) if answer is not None]
    found = in_order([one for form, answer in answered for one in await _lying(visitor, form, answer, here)])
    mine = [one for one in found if visitor.may(one.asks)]
    submitted = [
        lying(form, document, "")
        for form, answer in answered
        for document in answer.elsewhere
        if here != "centre" and document["state"] in ON_THE_WAY_UP
    ]
    return OnDesk(
        mine=mine[:AT_ONCE],
        others=[one for one in found if not visitor.may(one.asks)][:AT_ONCE],
        submitted=sorted(submitted, key=lambda one: (one.since, one.id), reverse=True)[:AT_ONCE],
        silent=list(dict.fromkeys(form for (form, _), answer in zip(asked, answers, strict=True) if answer is None)),
        more=len(mine) > AT_ONCE or any(answer.more for _, answer in answered),
    )


async def _lying(visitor: Visitor, form: FormKind, answer: AtDesk, here: str) -> list[Lying]:
    """What lies on the office's own desk."""
    missing: list[int | None] = [None] * len(answer.documents)
    if form.kind == "roster" and here == "centre":
        missing = await asyncio.gather(*(missing_of(visitor, document) for document in answer.documents))
    return [lying(form, document, here, n) for document, n in zip(answer.documents, missing, strict=True)]


async def _draws(visitor: Visitor) -> list[Lying]:
    """Sessions of which the Centre has to draw the papers soon: on no form's way up, and on somebody's desk all the same."""
    if not place(DRAW, "", visitor.may):
        return []
    duties = await _duties(visitor, state="open", what=DRAW, limit=AT_ONCE)
    return [to_draw(one, place(DRAW, one["about"], visitor.may)) for one in duties if one["days_left"] <= SOON.days]


async def _owed(visitor: Visitor) -> Rows:
    duties = await _duties(visitor, state="open", limit=FEW)
    return owed([duty for duty in duties if duty["days_left"] <= SOON.days], visitor.may)


async def _done(visitor: Visitor, clock: Clock) -> Rows:
    """What was done last first."""
    since = (local_day(clock.now()) - SOON).isoformat()
    duties = await _duties(visitor, state="settled", since=since, limit=LAST)
    last = sorted(duties, key=lambda duty: (duty["settled_on"] or "", duty["id"]), reverse=True)
    return owed(last[:FEW], visitor.may)


async def _duties(visitor: Visitor, **wanted: object) -> Rows:
    if visitor.holder is None or not visitor.holder.body or not visitor.may("GET /notification/radar"):
        return []
    found: Rows = (await visitor.get("/notification/radar", body=visitor.holder.body, **wanted))["items"]
    return found


async def _letters(visitor: Visitor) -> Rows:
    """Those that did not arrive: what went well needs nobody."""
    if not visitor.may("GET /notification/mailings"):
        return []
    found = await asyncio.gather(
        *(visitor.get("/notification/mailings", state=state, limit=FEW) for state in UNDELIVERED)
    )
    return [one for part in found for one in part["items"]]
