"""HTTP of licences: what planning goes by."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.plan.licences import usecases
from shared.ports import Store
from shared.web.access import By


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/licences", tags=["许可 · licences"])

    @routes.get("/{code}", summary="计划所依据的许可 · the licence that planning goes by")
    async def licence(code: str, by: By) -> dict[str, Any]:
        """The directory's entry is a moment ahead of it: a new licence counts here once it has arrived."""
        body = await usecases.read(store, by, code)
        return body.model_dump(mode="json", include={"body", "path", "state", "licence"})

    return routes
