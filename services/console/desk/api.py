"""The desk."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.console.pages import page
from services.console.visitor import By


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/")
    async def desk(request: Request, visitor: By) -> HTMLResponse:
        return page(request, "desk/pages/desk.html")

    return routes
