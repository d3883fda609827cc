"""Wiring of planning."""

from __future__ import annotations

from datetime import datetime

from services.plan import windup
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.duty import AnnualPlanDuty
from services.plan.handlers import handlers
from services.plan.session_plans import api, usecases
from services.plan.session_plans.session_plan import SessionPlan
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind
from shared.ports.house import House
from shared.procedure import windup as winding_up
from shared.service import Blueprint, Service
from shared.web.app import service_app
from shared.web.windups import router as windups

KINDS = (
    Kind(AnnualPlan.KIND, indexes=(("path",),)),
    Kind(SessionPlan.KIND, indexes=(("path",), ("body",))),
    Kind(AnnualPlanDuty.KIND),
    winding_up.KIND,
    *local_copies.kinds(BodyRegistered),
)


def build(house: House) -> Service:
    app = service_app(
        "计划 Plan", "年度计划与鉴定计划 · annual plans (form 1) and session plans (form 2).", house, practice=True
    )
    app.include_router(api.router(house.store, house.clock))
    app.include_router(windups(house.store, lambda body: windup.preview(house, body), windup.PlanWindUp))

    async def watch(now: datetime) -> None:
        await usecases.watch_annual_plans(house.store, now)

    return Service("plan", app, handlers(house), ticks=(watch,))


BLUEPRINT = Blueprint("plan", KINDS, build)
