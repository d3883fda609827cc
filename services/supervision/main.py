"""Wiring of supervision."""

from __future__ import annotations

from datetime import datetime

from services.supervision.bulletins import api as bulletins_api
from services.supervision.declares import DECLARED
from services.supervision.duties import rectification
from services.supervision.duties.duty import RECTIFICATION
from services.supervision.duties.watching import duties
from services.supervision.handlers import handlers
from services.supervision.inspections import api as inspections_api
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions import api as sanctions_api
from services.supervision.sanctions.usecases import winding_up
from services.supervision.violations import api as violations_api
from services.supervision.work_reports import api as work_reports_api
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(ports: Ports) -> Service:
    app = service_app(
        DECLARED, "监督 Supervision", "检查、违规、处理与质量通报 · inspections, sanctions, bulletins.", ports
    )
    keeper = duties(ports)

    async def acted_on(inspection: Inspection) -> None:
        await keeper.look_after_an_act(rectification.key_of(inspection), RECTIFICATION.what)

    app.include_router(inspections_api.router(ports, acted_on))
    app.include_router(violations_api.router(ports))
    app.include_router(sanctions_api.router(ports))
    app.include_router(work_reports_api.router(ports))
    app.include_router(bulletins_api.router(ports))

    async def look_for_late_revocations(now: datetime) -> None:
        await winding_up.sweep(ports.store, now)

    return Service("supervision", app, handlers(ports), ticks=(look_for_late_revocations, keeper.watch))


BLUEPRINT = Blueprint(build)
