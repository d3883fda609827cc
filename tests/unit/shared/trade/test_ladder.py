"""When who is reminded: the marks of a ladder, moved to days on which somebody is there."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from shared.trade.ladder import Ladder
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays

CALENDAR = WorkingDays(ours())
STATUTORY = Ladder.read("30,14,7,3,1,0,-1,-3")


def told(ladder: Ladder, due_on: date, days: int, start: date | None = None) -> dict[str, int]:
    """Day → mark, asked every day from `start` on."""
    day, found = start or due_on - timedelta(days=40), {}
    for _ in range(days):
        mark = ladder.reached(day, due_on, list(found.values()), CALENDAR)
        if mark is not None:
            found[day.isoformat()] = mark
        day += timedelta(days=1)
    return found


def test_marks_before_the_day_move_earlier_those_after_it_later_and_two_of_one_day_are_one() -> None:
    """10 January 2027 is a Sunday: the last but one day and the last are both told on Friday the 8th."""
    assert told(STATUTORY, date(2027, 1, 10), 60) == {
        "2026-12-11": 30,
        "2026-12-25": 14,
        "2026-12-31": 7,
        "2027-01-07": 3,
        "2027-01-08": 0,
        "2027-01-11": -1,
        "2027-01-13": -3,
        "2027-01-20": -10,
        "2027-01-27": -17,
    }


def test_it_goes_on_weekly_for_as_long_as_it_takes() -> None:
    """In 2026 a week before 28 February lies within the Spring Festival: it is told with that of two weeks, on the 14th."""
    marks = list(told(STATUTORY, date(2026, 2, 28), 400).values())
    assert marks[:7] == [30, 7, 3, 1, 0, -1, -3]
    weekly = list(range(-10, -10 - 7 * 60, -7))
    assert marks[7:-1] == [mark for mark in weekly[: len(marks) - 6] if mark in marks][: len(marks) - 8]
    assert len(marks) > 50


@pytest.mark.parametrize("away", [3, 21])
def test_after_an_outage_the_nearest_mark_is_told_and_none_is_made_up_for(away: int) -> None:
    back = date(2026, 2, 24) + timedelta(days=away)
    assert STATUTORY.reached(back, date(2026, 2, 28), (30, 14, 7), CALENDAR) is not None
    after = told(STATUTORY, date(2026, 2, 28), 1, start=back)
    assert len(after) == 1


def test_a_clock_that_went_back_repeats_nothing() -> None:
    assert STATUTORY.reached(date(2026, 2, 14), date(2026, 2, 28), (7,), CALENDAR) is None


@pytest.mark.parametrize("due_on", [date(2026, 2, 28), date(2027, 1, 10), date(2026, 10, 3)])
def test_the_next_day_is_the_one_on_which_the_next_mark_is_told(due_on: date) -> None:
    days = list(told(STATUTORY, due_on, 90))
    for before, after in itertools.pairwise(days):
        assert STATUTORY.next_day(date.fromisoformat(before), due_on, CALENDAR).isoformat() == after
    assert STATUTORY.opens(due_on, CALENDAR).isoformat() == days[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "整数"),
        ("7,x", "整数"),
        ("1,3", "由大到小"),
        ("3,3", "由大到小"),
        ("400,0", "366"),
        ("3,-40", "28"),
    ],
)
def test_a_ladder_out_of_order_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Ladder.read(text)
