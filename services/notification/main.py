"""Wiring of notification."""

from __future__ import annotations

from services.notification.declares import DECLARED
from services.notification.handlers import handlers
from services.notification.mailings.api import router as mailing_routes
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(ports: Ports) -> Service:
    app = service_app(DECLARED, "通知 Notification", "信函 · letters to bodies and certificate holders.", ports)
    app.include_router(mailing_routes(ports))
    return Service("notification", app, handlers(ports))


BLUEPRINT = Blueprint(build)
