"""The list of rosters, and opening one for an approved session."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import listing
from services.console.documents.addresses import below
from services.console.pages import go, page
from services.console.refusal import Refusal
from services.console.rosters import attendance, sessions
from services.console.rosters.api.addresses import HERE, INTERFACE, KIND
from services.console.typed import Form
from services.console.visitor import By, Visitor
from shared.ports import Clock
from shared.trade.deadline import local_day

STATES: Final = ("draft", "submitted", "endorsed", "returned", "approved", "discarded", "voided")


def add(routes: APIRouter, clock: Clock) -> None:
    @routes.get(HERE)
    async def listed(request: Request, visitor: By, state: str = "", after: str = "") -> Response:
        shown = await listing.shown(visitor, INTERFACE, {"state": state}, after)
        counts = await listing.counts(visitor, INTERFACE)
        may_open = visitor.may(f"POST {INTERFACE}")
        return page(
            request,
            "rosters/pages/list.html",
            shown=shown,
            state=state,
            states=STATES,
            open=sessions.OPEN,
            counts=counts,
            may_open=may_open,
        )

    @routes.get(f"{HERE}.xlsx")
    async def exported(visitor: By, state: str = "") -> Response:
        t, state_name = visitor.words["t"], visitor.words["state_name"]
        columns: list[listing.Column] = [
            (t("编号", "Number"), lambda roster: roster["id"]),
            (t("机构编码", "Code of the body"), lambda roster: roster["body"]),
            (t("机构", "Body"), lambda roster: roster["body_name"]),
            (t("鉴定日期", "Held on"), lambda roster: roster["held_on"]),
            (t("状态", "State"), lambda roster: state_name(KIND, roster["state"])),
            (t("轮到办理", "At desk"), lambda roster: roster["at_desk"] if roster["state"] in sessions.OPEN else ""),
            (t("计划人数", "Planned"), lambda roster: sum(item["heads"] for item in roster["items"])),
            (t("报名人数", "Applied"), lambda roster: roster["attendance"]["applied"]),
            (t("审查通过人数", "Accepted"), lambda roster: roster["attendance"]["accepted"]),
            (t("实考人数", "Examined"), lambda roster: roster["attendance"]["examined"]),
            (t("合格人数", "Passed"), lambda roster: roster["passed"]),
            (t("须特批事项", "To be let through"), lambda roster: len(roster["needs"])),
            (t("批准日期", "Approved on"), lambda roster: roster["approved_on"]),
        ]
        return await listing.workbook(visitor, INTERFACE, {"state": state}, columns, t("名册", "Rosters"))

    @routes.get(f"{HERE}/new")
    async def new(request: Request, visitor: By, session: str = "") -> Response:
        return await _form(request, visitor, session, dict.fromkeys(attendance.HEADS, ""), uuid4().hex)

    @routes.post(f"{HERE}/new")
    async def open_roster(request: Request, visitor: By, form: Form) -> Response:
        heads = attendance.typed(form)
        content = {"session": form["session"], "attendance": attendance.read(heads)}
        try:
            reply = await visitor.send("POST", INTERFACE, content, idempotency_key=form["key"])
        except Refusal as refusal:
            return await _form(request, visitor, form["session"], heads, form["key"], refusal)
        return go(below(HERE, reply.json()["id"]), "opened")

    async def _form(
        request: Request,
        visitor: Visitor,
        session: str,
        heads: dict[str, str],
        key: str,
        refusal: Refusal | None = None,
    ) -> Response:
        return page(
            request,
            "rosters/pages/open.html",
            refusal.status if refusal else 200,
            waiting=await sessions.waiting(visitor, local_day(clock.now())),
            session=session,
            heads=heads,
            key=key,
            refusal=refusal,
        )
