"""Pages of session plans: list, one, the forms of what is planned, and its steps."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import listing, planned_items, steps
from services.console.documents.addresses import below
from services.console.documents.names import names_for
from services.console.pages import go, page
from services.console.refusal import Refusal
from services.console.session_plans import entered, rosters
from services.console.session_plans.addresses import HERE, INTERFACE, KIND
from services.console.session_plans.api import afterwards
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor
from shared.contracts.plan import PAPER_SOURCES, STANDARDS
from shared.ports import Clock
from shared.trade.deadline import local_day

STATES: Final = ("draft", "submitted", "endorsed", "returned", "approved", "cancelled", "voided", "discarded")


def router(clock: Clock) -> APIRouter:
    routes = APIRouter()

    def today() -> date:
        return local_day(clock.now())

    @routes.get(HERE)
    async def listed(request: Request, visitor: By, state: str = "", after: str = "") -> Response:
        return page(
            request,
            "session_plans/pages/list.html",
            shown=await listing.shown(visitor, INTERFACE, {"state": state}, after),
            state=state,
            states=STATES,
            counts=await listing.counts(visitor, INTERFACE),
            may_draft=visitor.may(f"POST {INTERFACE}"),
        )

    @routes.get(f"{HERE}.xlsx")
    async def exported(visitor: By, state: str = "") -> Response:
        t, pick, state_name = (visitor.words[name] for name in ("t", "pick", "state_name"))
        columns: list[listing.Column] = [
            (t("批次号", "Session"), lambda plan: plan["id"]),
            (t("机构编码", "Code"), lambda plan: plan["body"]),
            (t("机构", "Body"), lambda plan: plan["body_name"]),
            (t("鉴定日期", "Day"), lambda plan: plan["held_on"]),
            (t("鉴定地点", "Place"), lambda plan: plan["place"]),
            (t("考务负责人", "In charge"), lambda plan: plan["in_charge"]),
            (t("计划人数", "Heads"), lambda plan: sum(item["heads"] for item in plan["items"])),
            (t("职业标准", "Standard"), lambda plan: pick(STANDARDS[plan["standard"]])),
            (t("试卷来源", "Papers"), lambda plan: pick(PAPER_SOURCES[plan["paper_source"]])),
            (t("每人收费（元）", "Fee (yuan)"), lambda plan: plan["fee_yuan"]),
            (t("状态", "State"), lambda plan: state_name(KIND, plan["state"])),
            (t("年度计划", "Annual plan"), lambda plan: plan["annual_plan"]),
        ]
        return await listing.workbook(visitor, INTERFACE, {"state": state}, columns, t("鉴定计划", "Session plans"))

    @routes.get(f"{HERE}/new")
    async def new(request: Request, visitor: By) -> Response:
        year = local_day(clock.now()).year
        number = await _next_number(visitor, year)
        known = {"standard": "national", "paper_source": "self_made"}
        fields = {name: known.get(name, "") for name in entered.FIELDS}
        return await _form(request, visitor, fields, [], year=str(year), number=str(number), key=uuid4().hex)

    @routes.post(f"{HERE}/new")
    async def draft(request: Request, visitor: By, form: Form) -> Response:
        rows, fields = planned_items.typed_rows(form, entered.SETS), entered.typed_fields(form)
        content = entered.content(fields, rows)
        content |= {name: planned_items.number(form[name]) for name in ("year", "number")}
        try:
            reply = await visitor.send("POST", INTERFACE, content, idempotency_key=form["key"])
        except Refusal as refusal:
            more = {name: form[name] for name in ("year", "number", "key")}
            return await _form(request, visitor, fields, rows, refusal, **more)
        return go(below(HERE, reply.json()["id"]), "drafted")

    @routes.get(f"{HERE}/{{id}}")
    async def one(request: Request, visitor: By, id: str) -> Response:
        return await _one(request, visitor, id, today())

    @routes.get(f"{HERE}/{{id}}/edit")
    async def edit(request: Request, visitor: By, id: str) -> Response:
        found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
        plan = found.document
        rows = planned_items.of_document(plan["items"], entered.SETS)
        return await _form(request, visitor, entered.fields_of(plan), rows, plan=plan, version=found.version)

    @routes.post(f"{HERE}/{{id}}/edit")
    async def revise(request: Request, visitor: By, id: str, form: Form) -> Response:
        rows, fields = planned_items.typed_rows(form, entered.SETS), entered.typed_fields(form)
        try:
            await visitor.send("PUT", below(INTERFACE, id), entered.content(fields, rows), if_match=form["version"])
        except Refusal as refusal:
            return await _again(request, visitor, id, fields, rows, refusal, form["version"])
        return go(below(HERE, id), "drafted")

    afterwards.add(routes)  # before the steps: their addresses are more particular

    @routes.post(f"{HERE}/{{id}}/{{verb}}")
    async def step(request: Request, visitor: By, id: str, verb: str, form: Form) -> Response:
        try:
            await steps.take(visitor, below(INTERFACE, id), verb, form)
        except Refusal as refusal:
            return await _one(request, visitor, id, today(), refusal, form)
        return go(below(HERE, id), verb)

    return routes


async def _next_number(visitor: Visitor, year: int) -> int:
    """The first that is free: nobody has to look it up. Own sessions stand first, by their path."""
    own = visitor.holder.body if visitor.holder else ""
    listed = (await visitor.get(INTERFACE, limit=listing.PER_QUESTION))["items"]
    return max((plan["number"] for plan in listed if plan["body"] == own and plan["year"] == year), default=0) + 1


async def _one(
    request: Request,
    visitor: Visitor,
    id: str,
    today: date,
    refusal: Refusal | None = None,
    form: Typed | None = None,
) -> Response:
    found = await steps.opened(visitor, below(INTERFACE, id))
    return page(
        request,
        "session_plans/pages/one.html",
        refusal.status if refusal else 200,
        plan=found.document,
        roster=await rosters.next_of(visitor, found.document, today),
        names=await names_for(visitor, found.document),
        version=found.version,
        steps=found.steps,
        refusal=refusal,
        typed=form,
        standards=STANDARDS,
        paper_sources=PAPER_SOURCES,
    )


async def _again(
    request: Request,
    visitor: Visitor,
    id: str,
    fields: dict[str, str],
    rows: entered.Rows,
    refusal: Refusal,
    version: str,
) -> Response:
    """What was typed stays. Where somebody else was quicker, theirs stands beside it, and saving again is meant."""
    found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
    stale = refusal.is_stale
    return await _form(
        request,
        visitor,
        fields,
        rows,
        refusal,
        plan=found.document,
        version=found.version if stale else version,
        theirs=entered.fields_of(found.document) if stale else None,
    )


async def _form(
    request: Request,
    visitor: Visitor,
    fields: dict[str, str],
    rows: entered.Rows,
    refusal: Refusal | None = None,
    **more: Any,
) -> Response:
    known: dict[str, Any] = {"plan": None, "version": "", "key": "", "year": "", "number": "", "theirs": None}
    known |= more
    annual_plan = known["plan"]["annual_plan"] if known["plan"] else _annual_plan(visitor, known["year"])
    return page(
        request,
        "session_plans/pages/form.html",
        refusal.status if refusal else 200,
        fields=fields,
        rows=rows,
        refusal=refusal,
        choices=await planned_items.choices(visitor),
        standards=STANDARDS,
        paper_sources=PAPER_SOURCES,
        annual_plan=annual_plan,
        left=await _left(visitor, annual_plan),
        **known,
    )


def _annual_plan(visitor: Visitor, year: str) -> str:
    return f"{visitor.holder.body}-{year}" if visitor.holder and year.isdecimal() else ""


async def _left(visitor: Visitor, annual_plan: str) -> list[dict[str, Any]]:
    """What the annual plan still has; nothing where there is none that was approved."""
    if not annual_plan:
        return []
    try:
        found = await visitor.get(below("/plan/annual-plans", annual_plan))
    except Refusal:
        return []
    balance: list[dict[str, Any]] = found["balance"]
    return balance
