"""Pages of rosters. Those of one address more come first: the steps take whatever verb is left."""

from __future__ import annotations

from fastapi import APIRouter

from services.console.rosters.api import documents, filled_forms, opening, technician_reviews, workbooks
from shared.ports import Clock


def router(clock: Clock) -> APIRouter:
    routes = APIRouter()
    opening.add(routes, clock)
    filled_forms.add(routes)
    workbooks.add(routes)
    technician_reviews.add(routes)
    documents.add(routes)
    return routes
