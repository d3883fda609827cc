"""Who keeps the duties of planning."""

from __future__ import annotations

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.duties.annual_plan import AnnualPlanOwing
from services.plan.duties.duty import ROWS, PlanDuty
from services.plan.duties.paper_draw import PaperDrawOwing
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.settings import PlanSettings
from shared.outside import Ports
from shared.procedure.duties.keeper import DutyKeeper
from shared.procedure.duties.owing import Owing
from shared.procedure.duties.review import reviews
from shared.trade.ladder import Ladder


def duties(ports: Ports) -> DutyKeeper:
    ladder = Ladder.read(ports.settings.of(PlanSettings).annual_plan_ladder)
    each: list[Owing] = [
        AnnualPlanOwing(ports.store, ladder),
        PaperDrawOwing(ports.store, Ladder.read(ports.settings.review_ladder)),
        *reviews(ports.store, ports.calendar, ports.settings, ROWS, annual_plan=AnnualPlan, session_plan=SessionPlan),
    ]
    return DutyKeeper(ports.store, ports.clock, ports.calendar, PlanDuty, each)
