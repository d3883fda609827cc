"""Pages of production: list, one with its progress and batches, print files, redraws, parcel and receipt."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import listing, steps
from services.console.documents.addresses import below
from services.console.documents.names import names_for
from services.console.documents.passing import passed_on
from services.console.documents.planned_items import number
from services.console.pages import go, page
from services.console.productions.progress import POSTED, VOIDED, progress_of
from services.console.refusal import Refusal
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor
from shared.trade.body_path import BodyPath

KIND: Final = "production"
INTERFACE, BATCHES, HERE = "/certificate/productions", "/certificate/batches", "/productions"
CERTIFICATES: Final = "/certificate/certificates"
STATES: Final = ("making", "ready", "mailed", "received", "voided")
PRODUCED: Final = "produced"
MOST_REDRAWS: Final = 20
"""Batches that wait for a font and are shown with a form each; after a redraw the next ones come."""
CARRIERS: Final = ("中国邮政EMS", "顺丰速运", "京东快递", "中通快递", "圆通速递")


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(HERE)
    async def listed(request: Request, visitor: By, state: str = "", after: str = "") -> Response:
        shown = await listing.shown(visitor, INTERFACE, {"state": state}, after)
        counts = await listing.counts(visitor, INTERFACE)
        return page(request, "productions/pages/list.html", shown=shown, state=state, states=STATES, counts=counts)

    @routes.get(f"{HERE}.xlsx")
    async def exported(visitor: By, state: str = "") -> Response:
        t, state_name = visitor.words["t"], visitor.words["state_name"]
        columns: list[listing.Column] = [
            (t("名册编号", "Roster"), lambda one: one["id"]),
            (t("鉴定机构", "Body"), lambda one: one["body"]),
            (t("机构名称", "Name of the body"), lambda one: one["body_name"]),
            (t("制证机构", "Made by"), lambda one: one["producer"]),
            (t("批准日期", "Approved on"), lambda one: one["approved_on"]),
            (t("状态", "State"), lambda one: state_name(KIND, one["state"])),
            (t("证书份数", "Certificates"), lambda one: one["certificates"]),
            (t("缺字未绘制", "Left out"), lambda one: one["refused"]),
            (t("承运单位", "Carrier"), lambda one: one["carrier"]),
            (t("快递单号", "Parcel"), lambda one: one["parcel"]),
            (t("收到份数", "Received"), lambda one: one["received"]),
        ]
        return await listing.workbook(visitor, INTERFACE, {"state": state}, columns, t("制作与寄发", "Production"))

    @routes.get(f"{HERE}/{{id}}")
    async def one(request: Request, visitor: By, id: str) -> Response:
        return await _one(request, visitor, id)

    @routes.get(f"{HERE}/{{id}}/progress")
    async def progress(request: Request, visitor: By, id: str) -> Response:
        """The part of the page that changes by itself, at an address of its own: going back never shows a part alone."""
        production, batches = await visitor.get(below(INTERFACE, id)), await _batches(visitor, id)
        return page(
            request,
            "productions/pages/progress.html",
            production=production,
            batches=batches,
            progress=progress_of(production, batches),
            may_print=_may_print(visitor, production),
            asked_again=True,
        )

    @routes.get(f"{HERE}/{{id}}/certificates")
    async def certificates(
        request: Request, visitor: By, id: str, after: str = "", without_email: str = ""
    ) -> Response:
        chosen = {"roster": id, "without_email": "true" if without_email else ""}
        shown = await listing.shown(visitor, CERTIFICATES, chosen, after)
        return page(request, "productions/pages/certificates.html", id=id, shown=shown, without_email=without_email)

    @routes.get(f"{HERE}/{{id}}/batches/{{batch}}/print-files/{{n}}")
    async def print_file(visitor: By, batch: str, n: int) -> Response:
        return await passed_on(visitor, below(BATCHES, batch, "print-file"), n=n)

    @routes.post(f"{HERE}/{{id}}/batches/{{batch}}/redraw")
    async def redraw(request: Request, visitor: By, id: str, batch: str, form: Form) -> Response:
        try:
            await visitor.send(
                "POST", below(BATCHES, batch, "redraw"), {"reason": form["reason"]}, if_match=form["version"]
            )
        except Refusal as refusal:
            return await _one(request, visitor, id, refusal, form, typed_at=batch)
        return go(below(HERE, id), "redraw")

    @routes.post(f"{HERE}/{{id}}/parcel")
    async def post_parcel(request: Request, visitor: By, id: str, form: Form) -> Response:
        """Scanners type and press Enter, some of them twice: the same parcel again is no mistake."""
        content = {"carrier": form["carrier"], "parcel": form["parcel"]}
        try:
            await visitor.send("POST", below(INTERFACE, id, "parcel"), content, if_match=form["version"])
        except Refusal as refusal:
            known = await visitor.get(below(INTERFACE, id))
            if known["state"] not in POSTED or not content.items() <= known.items():
                return await _one(request, visitor, id, refusal, form, typed_at="parcel")
        return go(below(HERE, id), "mail")

    @routes.post(f"{HERE}/{{id}}/receipt")
    async def receive(request: Request, visitor: By, id: str, form: Form) -> Response:
        content = {"certificates": number(form["certificates"])}
        try:
            await visitor.send("POST", below(INTERFACE, id, "receipt"), content, if_match=form["version"])
        except Refusal as refusal:
            if (await visitor.get(below(INTERFACE, id)))["received"] != content["certificates"]:
                return await _one(request, visitor, id, refusal, form, typed_at="receipt")
        return go(below(HERE, id), "receive")

    return routes


def _may_print(visitor: Visitor, production: dict[str, Any]) -> bool:
    """Whoever makes them, and the Centre."""
    at = visitor.holder.body if visitor.holder else ""
    makers = (production["producer"], BodyPath.read(production["path"]).centre)
    return production["state"] != VOIDED and at in makers and visitor.may(f"GET {BATCHES}/{{id}}/print-file")


async def _batches(visitor: Visitor, id: str) -> list[dict[str, Any]]:
    return [one async for one in listing.every(visitor, BATCHES, {"roster": id})]


async def _redraws(visitor: Visitor, batches: list[dict[str, Any]]) -> list[steps.Opened]:
    """Batches that somebody may have drawn again, each with its version."""
    lacking = [one for one in batches if one["state"] == PRODUCED and one["refused"]][:MOST_REDRAWS]
    return list(
        await asyncio.gather(*(steps.opened(visitor, below(BATCHES, one["id"]), with_steps=False) for one in lacking))
    )


async def _one(
    request: Request,
    visitor: Visitor,
    id: str,
    refusal: Refusal | None = None,
    form: Typed | None = None,
    typed_at: str = "",
) -> Response:
    """typed_at: which of the forms on this page `form` was typed into: `parcel`, `receipt`, or the id of a batch."""
    found = await steps.opened(visitor, below(INTERFACE, id))
    production = found.document
    batches = await _batches(visitor, id)
    redraws = await _redraws(visitor, batches) if production["state"] not in (*POSTED, VOIDED) else []
    return page(
        request,
        "productions/pages/one.html",
        refusal.status if refusal else 200,
        production=production,
        version=found.version,
        steps={one["verb"]: one for one in found.steps},
        batches=batches,
        progress=progress_of(production, batches),
        redraws=redraws,
        may_print=_may_print(visitor, production),
        may_redraw=visitor.may(f"POST {BATCHES}/{{id}}/redraw"),
        may_list=visitor.may(f"GET {CERTIFICATES}"),
        carriers=CARRIERS,
        names=await names_for(visitor, production, {"body": production["producer"]}),
        refusal=refusal,
        typed=form,
        typed_at=typed_at,
        asked_again=False,
    )
