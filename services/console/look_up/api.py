"""The public page of verification. What is asked and found is sent by POST, so that no address holds a name or a number."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.look_up.explained import explained
from services.console.look_up.fields import beside_fields
from services.console.pages import page
from services.console.refusal import Refusal
from services.console.typed import Form
from services.console.visitor import By

HERE, INTERFACE = "/look-up", "/certificate/verifications"


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(HERE)
    async def asking(request: Request, _: By) -> Response:
        return _page(request)

    @routes.post(HERE)
    async def look_up(request: Request, visitor: By, form: Form) -> Response:
        question = {name: form[name] for name in ("number", "name", "id_last")}
        try:
            answer = (await visitor.send("POST", INTERFACE, question)).json()
        except Refusal as refusal:
            groups = explained(form["number"], refusal.faults)
            wrong = groups if any(group.faults for group in groups) else []
            return _page(request, refusal.status, refusal=beside_fields(refusal, wrong), typed=question, groups=wrong)
        return _page(request, answer=answer, typed=question, groups=explained(answer["number"]))

    return routes


def _page(request: Request, status: int = 200, **context: Any) -> Response:
    known: dict[str, Any] = {
        "answer": None,
        "refusal": None,
        "typed": {"number": "", "name": "", "id_last": ""},
        "groups": [],
    }
    return page(request, "look_up/pages/look_up.html", status, **{**known, **context})
