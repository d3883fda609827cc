"""Wiring of supervision."""

from __future__ import annotations

from datetime import datetime

from services.supervision.bulletins import api as bulletins_api
from services.supervision.bulletins import bulletin
from services.supervision.figures import counted_fact
from services.supervision.handlers import handlers
from services.supervision.inspections import api as inspections_api
from services.supervision.inspections import inspection
from services.supervision.sanctions import api as sanctions_api
from services.supervision.sanctions import sanction, windups
from services.supervision.violations import api as violations_api
from services.supervision.violations import violation
from services.supervision.work_reports import api as reports_api
from services.supervision.work_reports import usecases as work_reports
from services.supervision.work_reports import work_report
from services.supervision.work_reports.duty import WorkReportDuty
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind
from shared.ports.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (
    inspection.KIND,
    violation.KIND,
    sanction.KIND,
    counted_fact.KIND,
    work_report.KIND,
    Kind(WorkReportDuty.KIND),
    bulletin.KIND,
    *local_copies.kinds(BodyRegistered),
)


def build(house: House) -> Service:
    app = service_app("监督 Supervision", "检查、违规、处理与质量通报 · inspections, sanctions, bulletins.", house)
    app.include_router(inspections_api.router(house))
    app.include_router(violations_api.router(house))
    app.include_router(sanctions_api.router(house))
    app.include_router(reports_api.router(house))
    app.include_router(bulletins_api.router(house))

    async def sweep(now: datetime) -> None:
        await windups.sweep(house.store, now)

    async def watch_work_reports(now: datetime) -> None:
        await work_reports.watch(house.store, now, house.settings.work_report_days)

    return Service("supervision", app, handlers(house), ticks=(sweep, watch_work_reports))


BLUEPRINT = Blueprint("supervision", KINDS, build)
