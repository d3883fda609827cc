"""The two questions that supervision asks every service about a revocation: what would it do, and what did it do?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query

from shared.contracts.windup import WindUpPreview, WindUpResult
from shared.contracts.words import InstitutionCode
from shared.ports import Store
from shared.procedure.windup import WindUp, result_of
from shared.web.access import By


def router(store: Store, preview: Callable[[str], Awaitable[WindUpPreview]], what: type[WindUp]) -> APIRouter:
    routes = APIRouter(prefix="/windups", tags=["服务之间 · between services"])

    @routes.get("/preview", summary="善后预览 · what is open at a body")
    async def previewed(
        body: Annotated[InstitutionCode, Query(description="机构编码 · institution code of the body")], _: By
    ) -> WindUpPreview:
        return await preview(body)

    @routes.get("/{sanction}", summary="善后结果 · what was done")
    async def result(
        sanction: Annotated[str, Path(description="处分编号 · id of the sanction")], _: By
    ) -> WindUpResult:
        return await result_of(store, what, sanction)

    return routes
