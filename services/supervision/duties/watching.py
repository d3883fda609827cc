"""Who keeps the duties of supervision."""

from __future__ import annotations

from services.supervision.duties.duty import ROWS, SupervisionDuty
from services.supervision.duties.rectification import RectificationOwing
from services.supervision.duties.work_report import WorkReportOwing
from services.supervision.settings import SupervisionSettings
from services.supervision.work_reports.work_report import WorkReport
from shared.outside import Ports
from shared.procedure.duties.keeper import DutyKeeper
from shared.procedure.duties.owing import Owing
from shared.procedure.duties.review import reviews
from shared.trade.ladder import Ladder


def duties(ports: Ports) -> DutyKeeper:
    settings = ports.settings.of(SupervisionSettings)
    each: list[Owing] = [
        WorkReportOwing(ports.store, Ladder.read(settings.work_report_ladder), settings.work_report_days),
        RectificationOwing(ports.store, Ladder.read(settings.rectification_ladder)),
        *reviews(ports.store, ports.calendar, ports.settings, ROWS, work_report=WorkReport),
    ]
    return DutyKeeper(ports.store, ports.clock, ports.calendar, SupervisionDuty, each)
