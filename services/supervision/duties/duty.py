"""The duties of supervision: their kind, and the rows of what is owed."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.supervision import (
    FACTS,
    InspectionClosed,
    InspectionPerformed,
    SanctionConfirmed,
    SanctionLifted,
    SupervisionDutyMarked,
    SupervisionDutyOpened,
    SupervisionDutyReckoned,
    SupervisionDutySettled,
    WorkReportDue,
)
from shared.procedure.duties.duty import Duty, Facts, duty_words
from shared.register.duties import DutyRow
from shared.words import Words

WORK_REPORT = DutyRow("work_report", "呈报季度鉴定工作报告", "submit the work report", "R2")
RECTIFICATION = DutyRow("rectification", "完成限期整改", "rectify what was found", "§4.9")
ROWS = (
    WORK_REPORT,
    DutyRow("work_report_endorsement", "审核季度鉴定工作报告", "review a work report", "R5"),
    DutyRow("work_report_approval", "批准季度鉴定工作报告", "decide on a work report", "R5"),
    RECTIFICATION,
)
REPORT_TYPES = tuple(fact.TYPE for fact in FACTS if fact.TYPE.startswith("work_report.") and fact is not WorkReportDue)
INSPECTION_TYPES = (InspectionPerformed.TYPE, InspectionClosed.TYPE)
SANCTION_TYPES = (SanctionConfirmed.TYPE, SanctionLifted.TYPE)
"""After each of them somebody may owe something else."""


class SupervisionDuty(Duty):
    KIND: ClassVar[str] = "supervision_duty"
    SOURCE: ClassVar[str] = "/supervision"
    WORDS: ClassVar[Words] = duty_words(KIND, "监督办理任务", "duty about supervision")
    FACTS: ClassVar[Facts] = Facts(
        SupervisionDutyOpened, SupervisionDutyReckoned, SupervisionDutyMarked, SupervisionDutySettled
    )
