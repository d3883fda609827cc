"""What supervision keeps, publishes, takes, writes letters about, may be set, and may be asked."""

from __future__ import annotations

from pathlib import Path

from services.supervision.access import ACCESS
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.bulletins.number_series import NumberSeries
from services.supervision.duties.duty import (
    INSPECTION_TYPES,
    REPORT_TYPES,
    ROWS,
    SANCTION_TYPES,
    SupervisionDuty,
)
from services.supervision.duties.work_report import EARLIER
from services.supervision.figures.storage import COUNTED_FACTS
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.sanction import Sanction
from services.supervision.settings import SupervisionSettings
from services.supervision.violations.violation import Violation
from services.supervision.work_reports.work_report import WorkReport
from shared.contracts import supervision
from shared.contracts.certificate import CertificatesMailed, CertificateWindUpDone
from shared.contracts.directory import BodyRegistered, BodyStandingChanged, DirectoryWindUpDone
from shared.contracts.plan import (
    PlanWindUpDone,
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPostponed,
    SessionPlanReturned,
    SessionPlanVoided,
)
from shared.contracts.reporting import ForeignNumberFound, ReportingWindUpDone, RosterApproved, RosterReturned
from shared.keeping import local_copies
from shared.messaging.topology import Queue
from shared.ports import Kind
from shared.procedure.duties import keeper as duties
from shared.register.declaration import Declaration
from shared.register.letters import Letter, of_approval, of_duty

KINDS: tuple[Kind, ...] = (
    Kind(Inspection.KIND, indexes=(("path",), ("state", "path"))),
    Kind(Violation.KIND, indexes=(("path",), ("state", "path"))),
    Kind(Sanction.KIND, indexes=(("path",), ("state", "path"), ("body",), ("state", "measure"))),
    Kind(COUNTED_FACTS, indexes=(("what", "day"), ("quarter", "path"), ("what", "path"))),
    Kind(WorkReport.KIND, indexes=(("quarter", "path"), ("state", "path"), ("path",))),
    *duties.kinds(SupervisionDuty),
    EARLIER,
    Kind(Bulletin.KIND, indexes=(("state",),)),
    Kind(NumberSeries.KIND),
    *local_copies.kinds(BodyRegistered),
)

PAPER = "supervision/sanctions/{id}/paper"

DECLARED = Declaration(
    service="supervision",
    kinds=KINDS,
    words=(
        Inspection.WORDS,
        Violation.WORDS,
        Sanction.WORDS,
        WorkReport.WORDS,
        SupervisionDuty.WORDS,
        Bulletin.WORDS,
        NumberSeries.WORDS,
    ),
    duties=ROWS,
    facts=supervision.FACTS,
    access=ACCESS,
    queues=(
        Queue("supervision", "copies", (BodyRegistered.TYPE,), prefetch=20),
        Queue("supervision", "numbers", (ForeignNumberFound.TYPE,), prefetch=10),
        Queue("supervision", "ladder", (supervision.SanctionConfirmed.TYPE, BodyStandingChanged.TYPE), prefetch=1),
        Queue(
            "supervision",
            "duties",
            (BodyRegistered.TYPE, *REPORT_TYPES, *INSPECTION_TYPES, *SANCTION_TYPES),
            prefetch=20,
        ),
        # All four parts of a revocation are written into one sanction.
        Queue(
            "supervision",
            "windup",
            (DirectoryWindUpDone.TYPE, PlanWindUpDone.TYPE, ReportingWindUpDone.TYPE, CertificateWindUpDone.TYPE),
            prefetch=1,
        ),
        Queue(
            "supervision",
            "records",
            (
                SessionPlanApproved.TYPE,
                SessionPlanPostponed.TYPE,
                SessionPlanCancelled.TYPE,
                SessionPlanReturned.TYPE,
                SessionPlanVoided.TYPE,
                RosterApproved.TYPE,
                RosterReturned.TYPE,
                CertificatesMailed.TYPE,
            ),
            prefetch=10,
        ),
    ),
    letters=(
        of_approval("work_report"),
        {
            supervision.WorkReportDue.TYPE: (Letter("work-report-due", "body", at_once=True),),  # of earlier releases
            supervision.SupervisionDutyMarked.TYPE: of_duty(),
            supervision.BulletinPublished.TYPE: (Letter("bulletin-published", "bodies", optional=True),),
            supervision.BulletinCorrected.TYPE: (Letter("bulletin-corrected", "bodies", optional=True),),
            supervision.InspectionPerformed.TYPE: (Letter("inspection-performed", "body", issued_by="inspected_by"),),
            supervision.InspectionClosed.TYPE: (Letter("inspection-closed", "body"),),
            supervision.ViolationConfirmed.TYPE: (
                Letter("violation-confirmed", "body", at_once=True),
                Letter("violation-confirmed", "branch", at_once=True),
            ),
            supervision.SanctionProposed.TYPE: (Letter("sanction-waits", "body", at_once=True),),
            supervision.SanctionSeconded.TYPE: (Letter("sanction-waits", "body", at_once=True),),
            supervision.SanctionConfirmed.TYPE: (
                Letter("sanction-confirmed", "body", at_once=True, paper=PAPER),
                Letter("sanction-confirmed", "branch", at_once=True, paper=PAPER),
            ),
            supervision.SanctionLifted.TYPE: (
                Letter("sanction-lifted", "body", at_once=True),
                Letter("sanction-lifted", "branch", at_once=True),
            ),
            supervision.SanctionCarriedOut.TYPE: (Letter("revocation-carried-out", "centre", at_once=True),),
        },
    ),
    titles={
        "supervision_duty": ("监督办理任务", "Duty about supervision"),
        "inspection": ("不定期检查", "Inspection"),
        "violation": ("违规认定", "Violation"),
        "sanction": ("监督处理", "Sanction"),
        "work_report": ("季度鉴定工作报告", "Quarterly work report"),
        "bulletin": ("职业技能鉴定质量通报", "Quality bulletin"),
    },
    templates=Path(__file__).parent / "letters",
    settings=SupervisionSettings,
)
