"""Wiring of the certificate service."""

from __future__ import annotations

from datetime import datetime

from services.certificate import windup
from services.certificate.certificates import certificate
from services.certificate.handlers import handlers
from services.certificate.numbers.number_register import NumberRegister
from services.certificate.production import api, batch, production, usecases
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind
from shared.ports.house import House
from shared.procedure import windup as winding_up
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups

KINDS = (
    certificate.KIND,
    batch.KIND,
    production.KIND,
    Kind(NumberRegister.KIND),
    winding_up.KIND,
    *local_copies.kinds(BodyRegistered),
)


def build(house: House) -> Service:
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

    return Service("certificate", app, handlers(house), ticks=(sweep,))


BLUEPRINT = Blueprint("certificate", KINDS, build)
