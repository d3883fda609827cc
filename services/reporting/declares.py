"""What reporting keeps, publishes, takes, writes letters about, and may be asked."""

from __future__ import annotations

from pathlib import Path

from services.reporting.access import ACCESS
from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.storage import LINES
from services.reporting.sessions.storage import SESSION_NOTES, VOIDED_SESSIONS
from shared.contracts import reporting
from shared.contracts.directory import BodyRegistered
from shared.contracts.plan import (
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPapersDrawn,
    SessionPlanPostponed,
    SessionPlanVoided,
)
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.procedure import windup
from shared.register.declaration import Declaration
from shared.register.letters import Letter, of_approval

KINDS: tuple[Kind, ...] = (
    Kind(Roster.KIND, indexes=(("path",), ("body",))),
    Kind(LINES, indexes=(("import_id", "page", "n"),)),
    Kind(ForeignNumberFind.KIND, follows=True),
    Kind(VOIDED_SESSIONS),
    Kind(SESSION_NOTES),
    windup.KIND,
    *local_copies.kinds(BodyRegistered, SessionPlanApproved),
)

DECLARED = Declaration(
    service="reporting",
    kinds=KINDS,
    facts=reporting.FACTS,
    access=ACCESS,
    queues=(
        Queue(
            "reporting",
            "copies",
            (
                BodyRegistered.TYPE,
                SessionPlanApproved.TYPE,
                SessionPlanPostponed.TYPE,
                SessionPlanCancelled.TYPE,
                SessionPlanPapersDrawn.TYPE,
                SessionPlanVoided.TYPE,
            ),
            prefetch=20,
        ),
        Queue("reporting", "windup", (SanctionConfirmed.TYPE,), prefetch=1),
    ),
    letters=(of_approval("roster", Letter("approved", "body"), Letter("production-order", "producer")),),
    titles={
        "roster": ("职业技能鉴定合格人员名册", "Roster of passed candidates"),
    },
    templates=Path(__file__).parent / "letters",
)
