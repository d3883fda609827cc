"""Wiring of the certificate service."""

from __future__ import annotations

from datetime import datetime

from services.certificate import windup
from services.certificate.declares import DECLARED
from services.certificate.duties.watching import duties
from services.certificate.filled_forms import api as filled_forms_api
from services.certificate.handlers import handlers
from services.certificate.production import api as production_api
from services.certificate.production.usecases.produce import ready_to_draw
from services.certificate.production.usecases.sweep import sweep
from services.certificate.verification import api as verification_api
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.routers.windups import router as windups


def build(ports: Ports) -> Service:
    app = service_app(
        DECLARED,
        "证书 Certificate",
        "编号、制作、寄发、附表六与核验 · numbers, print files, parcels, the filled form 6, verification.",
        ports,
        practice=True,
        asked_most=verification_api.router(ports),
    )
    app.include_router(production_api.router(ports))
    app.include_router(filled_forms_api.router(ports))
    app.include_router(windups(ports.store, lambda body: windup.preview(ports.store, body), windup.CertificateWindUp))

    async def look_for_late_batches(now: datetime) -> None:
        await sweep(ports.store, now)

    async def ready() -> None:
        await ready_to_draw(ports)

    return Service(
        "certificate",
        app,
        handlers(ports),
        ticks=(look_for_late_batches, duties(ports).watch),
        readying={"produce": ready},
    )


BLUEPRINT = Blueprint(build)
