"""Wiring of notification."""

from __future__ import annotations

from services.notification.declares import DECLARED
from services.notification.handlers import handlers
from services.notification.mailings.api import router as mailing_routes
from shared.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(house: House) -> Service:
    app = service_app(DECLARED, "通知 Notification", "信函 · letters to bodies and certificate holders.", house)
    app.include_router(mailing_routes(house))
    return Service("notification", app, handlers(house))


BLUEPRINT = Blueprint(build)
