"""What is due and reminds: which documents, in which state, and how they are stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from services.plan.annual_plans.duty import AnnualPlanDuty

from services.directory.accounts.account import Account
from services.directory.trainings.training_record import TrainingRecord
from services.supervision.work_reports.duty import WorkReportDuty
from shared.ports import Record
from shared.procedure.duty import Reminding
from shared.trade.deadline import CHINA
from shared.trade.roles import Role

PATH = "/49000001/49050001/49053012/"
A_DAY_BEFORE = datetime(2026, 2, 27, 9, tzinfo=CHINA)
HOLDER = Account(
    id="zhou.ning",
    name="周宁",
    body="49053012",
    path=PATH,
    state="active",
    roles=[Role.STATION_CLERK],
    password_hash="",
)

STORED: list[tuple[type[Reminding], dict[str, Any], Callable[[Any], bool]]] = [
    (
        AnnualPlanDuty,
        {"body": "49053012", "path": PATH, "year": 2026},
        lambda duty: duty.remind(A_DAY_BEFORE),
    ),
    (
        WorkReportDuty,
        {"body": "49053012", "path": PATH, "quarter": "2025-Q4"},
        lambda duty: duty.remind(A_DAY_BEFORE, 59),
    ),
    (
        TrainingRecord,
        {
            "path": PATH,
            "certificate": "PX-1",
            "passed_on": "2024-02-28",
            "valid_until": "2026-02-28",
            "recorded_by": "operator",
            "recorded_at": "2024-03-01T01:00:00Z",
            "requests": ["r1"],
        },
        lambda record: record.remind(HOLDER, A_DAY_BEFORE),
    ),
]
"""As they lie in the store: their own fields, besides what all of them have; and the verb, one day before the last."""


@pytest.mark.parametrize(("what", "fields", "remind"), STORED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_mark_is_kept_with_its_fact_in_the_document_that_is_due(
    what: type[Reminding], fields: dict[str, Any], remind: Callable[[Any], bool]
) -> None:
    common = {"state": what.REMINDED_IN, "request": "", "history": [], "marked": [7, 3]}
    document = what.from_record(Record("x", {**common, **fields}, version=4, facts=2))
    assert document.as_record().body == {**common, **fields}, "no field more, none less"
    assert remind(document)
    assert (document.marked, [row.n for row in document.outbox]) == ([7, 3, 1], [3])
    assert not remind(document), "asked again: nothing to say"
    assert len(document.outbox) == 1


@pytest.mark.parametrize(("what", "fields", "remind"), STORED, ids=lambda value: getattr(value, "__name__", ""))
def test_in_any_other_state_nobody_is_reminded(
    what: type[Reminding], fields: dict[str, Any], remind: Callable[[Any], bool]
) -> None:
    document = what.from_record(Record("x", {**fields, "state": "another"}))
    assert not remind(document)
    assert (document.marked, document.outbox) == ([], ())


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1)], ids=str)
@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_a_clock_that_is_set_neither_skips_a_reminder_nor_doubles_it(jump: timedelta, hour: int) -> None:
    """Asked every hour from long before the day until long after it; at one hour of each day the clock jumps, and an hour
    later it is right again."""

    def reminders(jumping: bool) -> list[int]:
        duty = AnnualPlanDuty(id="49053012-2026", body="49053012", path=PATH, year=2026)
        now = datetime(2026, 1, 20, tzinfo=CHINA)
        while now < datetime(2026, 3, 10, tzinfo=CHINA):
            set_by = jump if jumping and now.hour == hour else timedelta(0)
            duty.remind(now + set_by)
            now += timedelta(hours=1)
        return duty.marked

    assert reminders(jumping=True) == reminders(jumping=False) == [30, 14, 7, 3, 1, 0, -1, -3]
