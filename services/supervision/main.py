"""Wiring of supervision."""

from __future__ import annotations

from datetime import datetime

from services.supervision import (
    bulletin,
    bulletins_api,
    inspection,
    inspections_api,
    record,
    reports_api,
    sanction,
    sanctions_api,
    violation,
    violations_api,
    windups,
    work_report,
    work_reports,
)
from services.supervision.handlers import handlers
from services.supervision.work_report_duty import WorkReportDuty
from shared import copies
from shared.contracts.directory import BodyRegistered
from shared.house import House
from shared.ports import Kind
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (
    inspection.KIND,
    violation.KIND,
    sanction.KIND,
    record.KIND,
    work_report.KIND,
    Kind(WorkReportDuty.KIND),
    bulletin.KIND,
    *copies.kinds(BodyRegistered),
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
