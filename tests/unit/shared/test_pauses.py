from __future__ import annotations

from shared.pauses import pause_for


def test_a_pause_doubles_until_it_is_long_enough() -> None:
    assert [pause_for(attempt) for attempt in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_somebody_who_is_waited_for_may_be_quicker() -> None:
    assert [pause_for(attempt, 0.5, 2.0) for attempt in range(4)] == [0.5, 1, 2, 2]


def test_weeks_without_the_world_end_no_process() -> None:
    assert pause_for(1_000_000) == 30
