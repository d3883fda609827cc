"""Wiring of supervision."""

from __future__ import annotations

from datetime import datetime

from services.supervision import (
    inspection,
    inspections_api,
    sanction,
    sanctions_api,
    violation,
    violations_api,
    windups,
)
from services.supervision.handlers import handlers
from shared import copies
from shared.contracts.directory import BodyRegistered
from shared.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (
    inspection.KIND,
    violation.KIND,
    sanction.KIND,
    *copies.kinds(BodyRegistered),
)


def build(house: House) -> Service:
    app = service_app("监督 Supervision", "检查、违规、处理与质量通报 · inspections, sanctions, bulletins.", house)
    app.include_router(inspections_api.router(house))
    app.include_router(violations_api.router(house))
    app.include_router(sanctions_api.router(house))

    async def sweep(now: datetime) -> None:
        await windups.sweep(house.store, now)

    return Service("supervision", app, handlers(house), ticks=(sweep,))


BLUEPRINT = Blueprint("supervision", KINDS, build)
