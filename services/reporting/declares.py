"""What reporting keeps, publishes, takes, writes letters about, and may be asked."""

from __future__ import annotations

from pathlib import Path

from services.reporting.access import ACCESS
from services.reporting.certified.storage import APPROVING, CERTIFIED, ENTERED, KEY_IN_USE, VOIDED_CERTIFICATES
from services.reporting.duties.duty import FORM_TYPES, ROWS, RosterDuty
from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.storage import LINES, PAGES
from services.reporting.sessions.storage import SESSION_NOTES, VOIDED_SESSIONS
from services.reporting.settings import ReportingSettings
from services.reporting.technician_reviews.technician_review import TechnicianReview
from shared.contracts import reporting
from shared.contracts.certificate import CertificatesVoided
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
from shared.procedure.duties import keeper as duties
from shared.register.declaration import Declaration
from shared.register.letters import Letter, of_approval, of_duty

KINDS: tuple[Kind, ...] = (
    Kind(Roster.KIND, indexes=(("path",), ("state", "path"), ("body",))),
    Kind(PAGES),
    Kind(LINES, indexes=(("import_id", "page", "n"),)),
    Kind(ForeignNumberFind.KIND, follows=True),
    Kind(VOIDED_SESSIONS),
    Kind(TechnicianReview.KIND, indexes=(("roster",),), follows=True),
    *(Kind(name) for name in (CERTIFIED, VOIDED_CERTIFICATES, APPROVING, ENTERED, KEY_IN_USE)),
    Kind(SESSION_NOTES),
    *duties.kinds(RosterDuty),
    windup.KIND,
    *local_copies.kinds(BodyRegistered, SessionPlanApproved),
)

DECLARED = Declaration(
    service="reporting",
    kinds=KINDS,
    words=(
        Roster.WORDS,
        RosterDuty.WORDS,
        ForeignNumberFind.WORDS,
        TechnicianReview.WORDS,
    ),
    duties=ROWS,
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
        Queue(
            "reporting",
            "duties",
            (
                BodyRegistered.TYPE,
                SessionPlanApproved.TYPE,
                SessionPlanPostponed.TYPE,
                SessionPlanCancelled.TYPE,
                SessionPlanVoided.TYPE,
                *FORM_TYPES,
                reporting.ReportingWindUpDone.TYPE,
            ),
            prefetch=20,
        ),
        Queue("reporting", "certified", (CertificatesVoided.TYPE,), prefetch=4),
        Queue("reporting", "windup", (SanctionConfirmed.TYPE,), prefetch=1),
    ),
    letters=(
        of_approval("roster", Letter("approved", "body"), Letter("production-order", "producer")),
        {reporting.RosterDutyMarked.TYPE: of_duty()},
    ),
    titles={
        "roster_duty": ("名册办理任务", "Duty about rosters"),
        "roster": ("职业技能鉴定合格人员名册", "Roster of passed candidates"),
    },
    templates=Path(__file__).parent / "letters",
    settings=ReportingSettings,
)
