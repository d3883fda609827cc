"""Wiring of planning."""

from __future__ import annotations

from datetime import datetime

from services.plan import api, usecases
from services.plan.annual_plan import AnnualPlan
from services.plan.duty import AnnualPlanDuty
from services.plan.handlers import handlers
from services.plan.session_plan import SessionPlan
from shared import copies
from shared.contracts.directory import BodyRegistered
from shared.house import House
from shared.ports import Kind
from shared.service import Blueprint, Service
from shared.web.app import service_app

KINDS = (
    Kind(AnnualPlan.KIND, indexes=(("path",),)),
    Kind(SessionPlan.KIND, indexes=(("path",),)),
    Kind(AnnualPlanDuty.KIND),
    *copies.kinds(BodyRegistered),
)


def build(house: House) -> Service:
    app = service_app(
        "计划 Plan", "年度计划与鉴定计划 · annual plans (form 1) and session plans (form 2).", house, practice=True
    )
    app.include_router(api.router(house.store, house.clock))

    async def watch(now: datetime) -> None:
        await usecases.watch_annual_plans(house.store, now)

    return Service("plan", app, handlers(house.store), ticks=(watch,))


BLUEPRINT = Blueprint("plan", KINDS, build)
