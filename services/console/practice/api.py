"""The page about training."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.console.pages import page
from services.console.visitor import By


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/training")
    async def training(request: Request, visitor: By) -> Response:
        own = await visitor.get("/directory/training") if visitor.holder else None
        return page(request, "practice/pages/training.html", training=own)

    return routes
