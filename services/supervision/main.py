"""Wiring of supervision."""

from __future__ import annotations

from datetime import datetime

from services.supervision.bulletins import api as bulletins_api
from services.supervision.declares import DECLARED
from services.supervision.handlers import handlers
from services.supervision.inspections import api as inspections_api
from services.supervision.sanctions import api as sanctions_api
from services.supervision.sanctions.usecases import winding_up
from services.supervision.settings import SupervisionSettings
from services.supervision.violations import api as violations_api
from services.supervision.work_reports import api as work_reports_api
from services.supervision.work_reports import usecases as work_reports
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(ports: Ports) -> Service:
    app = service_app(
        DECLARED, "监督 Supervision", "检查、违规、处理与质量通报 · inspections, sanctions, bulletins.", ports
    )
    app.include_router(inspections_api.router(ports))
    app.include_router(violations_api.router(ports))
    app.include_router(sanctions_api.router(ports))
    app.include_router(work_reports_api.router(ports))
    app.include_router(bulletins_api.router(ports))

    days = ports.settings.of(SupervisionSettings).work_report_days

    async def look_for_late_revocations(now: datetime) -> None:
        await winding_up.sweep(ports.store, now)

    async def watch_work_reports(now: datetime) -> None:
        await work_reports.watch(ports.store, now, days)

    return Service("supervision", app, handlers(ports), ticks=(look_for_late_revocations, watch_work_reports))


BLUEPRINT = Blueprint(build)
