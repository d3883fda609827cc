"""Buckets: how often, how long, for how many askers."""

from __future__ import annotations

import pytest

from shared.errors import TooOften
from shared.memory import throttles
from shared.memory.memory import Memory
from shared.memory.throttles import Throttle, Throttles
from tests.world.clock import HandClock

DAY = 24 * 3600.0


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def taken(throttle: Throttle, asker: str, tries: int) -> int:
    """How many of the tries were allowed."""
    allowed = 0
    for _ in range(tries):
        try:
            throttle.take(asker)
        except TooOften:
            continue
        allowed += 1
    return allowed


def test_a_bucket_is_emptied_at_once_and_refilled_steadily(clock: HandClock) -> None:
    throttle = Throttle(3, clock, "too often")
    assert taken(throttle, "a", 5) == 3
    assert taken(throttle, "b", 1) == 1, "others have buckets of their own"
    with pytest.raises(TooOften, match="too often") as refusal:
        throttle.take("a")
    assert refusal.value.wait == 20
    clock.advance(refusal.value.wait)
    assert taken(throttle, "a", 5) == 1
    clock.advance(3600)
    assert taken(throttle, "a", 5) == 3, "never more than it holds"


def test_a_bucket_for_a_day(clock: HandClock) -> None:
    throttle = Throttles(Memory(), clock).new(24, "too often", seconds=DAY)
    assert taken(throttle, "a", 30) == 24
    with pytest.raises(TooOften) as refusal:
        throttle.take("a")
    assert refusal.value.wait == 3600
    clock.advance(DAY)
    assert taken(throttle, "a", 30) == 24


def test_what_is_given_back_was_not_taken(clock: HandClock) -> None:
    throttle = Throttle(2, clock, "too often")
    for _ in range(10):
        throttle.take("a")
        throttle.give_back("a")
    assert not throttle._buckets, "a full bucket need not be remembered"
    assert taken(throttle, "a", 5) == 2
    throttle.give_back("unheard of")
    assert taken(throttle, "unheard of", 5) == 2, "nobody gets more than a bucket holds"


def test_who_has_just_asked_is_told_at_least_a_second_and_no_more_than_he_needs(clock: HandClock) -> None:
    throttle = Throttle(3, clock, "too often")
    assert taken(throttle, "a", 3) == 3
    clock.advance(13)
    assert waits(throttle) == 7
    clock.advance(6.9)
    assert waits(throttle) == 1, "a moment before, it is still a whole second"
    clock.advance(0.1)
    throttle.take("a")


def waits(throttle: Throttle) -> int:
    with pytest.raises(TooOften) as refusal:
        throttle.take("a")
    return refusal.value.wait


def test_a_refusal_costs_nothing_and_what_is_given_back_keeps_its_time(clock: HandClock) -> None:
    throttle = Throttle(4, clock, "too often")
    assert taken(throttle, "a", 50) == 4
    clock.advance(15)
    assert taken(throttle, "a", 50) == 1
    throttle.give_back("a")
    assert taken(throttle, "a", 50) == 1
    throttle.give_back("a")
    clock.advance(15)
    assert taken(throttle, "a", 50) == 2


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_whoever_sets_the_clock_neither_fills_nor_empties_a_bucket(clock: HandClock, seconds: float) -> None:
    throttle = Throttle(3, clock, "too often")
    assert taken(throttle, "a", 2) == 2
    clock.set_by(seconds)
    assert taken(throttle, "a", 5) == 1
    clock.advance(20)
    assert taken(throttle, "a", 5) == 1


def test_a_bounded_number_of_askers_is_remembered(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "REMEMBERED", 100)
    throttle = Throttle(2, clock, "too often")
    assert taken(throttle, "first", 2) == taken(throttle, "second", 2) == 2
    for n in range(98):
        throttle.take(f"stranger {n}")
    assert taken(throttle, "first", 1) == 0, "a hundred are remembered"
    for n in range(98, 100):
        throttle.take(f"stranger {n}")
    assert len(throttle._buckets) == 100
    assert taken(throttle, "first", 1) == 0, "seen last, remembered longest"
    assert taken(throttle, "second", 2) == 2, "the longest unseen is the one that is forgotten"


def test_forgotten_throttles_begin_anew(clock: HandClock) -> None:
    memory = Memory()
    throttle = Throttles(memory, clock).new(1, "too often")
    assert taken(throttle, "a", 2) == 1
    memory.forget()
    assert taken(throttle, "a", 2) == 1
