"""The page with the privacy notice."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.pages import page
from services.console.visitor import By


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/privacy")
    async def privacy(request: Request, _: By) -> Response:
        return page(request, "privacy/pages/privacy.html")

    return routes
