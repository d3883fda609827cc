"""Wiring of notification."""

from __future__ import annotations

from datetime import datetime

from services.notification.declares import DECLARED
from services.notification.feeds.api import router as feed_routes
from services.notification.feeds.usecases import retention
from services.notification.handlers import handlers
from services.notification.mailings.api import router as mailing_routes
from services.notification.settings import NotificationSettings
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(ports: Ports) -> Service:
    about = "信函与事件流 · letters to bodies and certificate holders, and feeds of what happened."
    app = service_app(DECLARED, "通知 Notification", about, ports)
    app.include_router(mailing_routes(ports))
    app.include_router(feed_routes(ports))
    days = ports.settings.of(NotificationSettings).feed_days

    async def thin_out(now: datetime) -> None:
        await retention.thin_out(ports.store, days, now)

    return Service("notification", app, handlers(ports), ticks=[thin_out])


BLUEPRINT = Blueprint(build)
