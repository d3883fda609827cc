"""The alarm that the working days of a year are missing: from 1 December on, in metrics, log and `jianding settings`."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.command import main
from services.runtime import launch, wiring, workdays_alarm
from services.runtime.catalogue import WholeSettings
from services.runtime.provision import own_passwords, with_person_key, with_webhook_key
from shared.settings import read_settings
from shared.trade.workdays.missing import missing_year
from shared.trade.workdays.reading import NamedDay, ours
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock

KNOWN = WorkingDays(ours())
"""Up to 2026."""
NEXT = WorkingDays((*ours(), NamedDay(date(2027, 10, 1), False, "国办发明电〔2026〕1号")))
DAY = 24 * 3600.0


@pytest.mark.parametrize(
    ("day", "known", "missing"),
    [
        ("2026-11-30", KNOWN, None),
        ("2026-12-01", KNOWN, 2027),
        ("2026-12-31", KNOWN, 2027),
        ("2027-01-01", KNOWN, 2027),
        ("2027-06-15", KNOWN, 2027),
        ("2026-12-01", NEXT, None),
        ("2027-11-30", NEXT, None),
        ("2027-12-01", NEXT, 2028),
    ],
)
def test_which_year_is_missing(day: str, known: WorkingDays, missing: int | None) -> None:
    assert missing_year(known, date.fromisoformat(day)) == missing


@pytest.mark.parametrize(("known", "told"), [(KNOWN, 2027), (NEXT, 0)])
def test_the_metric_names_the_year_by_the_day_in_china(known: WorkingDays, told: int) -> None:
    clock = HandClock(datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    measured = workdays_alarm.measures(known, clock)
    assert [(one.name, one.value) for one in measured()] == [("jianding_workdays_missing", 0)]
    clock.advance(60)
    assert [one.value for one in measured()] == [told]


async def test_the_log_warns_once_a_day_and_no_more_than_that(caplog: pytest.LogCaptureFixture) -> None:
    clock = HandClock(datetime(2026, 11, 29, 16, tzinfo=UTC))
    warning = asyncio.create_task(workdays_alarm.warn(KNOWN, clock))
    with caplog.at_level(logging.WARNING):
        said = []
        for _ in range(4):  # 30 November to 3 December
            for _ in range(24):
                await asyncio.sleep(0)
                clock.advance(DAY / 24)
            said.append(len(caplog.messages))
    warning.cancel()
    assert said == [0, 1, 2, 3]
    assert "2027" in caplog.messages[0] and "JIANDING_WORKDAYS" in caplog.messages[0]


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> HandClock:
    clock = HandClock(datetime(2026, 12, 1, 1, tzinfo=UTC))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "clock", lambda: clock)
    return clock


def test_the_settings_say_so(
    december: HandClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings"]) == 0
    assert "# 缺少 2027 年的节假日安排" in capsys.readouterr().out
    file = tmp_path / "workdays.csv"
    file.write_text("date,kind,notice\n2027-10-01,休,国办发明电〔2026〕1号\n", encoding="utf-8")
    monkeypatch.setenv("JIANDING_WORKDAYS", str(file))
    assert main(["settings"]) == 0
    assert "节假日安排，工作日" not in capsys.readouterr().out


@pytest.mark.parametrize("roles", [("clock",), ("api",)])
async def test_processes_with_a_clock_measure_it_and_warn(
    december: HandClock, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...]
) -> None:
    monkeypatch.setenv("JIANDING_PASSWORD", "secret")
    settings = with_webhook_key(with_person_key(read_settings(WholeSettings)))
    running = launch.build(settings, ("plan",), roles, {"plan": own_passwords(settings).get("plan", "secret")})
    told = {one.name: one.value for look in running.measures for one in look()}
    assert told.get("jianding_workdays_missing") == (2027 if "clock" in roles else None)
    assert ("working days" in running.jobs) is ("clock" in roles)
    for close in reversed(running.closing):
        await close()
