"""What the work reports of a quarter add to its figures: whether each body that owes one handed it in, and when."""

from __future__ import annotations

from datetime import datetime

from services.supervision import ids
from services.supervision.figures.figures import Counted, Gathered
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from services.supervision.figures.storage import bodies_of, readable
from services.supervision.work_reports.owing import owes_report
from services.supervision.work_reports.work_report import WorkReport, timeliness
from shared.ports import Store
from shared.trade.practice import is_practice


async def timeliness_of_all(store: Store, quarter: Quarter, part: Part, now: datetime, days: int) -> Gathered:
    """As the reports stand now. days: until when they are due. Whose report cannot be read is not said to have handed in
    none."""
    reports, left_out = await readable(store, WorkReport, part, {"quarter": quarter.name})
    handed_in = {report.body: report for report in reports}
    owing = {body.body: body.path for body in await bodies_of(store, part) if owes_report(body, quarter)}
    owing |= {code: report.path for code, report in handed_in.items() if report.on_hand}
    return Gathered(
        [
            Counted(code, path, timeliness(handed_in.get(code), quarter, days, now))
            for code, path in owing.items()
            if not is_practice(path) and ids.work_report_id(code, quarter.name) not in left_out
        ],
        [f"{WorkReport.KIND}/{id}" for id in left_out],
    )
