"""What supervision declares: its collections and their indexes."""

from __future__ import annotations

from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.figures.storage import RECORDS
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.sanction import Sanction
from services.supervision.violations.violation import Violation
from services.supervision.work_reports.duty import WorkReportDuty
from services.supervision.work_reports.work_report import WorkReport
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind

KINDS: tuple[Kind, ...] = (
    Kind(Inspection.KIND, indexes=(("path",), ("body",))),
    Kind(Violation.KIND, indexes=(("path",), ("body", "state"))),
    Kind(Sanction.KIND, indexes=(("path",), ("body",), ("state", "measure"))),
    Kind(RECORDS, indexes=(("quarter",), ("what", "day"))),
    Kind(WorkReport.KIND, indexes=(("quarter", "path"), ("path",))),
    Kind(WorkReportDuty.KIND),
    Kind(Bulletin.KIND, indexes=(("state",),)),
    *local_copies.kinds(BodyRegistered),
)
