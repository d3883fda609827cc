"""HTTP of occupations: the list that plans choose from."""

from __future__ import annotations

from fastapi import APIRouter

from services.plan.occupations.answers import OccupationAnswer
from shared.contracts.occupations import Occupation, occupations
from shared.contracts.words import LEVEL_NAMES
from shared.web.access import By


def router() -> APIRouter:
    routes = APIRouter(prefix="/occupations", tags=["职业 · occupations"])

    @routes.get("", summary="职业目录 · the list of occupations")
    async def list_occupations(_: By) -> list[OccupationAnswer]:
        return [_show(occupation) for occupation in occupations().values()]

    return routes


def _show(occupation: Occupation) -> OccupationAnswer:
    levels = {level: LEVEL_NAMES[level][0] for level in sorted(occupation.levels, reverse=True)}
    return OccupationAnswer.of(occupation, levels=levels)
