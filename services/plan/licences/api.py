"""HTTP of licences: what planning goes by."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.plan.licences import usecases
from services.plan.licences.answers import LicenceAnswer
from shared.ports import Store
from shared.web.access import By


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/licences", tags=["许可 · licences"])

    @routes.get("/{code}", summary="计划所依据的许可 · the licence that planning goes by")
    async def read_licence(
        code: Annotated[str, Path(description="机构编码 · institution code of the body")], by: By
    ) -> LicenceAnswer:
        """新许可到达计划服务后才在此生效，可能略晚于机构登记。

        The directory's entry is a moment ahead of it: a new licence counts here once it has arrived."""
        return LicenceAnswer.of(await usecases.read(store, by, code))

    return routes
