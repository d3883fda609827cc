"""Says that the working days of a year are missing: in the metrics, and once a day in the log."""

from __future__ import annotations

import logging
from datetime import date

from shared.measured import Measured, Measures
from shared.ports import Clock
from shared.trade.deadline import local_day
from shared.trade.workdays.missing import missing_sentence, missing_year
from shared.trade.workdays.working_days import WorkingDays

log = logging.getLogger(__name__)

LOOK_AGAIN = 3600.0  # seconds


def measures(calendar: WorkingDays, clock: Clock) -> Measures:
    def measured() -> list[Measured]:
        year = missing_year(calendar, local_day(clock.now()))
        about = "The year whose working days are missing, from 1 December before it; 0: none"
        return [Measured("jianding_workdays_missing", about, year or 0)]

    return measured


async def warn(calendar: WorkingDays, clock: Clock) -> None:
    """Until it is cancelled."""
    warned: date | None = None
    while True:
        today = local_day(clock.now())
        year = missing_year(calendar, today)
        if year is not None and today != warned:
            log.warning(missing_sentence(year))
            warned = today
        await clock.sleep(LOOK_AGAIN)
