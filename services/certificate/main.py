"""Wiring of the certificate service."""

from __future__ import annotations

from datetime import datetime

from services.certificate import windup
from services.certificate.declares import DECLARED
from services.certificate.handlers import handlers
from services.certificate.production import api as production_api
from services.certificate.production.usecases.sweep import sweep
from services.certificate.verification import api as verification_api
from shared.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups


def build(house: House) -> Service:
    app = service_app(
        DECLARED,
        "证书 Certificate",
        "编号、制作、寄发与核验 · numbers, print files, parcels, verification.",
        house,
        practice=True,
    )
    app.include_router(production_api.router(house))
    app.include_router(verification_api.router(house))
    app.include_router(windups(house.store, lambda body: windup.preview(house.store, body), windup.CertificateWindUp))

    async def look_for_late_batches(now: datetime) -> None:
        await sweep(house.store, now)

    return Service("certificate", app, handlers(house), ticks=(look_for_late_batches,))


BLUEPRINT = Blueprint(build)
