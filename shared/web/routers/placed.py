"""The directory's question to every service before it strikes a body off: does anything stand at it, or below it?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query

from shared.contracts.placed import PlacedDocuments
from shared.contracts.words import BodyPath
from shared.keeping.placed import first_of_each
from shared.ports import Kind, Store
from shared.web.access import By


def router(store: Store, kinds: Iterable[Kind]) -> APIRouter:
    routes = APIRouter(prefix="/documents", tags=["服务之间 · between services"])

    @routes.get("", summary="机构名下的文档 · documents at a place of the tree, and below it")
    async def placed(
        path: Annotated[BodyPath, Query(description="机构及其上级，中心在前 · the body and everything above it")], _: By
    ) -> PlacedDocuments:
        return await first_of_each(store, kinds, path)

    return routes
