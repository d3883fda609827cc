"""Pages of annual plans: list, one, forms, steps."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import listing, planned_items, steps
from services.console.documents.addresses import below
from services.console.documents.names import names_for
from services.console.pages import go, page
from services.console.refusal import Refusal
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor
from shared.ports import Clock
from shared.trade.deadline import local_day

KIND: Final = "annual_plan"
INTERFACE, HERE = "/plan/annual-plans", "/annual-plans"
STATES: Final = ("draft", "submitted", "endorsed", "returned", "approved", "discarded")


def router(clock: Clock) -> APIRouter:
    routes = APIRouter()

    @routes.get(HERE)
    async def listed(request: Request, visitor: By, state: str = "", after: str = "") -> Response:
        shown = await listing.shown(visitor, INTERFACE, {"state": state}, after)
        return page(
            request,
            "annual_plans/pages/list.html",
            shown=shown,
            state=state,
            states=STATES,
            counts=await listing.counts(visitor, INTERFACE),
            may_draft=visitor.may(f"POST {INTERFACE}"),
        )

    @routes.get(f"{HERE}.xlsx")
    async def exported(visitor: By, state: str = "") -> Response:
        t, state_name = visitor.words["t"], visitor.words["state_name"]
        columns: list[listing.Column] = [
            (t("编号", "Number"), lambda plan: plan["id"]),
            (t("年度", "Year"), lambda plan: plan["year"]),
            (t("机构编码", "Code"), lambda plan: plan["body"]),
            (t("机构", "Body"), lambda plan: plan["body_name"]),
            (t("状态", "State"), lambda plan: state_name(KIND, plan["state"])),
            (t("计划人数", "Heads"), lambda plan: sum(item["heads"] for item in plan["items"])),
            (t("首次呈报", "Submitted"), lambda plan: plan["handed_in_on"]),
            (t("是否逾期", "Late"), lambda plan: t("是", "yes") if plan["late"] else t("否", "no")),
        ]
        return await listing.workbook(visitor, INTERFACE, {"state": state}, columns, t("年度计划", "Annual plans"))

    @routes.get(f"{HERE}/new")
    async def new(request: Request, visitor: By) -> Response:
        year = local_day(clock.now()).year
        return await _form(request, visitor, [], year=str(year), key=uuid4().hex)

    @routes.post(f"{HERE}/new")
    async def draft(request: Request, visitor: By, form: Form) -> Response:
        rows = planned_items.typed_rows(form)
        content = {"year": planned_items.number(form["year"]), "items": planned_items.read(rows)}
        try:
            reply = await visitor.send("POST", INTERFACE, content, idempotency_key=form["key"])
        except Refusal as refusal:
            return await _form(request, visitor, rows, refusal, year=form["year"], key=form["key"])
        return go(below(HERE, reply.json()["id"]), "drafted")

    @routes.get(f"{HERE}/{{id}}")
    async def one(request: Request, visitor: By, id: str) -> Response:
        return await _one(request, visitor, id)

    @routes.get(f"{HERE}/{{id}}/edit")
    async def edit(request: Request, visitor: By, id: str) -> Response:
        found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
        rows = planned_items.of_document(found.document["items"])
        return await _form(request, visitor, rows, plan=found.document, version=found.version)

    @routes.post(f"{HERE}/{{id}}/edit")
    async def revise(request: Request, visitor: By, id: str, form: Form) -> Response:
        rows = planned_items.typed_rows(form)
        content = {"items": planned_items.read(rows)}
        try:
            await visitor.send("PUT", below(INTERFACE, id), content, if_match=form["version"])
        except Refusal as refusal:
            return await _again(request, visitor, id, rows, refusal, form)
        return go(below(HERE, id), "drafted")

    @routes.get(f"{HERE}/{{id}}/amend")
    async def amend(request: Request, visitor: By, id: str) -> Response:
        found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
        rows = planned_items.of_document(found.document["items"])
        return await _form(request, visitor, rows, plan=found.document, version=found.version, amending=True)

    @routes.post(f"{HERE}/{{id}}/amend")
    async def begin_amendment(request: Request, visitor: By, id: str, form: Form) -> Response:
        rows = planned_items.typed_rows(form)
        content = {"items": planned_items.read(rows), "reason": form["reason"]}
        try:
            await visitor.send("POST", below(INTERFACE, id, "amendment"), content, if_match=form["version"])
        except Refusal as refusal:
            return await _again(request, visitor, id, rows, refusal, form, amending=True)
        return go(below(HERE, id), "drafted")

    @routes.post(f"{HERE}/{{id}}/{{verb}}")
    async def step(request: Request, visitor: By, id: str, verb: str, form: Form) -> Response:
        try:
            await steps.take(visitor, below(INTERFACE, id), verb, form)
        except Refusal as refusal:
            return await _one(request, visitor, id, refusal, form)
        return go(below(HERE, id), verb)

    return routes


async def _one(
    request: Request, visitor: Visitor, id: str, refusal: Refusal | None = None, form: Typed | None = None
) -> Response:
    found = await steps.opened(visitor, below(INTERFACE, id))
    status = refusal.status if refusal else 200
    return page(
        request,
        "annual_plans/pages/one.html",
        status,
        plan=found.document,
        names=await names_for(visitor, found.document),
        version=found.version,
        steps=found.steps,
        refusal=refusal,
        typed=form,
    )


async def _again(
    request: Request,
    visitor: Visitor,
    id: str,
    rows: list[dict[str, str]],
    refusal: Refusal,
    form: Typed,
    *,
    amending: bool = False,
) -> Response:
    """What was typed stays. Where somebody else was quicker, theirs stands beside it, and saving again is meant."""
    found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
    stale = refusal.is_stale
    return await _form(
        request,
        visitor,
        rows,
        refusal,
        plan=found.document,
        version=found.version if stale else form["version"],
        theirs=planned_items.of_document(found.document["items"]) if stale else None,
        amending=amending,
        reason=form["reason"],
    )


async def _form(
    request: Request, visitor: Visitor, rows: list[dict[str, str]], refusal: Refusal | None = None, **more: Any
) -> Response:
    known: dict[str, Any] = {
        "plan": None,
        "version": "",
        "key": "",
        "year": "",
        "theirs": None,
        "amending": False,
        "reason": "",
    }
    return page(
        request,
        "annual_plans/pages/form.html",
        refusal.status if refusal else 200,
        rows=rows,
        refusal=refusal,
        choices=await planned_items.choices(visitor),
        **{**known, **more},
    )
