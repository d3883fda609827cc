"""What planning keeps, publishes, takes, writes letters about, and may be asked."""

from __future__ import annotations

from pathlib import Path

from services.plan.access import ACCESS
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.duties.annual_plan import EARLIER
from services.plan.duties.duty import FORM_TYPES, ROWS, PlanDuty
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.settings import PlanSettings
from shared.contracts import plan
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import RosterApproved
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.procedure import windup
from shared.procedure.duties import keeper as duties
from shared.register.declaration import Declaration
from shared.register.letters import Letter, of_approval, of_duty

KINDS: tuple[Kind, ...] = (
    Kind(AnnualPlan.KIND, indexes=(("path",), ("state", "path"))),
    Kind(SessionPlan.KIND, indexes=(("path",), ("state", "path"), ("body",), ("annual_plan",))),
    *duties.kinds(PlanDuty),
    EARLIER,
    windup.KIND,
    *local_copies.kinds(BodyRegistered),
)

DECLARED = Declaration(
    service="plan",
    kinds=KINDS,
    words=(
        AnnualPlan.WORDS,
        PlanDuty.WORDS,
        SessionPlan.WORDS,
    ),
    duties=ROWS,
    facts=plan.FACTS,
    access=ACCESS,
    queues=(
        Queue("plan", "copies", (BodyRegistered.TYPE,), prefetch=20),
        Queue("plan", "closing", (RosterApproved.TYPE,), prefetch=10),
        Queue("plan", "duties", (BodyRegistered.TYPE, *FORM_TYPES), prefetch=20),
        # Each revocation is carried out by one handler of each service, one after the other.
        Queue("plan", "windup", (SanctionConfirmed.TYPE,), prefetch=1),
    ),
    letters=(
        of_approval("annual_plan"),
        of_approval("session_plan"),
        {
            plan.AnnualPlanDue.TYPE: (Letter("annual-plan-due", "body", at_once=True),),  # of earlier releases
            plan.PlanDutyMarked.TYPE: of_duty(),
            plan.AnnualPlanAmended.TYPE: (Letter("annual-plan-amended", "above", issued_by="body"),),
            plan.SessionPlanPostponed.TYPE: (
                Letter("session-postponed", "body"),
                Letter("session-postponed", "branch"),
            ),
            plan.SessionPlanCancelled.TYPE: (
                Letter("session-cancelled", "body"),
                Letter("session-cancelled", "branch"),
                Letter("session-cancelled", "centre", issued_by="cancelled_by"),
            ),
        },
    ),
    titles={
        "plan_duty": ("计划办理任务", "Duty about plans"),
        "annual_plan": ("年度职业技能培训和鉴定计划", "Annual training and appraisal plan"),
        "session_plan": ("机械行业特有工种职业技能鉴定计划", "Session plan"),
    },
    templates=Path(__file__).parent / "letters",
    settings=PlanSettings,
)
