"""What the work reports of a quarter add to its figures: whether each body that owes one handed it in, and when."""

from __future__ import annotations

from datetime import datetime

from services.supervision.figures.figures import Counted
from services.supervision.figures.quarter import Quarter
from services.supervision.work_reports.duty import owes_reports
from services.supervision.work_reports.work_report import WorkReport, timeliness
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.ports import Store
from shared.trade.practice import is_practice


async def timeliness_of_all(store: Store, quarter: Quarter, now: datetime, days: int) -> list[Counted]:
    """As the reports stand now. days: until when they are due."""
    bodies = [body for body in await local_copies.all_copies(store, BodyRegistered) if not is_practice(body.path)]
    of_quarter = repository.every(store, WorkReport, {"quarter": quarter.name})
    handed_in = {report.body: report async for report in of_quarter}
    owing = {body.body: body.path for body in bodies if owes_reports(body)}
    owing |= {code: report.path for code, report in handed_in.items() if report.on_hand}
    return [
        Counted(code, path, timeliness(handed_in.get(code), quarter, days, now))
        for code, path in owing.items()
        if not is_practice(path)
    ]
