"""Wiring of notification."""

from __future__ import annotations

from services.notification.declares import KINDS
from services.notification.handlers import handlers
from services.notification.mailings.api import router as mailing_routes
from shared.ports.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(house: House) -> Service:
    app = service_app("通知 Notification", "信函 · letters to bodies and certificate holders.", house)
    app.include_router(mailing_routes(house.store))
    return Service("notification", app, handlers(house))


BLUEPRINT = Blueprint("notification", KINDS, build)
