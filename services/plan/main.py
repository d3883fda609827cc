"""Wiring of planning."""

from __future__ import annotations

from functools import partial

from services.plan import windup
from services.plan.annual_plans.api import router as annual_plan_routes
from services.plan.declares import DECLARED
from services.plan.duties.watching import duties
from services.plan.handlers import handlers
from services.plan.licences.api import router as licence_routes
from services.plan.occupations.api import router as occupation_routes
from services.plan.session_plans.api import router as session_plan_routes
from services.plan.session_plans.storage import taken
from services.plan.settings import PlanSettings
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.routers.windups import router as windups


def build(ports: Ports) -> Service:
    app = service_app(
        DECLARED,
        "计划 Plan",
        "年度计划与鉴定计划 · annual plans (form 1) and session plans (form 2).",
        ports,
        practice=True,
    )
    app.include_router(occupation_routes())
    app.include_router(licence_routes(ports.store))
    app.include_router(annual_plan_routes(ports.store, partial(taken, ports.store)))
    app.include_router(session_plan_routes(ports.store, ports.settings.of(PlanSettings).session_lead_days))
    app.include_router(windups(ports.store, lambda body: windup.preview(ports, body), windup.PlanWindUp))

    return Service("plan", app, handlers(ports), ticks=(duties(ports).watch,))


BLUEPRINT = Blueprint(build)
