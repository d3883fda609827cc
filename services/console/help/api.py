"""Pages of help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.console.pages import page
from services.console.refusal import Refusal
from services.console.visitor import By

_NAME: Final = re.compile(r"[a-z_]{1,40}")
_TEXTS: Final = Path(__file__).with_name("texts")


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/help/{name}")
    async def help_text(request: Request, _: By, name: str) -> HTMLResponse:
        if not _NAME.fullmatch(name) or not (_TEXTS / f"{name}.html").is_file():
            raise Refusal(404, "没有这一篇说明 · there is no such help text")
        return page(request, f"help/texts/{name}.html")

    return routes
