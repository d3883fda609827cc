"""Wiring of reporting."""

from __future__ import annotations

from services.reporting import windup
from services.reporting.declares import DECLARED
from services.reporting.handlers import handlers
from services.reporting.rosters.api import router as roster_routes
from shared.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups


def build(house: House) -> Service:
    app = service_app(
        DECLARED, "呈报 Reporting", "合格人员名册 · rosters of passed candidates (form 6).", house, practice=True
    )
    app.include_router(roster_routes(house.store, house.clock))
    app.include_router(windups(house.store, lambda body: windup.preview(house.store, body), windup.ReportingWindUp))
    return Service("reporting", app, handlers(house))


BLUEPRINT = Blueprint(build)
