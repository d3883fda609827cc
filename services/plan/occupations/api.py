"""HTTP of occupations: the list that plans choose from."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from shared.contracts.occupations import occupations
from shared.contracts.words import LEVEL_NAMES
from shared.web.access import By


def router() -> APIRouter:
    routes = APIRouter(prefix="/occupations", tags=["职业 · occupations"])

    @routes.get("", summary="职业目录 · the list of occupations")
    async def listed(_: By) -> list[dict[str, Any]]:
        return [
            {
                "code": one.code,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "levels": {level: LEVEL_NAMES[level][0] for level in sorted(one.levels, reverse=True)},
            }
            for one in occupations().values()
        ]

    return routes
