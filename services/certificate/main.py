"""Wiring of the certificate service."""

from __future__ import annotations

from datetime import datetime

from services.certificate import api, batch, certificate, production, usecases, windup
from services.certificate.drawing.pool import Drawers
from services.certificate.handlers import handlers
from services.certificate.numbers import NumberRegister
from shared import copies
from shared import windup as winding_up
from shared.contracts.directory import BodyRegistered
from shared.house import House
from shared.ports import Kind
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups

KINDS = (
    certificate.KIND,
    batch.KIND,
    production.KIND,
    Kind(NumberRegister.KIND),
    winding_up.KIND,
    *copies.kinds(BodyRegistered),
)


def build(house: House) -> Service:
    drawers = Drawers(house.settings.drawers, house.settings.fonts)
    app = service_app(
        "证书 Certificate",
        "编号、制作、寄发与核验 · numbers, print files, parcels, verification.",
        house,
        practice=True,
    )
    app.include_router(api.router(house))
    app.include_router(windups(house.store, lambda body: windup.preview(house.store, body), windup.CertificateWindUp))

    async def sweep(now: datetime) -> None:
        await usecases.sweep(house.store, now)

    return Service("certificate", app, handlers(house, drawers), ticks=(sweep,), close=drawers.close)


BLUEPRINT = Blueprint("certificate", KINDS, build)
