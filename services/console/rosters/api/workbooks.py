"""Form 6 out to the station and back in. The console keeps no workbook, not for a minute, because it is full of identity
numbers: what was checked is sent again to be imported, and its hash tells whether it is the same one."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.documents import steps
from services.console.documents.addresses import below
from services.console.documents.passing import passed_on
from services.console.pages import go, page
from services.console.refusal import Fault, Refusal
from services.console.rosters import cells
from services.console.rosters.api.addresses import HERE, INTERFACE
from services.console.typed import Form, Typed
from services.console.visitor import By, Visitor
from shared.web.downloads import download
from shared.web.edge.headers import NOT_KEPT
from shared.web.openapi.files import XLSX

FILE: Final = "file"
NO_FILE: Final = "未选择文件 · no file was chosen"
CHOOSE: Final = (
    "请选择填好的附表六（.xlsx 或 .xls）；浏览器不会记住上次所选的文件 · choose the filled form 6 (.xlsx or .xls): browsers "
    "forget which one it was"
)
ANOTHER_FILE: Final = (
    "这不是刚才检查的文件，未导入；请先检查再导入 · this is not the file that was checked, so nothing was imported: check it "
    "first"
)


def add(routes: APIRouter) -> None:
    @routes.get(f"{HERE}/{{id}}/template.xlsx")
    async def template(visitor: By, id: str) -> Response:
        return await passed_on(visitor, below(INTERFACE, id, "template.xlsx"))

    @routes.get(f"{HERE}/{{id}}/workbook")
    async def choose(request: Request, visitor: By, id: str) -> Response:
        return await _page(request, visitor, id)

    @routes.post(f"{HERE}/{{id}}/workbook/check")
    async def check(request: Request, visitor: By, id: str, form: Form) -> Response:
        try:
            reply = await visitor.reply("POST", below(INTERFACE, id, "workbook", "check"), file=_content(form))
        except Refusal as refusal:
            return await _page(request, visitor, id, refusal)
        return await _page(request, visitor, id, checked=reply.json(), hash=_hash(form))

    @routes.post(f"{HERE}/{{id}}/workbook")
    async def import_(request: Request, visitor: By, id: str, form: Form) -> Response:
        try:
            content = _content(form)
            if form["checked"] != _hash(form):
                raise Refusal(422, ANOTHER_FILE)
            await visitor.reply(
                "PUT",
                below(INTERFACE, id, "workbook"),
                query={"confirmed": form["confirmed"]},
                headers={"if-match": form["version"]},
                file=content,
            )
        except Refusal as refusal:
            version = "" if refusal.is_stale else form["version"]
            return await _page(request, visitor, id, refusal, version=version, hash=form["checked"])
        return go(below(HERE, id), "imported")

    @routes.post(f"{HERE}/{{id}}/workbook/marked")
    async def marked(request: Request, visitor: By, id: str, form: Form) -> Response:
        try:
            reply = await visitor.reply("POST", below(INTERFACE, id, "workbook", "marked"), file=_content(form))
        except Refusal as refusal:
            return await _page(request, visitor, id, refusal)
        return download(reply.content, XLSX, f"{id}-marked.xlsx", NOT_KEPT)


def _content(form: Typed) -> bytes:
    """Raises Refusal."""
    if FILE not in form.files:
        raise Refusal(422, NO_FILE, (Fault(f"/{FILE}", CHOOSE),))
    return form.files[FILE][1]


def _hash(form: Typed) -> str:
    return hashlib.sha256(_content(form)).hexdigest()


async def _page(
    request: Request,
    visitor: Visitor,
    id: str,
    refusal: Refusal | None = None,
    checked: dict[str, Any] | None = None,
    version: str = "",
    hash: str = "",
) -> Response:
    """version: of the roster as whoever imports has seen it; empty: as it is now. hash: of the file that was checked."""
    found = await steps.opened(visitor, below(INTERFACE, id), with_steps=False)
    corrections = checked["corrections"] if checked else []
    wrong = cells.wrong(refusal.faults) if refusal else []
    return page(
        request,
        "rosters/pages/workbook.html",
        refusal.status if refusal else 200,
        roster=found.document,
        version=version or found.version,
        refusal=refusal,
        checked=checked,
        weighty=[one for one in corrections if one["weight"] == "confirm"],
        spellings=[one for one in corrections if one["weight"] != "confirm"],
        others=[one for one in refusal.faults if one.where.startswith("/") and one.where != f"/{FILE}"]
        if refusal
        else [],
        wrong=wrong[: cells.MOST_SHOWN],
        wrong_in_all=len(wrong),
        most_shown=cells.MOST_SHOWN,
        hash=hash,
        confirm=(checked or {}).get("confirm") or (refusal.more.get("confirm", "") if refusal else ""),
        names={item["occupation"]: item for item in found.document["items"]},
    )
