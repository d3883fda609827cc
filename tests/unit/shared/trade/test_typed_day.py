"""A day is read from every usual spelling, never from digits that grew together, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trade.typed_day import AMBIGUOUS, NO_SUCH_DAY, NOT_A_DAY, OTHER_WEEKDAY, WITH_A_TIME, NoDay, typed_day

SPELT = [
    "1990-03-01",
    "1990/3/1",
    "1990.3.1",
    "1990.3.1.",
    "1990. 3. 1",
    "19900301",
    "1990 03 01",
    "1990年3月1日",
    "1990 年 3 月 1 日",
    "1990年3月1号",
    "1990年3月1日生",
    "1990年3月1日 星期四",
    "1990年3月1日(周四)",
    "１９９０／３／１",
]
MOVED = [
    "1990/3/1 00:00:00",
    "1990/3/1 0:00",
    "1990-03-01 00:00:00.000",
    "1990-03-01T00:00:00Z",
    "1990-03-01T00:00:00.000Z",
    "1990-03-01T00:00:00+08:00",
    "1990年3月1日 00:00:00",
    "1990年3月1日00:00:00",
    "1990年3月1日0时0分0秒",
    "1990/3/1 上午12:00:00",
    "1990/3/1 上午 12:00:00",
    "1990/3/1 12:00:00 AM",
    "1990/3/1 凌晨0:00",
    "19900301 00:00:00",
    "１９９０／３／１　００：００：００",
    "1 MAR 1990",
    "01-Mar-1990",
    "March 1, 1990",
    "1990-MAR-01",
    "一九九〇年三月一日",
    "۱۹۹۰-۰۳-۰۱",
]
REFUSED = {
    "3/2 00:00": NOT_A_DAY,
    "2026/3/100:00:00": NOT_A_DAY,
    "2026-03-0100:00:00": NOT_A_DAY,
    "1990 0301": NOT_A_DAY,
    "90/3/1": NOT_A_DAY,
    "5/6/90": NOT_A_DAY,
    "1990-03/01": NOT_A_DAY,
    "1990年": NOT_A_DAY,
    "1990-03-01 0": NOT_A_DAY,
    "1990-03 00:00:00": NOT_A_DAY,
    "2026年3月1日-2日": NOT_A_DAY,
    "2026/3/1 8:30": WITH_A_TIME,
    "2026/3/1 12:00:00 PM": WITH_A_TIME,
    "2026/3/1 下午12:00:00": WITH_A_TIME,
    "2026/3/1 24:00": WITH_A_TIME,
    "2026-02-28T16:00:00Z": WITH_A_TIME,
    "2026-03-01 00:00:01": WITH_A_TIME,
    "03/04/2026": AMBIGUOUS,
    "3-4-2026": AMBIGUOUS,
    "1990-02-31": NO_SUCH_DAY,
    "31/2/1990": NO_SUCH_DAY,
    "1990年3月1日 星期五": OTHER_WEEKDAY,
}


@pytest.mark.parametrize("text", SPELT)
def test_another_way_of_writing_it(text: str) -> None:
    found = typed_day(text)
    assert (found.year, found.month, found.day, found.moved) == (1990, 3, 1, False)


@pytest.mark.parametrize("text", MOVED)
def test_with_something_that_somebody_has_to_look_at(text: str) -> None:
    found = typed_day(text)
    assert (found.year, found.month, found.day, found.moved) == (1990, 3, 1, True)


@pytest.mark.parametrize(("text", "day"), [("13/04/2026", 13), ("04/13/2026", 13), ("4.4.2026", 4)])
def test_the_year_last_where_there_is_only_one_reading(text: str, day: int) -> None:
    found = typed_day(text)
    assert (found.year, found.month, found.day, found.moved) == (2026, 4, day, True)


@pytest.mark.parametrize("text", ["1990-3", "1990.03", "1990年3月", "199003", "1990年3月生"])
def test_a_month(text: str) -> None:
    found = typed_day(text)
    assert (found.year, found.month, found.day) == (1990, 3, None)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_day_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NoDay) as caught:
        typed_day(text)
    assert caught.value.what == REFUSED[text]


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from("-/."), st.sampled_from(["", " 00:00", "T00:00:00"])
)
def test_a_padded_time_never_changes_the_day(day: date, mark: str, time: str) -> None:
    for text in (f"{day.year}{mark}{day.month}{mark}{day.day}", f"{day:%Y}{mark}{day:%m}{mark}{day:%d}"):
        found = typed_day(text + time)
        assert (found.year, found.month, found.day) == (day.year, day.month, day.day)


@given(st.text(alphabet="0123456789-/.: 年月日TZAPM上午", max_size=24))
def test_whatever_is_typed_ends_in_a_day_or_in_a_sentence(text: str) -> None:
    try:
        found = typed_day(text)
    except NoDay as error:
        assert " · " in error.what
        return
    date(found.year, found.month, found.day or 1)
