"""Wiring of reporting."""

from __future__ import annotations

from services.reporting import windup
from services.reporting.declares import DECLARED
from services.reporting.handlers import handlers
from services.reporting.rosters.api import router as roster_routes
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.routers.windups import router as windups


def build(ports: Ports) -> Service:
    app = service_app(
        DECLARED, "呈报 Reporting", "合格人员名册 · rosters of passed candidates (form 6).", ports, practice=True
    )
    app.include_router(roster_routes(ports))
    app.include_router(windups(ports.store, lambda body: windup.preview(ports.store, body), windup.ReportingWindUp))
    return Service("reporting", app, handlers(ports))


BLUEPRINT = Blueprint(build)
