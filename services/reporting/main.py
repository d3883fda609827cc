"""Wiring of reporting."""

from __future__ import annotations

from services.reporting import api, foreign_number, lines, voided, windup
from services.reporting.handlers import handlers
from services.reporting.roster import Roster
from shared import copies
from shared import windup as winding_up
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanApproved
from shared.house import House
from shared.ports import Kind
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups

KINDS = (
    Kind(Roster.KIND, indexes=(("path",), ("body",))),
    lines.KIND,
    foreign_number.KIND,
    voided.KIND,
    winding_up.KIND,
    *copies.kinds(BodyRegistered, SessionPlanApproved),
)


def build(house: House) -> Service:
    app = service_app("呈报 Reporting", "合格人员名册 · rosters of passed candidates (form 6).", house, practice=True)
    app.include_router(api.router(house.store, house.clock))
    app.include_router(windups(house.store, lambda body: windup.preview(house.store, body), windup.ReportingWindUp))
    return Service("reporting", app, handlers(house))


BLUEPRINT = Blueprint("reporting", KINDS, build)
