"""Wiring of reporting."""

from __future__ import annotations

from datetime import datetime

from services.reporting import windup
from services.reporting.declares import DECLARED
from services.reporting.duties.watching import duties
from services.reporting.handlers import handlers
from services.reporting.rosters.api import router as roster_routes
from services.reporting.rosters.usecases import entering
from services.reporting.settings import ReportingSettings, person_key
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
    key = person_key(ports.settings.of(ReportingSettings))

    async def enter_earlier(_: datetime) -> None:
        await entering.enter_earlier(ports, key)

    return Service("reporting", app, handlers(ports), ticks=(enter_earlier, duties(ports).watch))


BLUEPRINT = Blueprint(build)
