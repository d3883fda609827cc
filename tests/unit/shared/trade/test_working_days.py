"""Days that offices in China work on: the State Council's exchanged days, and a year of which nothing is known yet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.errors import Invalid
from shared.trade.workdays.reading import of_file, ours
from shared.trade.workdays.working_days import WorkingDays

CALENDAR = WorkingDays(ours())


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 2), False),  # a Friday off
        (date(2026, 1, 4), True),  # a Sunday worked on for it
        (date(2026, 2, 14), True),
        (date(2026, 2, 28), True),  # the day annual plans are due: a Saturday that is worked on
        (date(2026, 2, 20), False),
        (date(2026, 3, 7), False),  # a Saturday like any other
        (date(2026, 3, 9), True),
    ],
)
def test_the_days_of_2026(day: date, worked: bool) -> None:
    assert CALENDAR.is_worked_on(day) is worked


@pytest.mark.parametrize(("year", "off", "worked"), [(2025, 28, 5), (2026, 33, 6)])
def test_as_many_days_as_the_notice_of_the_year_names(year: int, off: int, worked: int) -> None:
    days = [one for one in ours() if one.day.year == year]
    assert (sum(not one.works for one in days), sum(one.works for one in days)) == (off, worked)
    assert all(one.day.weekday() >= 5 for one in days if one.works), "only a weekend is worked on instead"


def test_a_year_without_its_notice_is_provisional_and_has_its_statutory_days() -> None:
    assert [CALENDAR.is_provisional(year) for year in (2025, 2026, 2027)] == [False, False, True]
    assert not CALENDAR.is_worked_on(date(2027, 1, 1))
    assert not CALENDAR.is_worked_on(date(2027, 2, 6)), "the first day of the lunar year"
    assert CALENDAR.is_worked_on(date(2027, 3, 1))
    assert not CALENDAR.is_worked_on(date(2027, 3, 6))


def test_counting_leaves_out_what_is_off() -> None:
    assert CALENDAR.later(date(2026, 9, 30), 5) == date(2026, 10, 13), (
        "over the National Day, with a Saturday worked on"
    )
    assert CALENDAR.later(date(2026, 3, 6), 1) == date(2026, 3, 9)
    assert CALENDAR.later(date(2026, 3, 6), 0) == date(2026, 3, 6)
    assert CALENDAR.at_or_before(date(2026, 10, 7)) == date(2026, 9, 30)
    assert CALENDAR.at_or_after(date(2026, 10, 1)) == date(2026, 10, 8)


def own(folder: Path, *rows: str) -> WorkingDays:
    file = folder / "own.csv"
    file.write_text("\n".join(("\ufeffdate,kind,notice", *rows, "")), encoding="utf-8")
    return WorkingDays(of_file(file))


def test_the_operators_file_takes_the_place_of_the_years_in_it(tmp_path: Path) -> None:
    calendar = own(tmp_path, "2027-01-03,班,文", "2027-10-01,休,文", "2026-03-09,休,文", "2026-10-01,休,文")
    assert calendar.is_worked_on(date(2027, 1, 3)) and not calendar.is_provisional(2027)
    assert not calendar.is_worked_on(date(2026, 3, 9))
    assert calendar.is_worked_on(date(2026, 1, 2)), "ours of that year count no more"
    assert not calendar.is_worked_on(date(2025, 1, 1)), "those of other years do"
    assert calendar.version != CALENDAR.version


def test_a_day_at_new_year_makes_no_year_known_and_forgets_none(tmp_path: Path) -> None:
    """The notice of 2023 had 31 December 2022 in it."""
    calendar = own(tmp_path, "2026-12-31,休,文", "2027-01-01,休,文", "2027-10-01,休,文", "2028-01-02,班,文")
    assert not calendar.is_worked_on(date(2026, 12, 31))
    assert not calendar.is_worked_on(date(2026, 2, 20)), "ours of 2026 still count"
    assert [calendar.is_provisional(year) for year in (2026, 2027, 2028)] == [False, False, True]
    assert calendar.is_worked_on(date(2028, 1, 2)), "what is named of an unknown year is so"


def test_a_file_that_is_not_finished_leaves_its_year_provisional(tmp_path: Path) -> None:
    calendar = own(tmp_path, "2027-01-01,休,文", "2027-02-13,班,文")
    assert calendar.is_provisional(2027)
    assert not calendar.is_worked_on(date(2027, 5, 1)), "its statutory days are off all the same"
    assert calendar.is_worked_on(date(2027, 2, 13))


def test_empty_rows_of_a_spreadsheet_are_no_rows(tmp_path: Path) -> None:
    assert not own(tmp_path, "2027-10-01,休,文", ",,", ",,").is_provisional(2027)


def test_every_wrong_row_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = [
        "date,kind,notice",
        "2027-02-30,休,文",
        "2027-01-01,off,文",
        "2027-01-02,休,",
        "2027-01-03,休,文",
        "2027-01-03,休,文",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        of_file(file)
    assert [problem.where for problem in refused.value.problems] == [f"own.csv:{line}" for line in (2, 3, 4, 6)]
    assert all(str(refused.value).count(f"own.csv:{line}") == 2 for line in (2, 3, 4, 6)), "the start says no more"


@pytest.mark.parametrize("content", [b"day,kind\n", b"", "date,kind,notice\n".encode("utf-16")])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "own.csv"
    file.write_bytes(content)
    with pytest.raises(Invalid):
        of_file(file)
    with pytest.raises(Invalid):
        of_file(tmp_path / "none.csv")


def test_every_day_of_any_year_is_one_or_the_other() -> None:
    day = date(2024, 1, 1)
    while day.year < 2040:
        CALENDAR.is_worked_on(day)
        day += timedelta(days=1)
