"""Wiring of notification."""

from __future__ import annotations

from services.notification.handlers import handlers
from services.notification.mailings import api, mailing
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports.house import House
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (mailing.KIND, *local_copies.kinds(BodyRegistered))


def build(house: House) -> Service:
    app = service_app("通知 Notification", "信函 · letters to bodies and certificate holders.", house)
    app.include_router(api.router(house.store))
    return Service("notification", app, handlers(house))


BLUEPRINT = Blueprint("notification", KINDS, build)
