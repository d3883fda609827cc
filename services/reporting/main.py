"""Wiring of reporting."""

from __future__ import annotations

from services.reporting import windup
from services.reporting.foreign_numbers import foreign_number
from services.reporting.handlers import handlers
from services.reporting.rosters import api
from services.reporting.rosters import storage as lines
from services.reporting.rosters.roster import Roster
from services.reporting.sessions import storage as voided
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import SessionPlanApproved
from shared.keeping import local_copies
from shared.ports import Kind
from shared.ports.house import House
from shared.procedure import windup as winding_up
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups

KINDS = (
    Kind(Roster.KIND, indexes=(("path",), ("body",))),
    lines.KIND,
    foreign_number.KIND,
    voided.KIND,
    winding_up.KIND,
    *local_copies.kinds(BodyRegistered, SessionPlanApproved),
)


def build(house: House) -> Service:
    app = service_app("呈报 Reporting", "合格人员名册 · rosters of passed candidates (form 6).", house, practice=True)
    app.include_router(api.router(house.store, house.clock))
    app.include_router(windups(house.store, lambda body: windup.preview(house.store, body), windup.ReportingWindUp))
    return Service("reporting", app, handlers(house))


BLUEPRINT = Blueprint("reporting", KINDS, build)
