"""Wiring of notification."""

from __future__ import annotations

from services.notification.declares import DECLARED
from services.notification.feeds.api import router as feed_routes
from services.notification.handlers import handlers
from services.notification.mailings.api import router as mailing_routes
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(ports: Ports) -> Service:
    about = "信函与事件流 · letters to bodies and certificate holders, and feeds of what happened."
    app = service_app(DECLARED, "通知 Notification", about, ports)
    app.include_router(mailing_routes(ports))
    app.include_router(feed_routes(ports))
    return Service("notification", app, handlers(ports))


BLUEPRINT = Blueprint(build)
