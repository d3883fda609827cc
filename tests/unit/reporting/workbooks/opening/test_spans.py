"""Ranges of hidden rows and columns: right whatever the order, and cheap whatever the number."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.rosters.workbook.opening.traits import Spans

ENDS = st.tuples(st.integers(0, 60), st.integers(0, 60))


@given(st.lists(ENDS), st.lists(ENDS))
def test_they_hold_what_was_added(first: list[tuple[int, int]], then: list[tuple[int, int]]) -> None:
    spans, whole = Spans(), set()
    for ranges in (first, then):
        for low, high in ranges:
            spans.add(low, high)
            whole.update(range(low, high + 1))
        assert {n for n in range(-1, 70) if n in spans} == whole
    assert spans == Spans(whole)


def test_the_same_again_costs_nothing() -> None:
    spans = Spans()
    for _ in range(100_000):
        spans.add(0, 16_383)
    assert repr(spans) == "Spans[(0, 16383)]"
    assert len(spans._ranges) == 1


def test_ranges_that_do_not_touch_are_merged_in_time() -> None:
    spans = Spans()
    for n in range(200_000):
        spans.add(n * 2 % 2000, n * 2 % 2000)
        assert len(spans._ranges) <= 2100
    assert sys.getsizeof(spans._ranges) < 50_000
