"""What a fact says in code, in the words of a letter. Each is a filter of the templates, `{{ due_on | day_zh }}`: the stored
values of a letter stay what the fact said, so that a letter planned by another release is written in these words too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from shared.contracts.supervision import MEASURE_NAMES
from shared.trade import days

_UNKNOWN: Final = ("详见系统记载", "see the system")
"""Of a word that a later release added."""

_MEASURES_EN: Mapping[str, str] = {
    "notice": "a formal notice",
    "rectification": "rectification within a term",
    "suspension": "suspension of appraisal",
    "revocation": "revocation of the licence",
}
_OUTCOMES: Mapping[str, tuple[str, str]] = {
    "clean": ("未发现问题", "nothing was found"),
    "rectified": ("整改合格", "what was found has been rectified"),
    "escalated": ("整改不合格，转入监督处理", "what was found was not rectified; a sanction will be considered"),
}


_DIGITS: Final = "〇一二三四五六七八九"


def day_zh(day: str) -> str:
    """day: as facts write it, 2026-04-03. Raises ValueError."""
    return days.day_zh(date.fromisoformat(day))


def day_en(day: str) -> str:
    """Raises ValueError."""
    return days.day_en(date.fromisoformat(day))


def quarter_zh(quarter: str) -> str:
    """2026-Q1 → 2026年第1季度"""
    return f"{quarter[:4]}年第{quarter[-1]}季度"


def quarter_en(quarter: str) -> str:
    """2026-Q1 → quarter 1 of 2026"""
    return f"quarter {quarter[-1]} of {quarter[:4]}"


def day_in_words(day: str) -> str:
    """2026-02-28 → 二〇二六年二月二十八日, as under letters of offices. Raises ValueError."""
    read = date.fromisoformat(day)
    year = "".join(_DIGITS[int(digit)] for digit in str(read.year))
    return f"{year}年{_small(read.month)}月{_small(read.day)}日"


def _small(number: int) -> str:
    """Up to 99, as days and months are counted."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def numeral(number: int) -> str:
    """Up to 99: 一, 十二, 二十."""
    return _small(number)


def period_zh(period: str) -> str:
    """Year, quarter or session of a duty."""
    return quarter_zh(period) if "-Q" in period else f"{period}年度" if period.isdigit() else f"鉴定批次 {period}"


def period_en(period: str) -> str:
    return quarter_en(period) if "-Q" in period else period if period.isdigit() else f"session {period}"


def lowered(title: str) -> str:
    """English: a title within a sentence."""
    return title[:1].lower() + title[1:]


def counted(count: int, noun: str) -> str:
    """English: 1 day, 2 days. noun: one whose plural takes an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def measure_zh(measure: str) -> str:
    return MEASURE_NAMES.get(measure, _UNKNOWN[0])


def measure_en(measure: str) -> str:
    return _MEASURES_EN.get(measure, _UNKNOWN[1])


def outcome_zh(outcome: str) -> str:
    return _OUTCOMES.get(outcome, _UNKNOWN)[0]


def outcome_en(outcome: str) -> str:
    return _OUTCOMES.get(outcome, _UNKNOWN)[1]


FILTERS: Mapping[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        *(day_zh, day_en, day_in_words, quarter_zh, quarter_en, period_zh, period_en),
        *(counted, numeral, lowered, measure_zh, measure_en, outcome_zh, outcome_en),
    )
}
