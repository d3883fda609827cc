"""Wiring of reporting."""

from __future__ import annotations

from services.reporting import api, lines
from services.reporting.handlers import handlers
from services.reporting.roster import Roster
from shared import copies
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanApproved
from shared.house import House
from shared.ports import Kind
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (Kind(Roster.KIND, indexes=(("path",),)), lines.KIND, *copies.kinds(BodyRegistered, SessionPlanApproved))


def build(house: House) -> Service:
    app = service_app("呈报 Reporting", "合格人员名册 · rosters of passed candidates (form 6).", house, practice=True)
    app.include_router(api.router(house.store, house.clock))
    return Service("reporting", app, handlers(house.store))


BLUEPRINT = Blueprint("reporting", KINDS, build)
