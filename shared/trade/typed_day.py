"""A day as offices type it: `1990年3月1日 星期四`, `1990/3/1 00:00:00`, `1 MAR 1990`, `一九九〇年三月一日`. What could be two
days is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.trade.characters import narrow, plain_digits, visible
from shared.trade.numbers.spelling import normalise

FIX: Final = "写作 1990-03-01 · write 1990-03-01"

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH: Final = rf"(?P<name>{'|'.join(_MONTHS)})[A-Z]*\.?"
_MARK: Final = r" ?(?P<mark>[-/.]) ?"

# The year first. A mark, or a blank, or a word of the language between the parts; never nothing, so that no digits of
# something else are taken along.
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>[0-9]{{4}})(?:(?:{_MARK}| ?年 ?)(?P<month>[0-9]{{1,2}})(?: ?月)?"
    r"|(?P<blank> )(?P<month_after_blank>[0-9]{1,2}))"
    r"(?:(?:(?<=月) ?| ?(?P=mark) ?|(?P=blank))(?P<day>[0-9]{1,2})(?: ?[日号])?)?(?: ?[生.])?"
)
_COMPACT: Final = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?")
_YEAR_LAST: Final = re.compile(r"(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<other>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})")
_NAMED_MONTH: Final = re.compile(
    rf"(?P<day>[0-9]{{1,2}})(?:ST|ND|RD|TH)?[-/ ,.]*{_MONTH}[-/ ,]*(?P<year>[0-9]{{4}})"
    rf"|{_MONTH.replace('name', 'first')}[-/ ]*(?P<second>[0-9]{{1,2}})(?:ST|ND|RD|TH)?[-/ ,]+(?P<last>[0-9]{{4}})"
    rf"|(?P<begin>[0-9]{{4}})[-/ ]{_MONTH.replace('name', 'middle')}[-/ ](?P<end>[0-9]{{1,2}})"
)
_NUMERALS: Final = re.compile(
    r"(?P<year>[〇零○一二三四五六七八九]{4})年(?P<month>[一二三四五六七八九十]{1,2})月(?:(?P<day>[一二三四五六七八九十]{1,3})[日号])?"
)
_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")

# Midnight, as programs write it behind a day: 00:00, T00:00:00.000Z, 上午12:00:00, 12:00:00 AM, 0时0分.
_TIME: Final = re.compile(
    r"(?:T| )?(?P<half>上午|下午|凌晨|中午|晚上|AM ?|PM ?)? ?(?P<hour>[0-9]{1,2})(?:[:时点](?P<minute>[0-9]{1,2})?分?)"
    r"(?::?(?P<second>[0-9]{1,2})(?:[.,](?P<part>[0-9]+))?秒?)?(?: ?(?P<after>AM|PM))?(?P<zone>Z|\+00:?00|\+08:?00)?"
)
_WEEKDAY: Final = re.compile(r" ?\(?(?:星期|周)(?P<day>[一二三四五六日天])\)?")
_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class TypedDay:
    """A day, or a month (day is None). moved: something stood there besides the day, or it stood in another order, so that
    somebody has to look whether it was meant."""

    year: int
    month: int
    day: int | None
    moved: bool = False


class NoDay(ValueError):
    """what: a sentence in Chinese and English."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


NOT_A_DAY: Final = "不是日期 · not a date"
NO_SUCH_DAY: Final = "没有这一天 · there is no such day"
WITH_A_TIME: Final = "日期带有时刻 · a date with a time of day"
AMBIGUOUS: Final = "分不清哪个是月、哪个是日 · day and month cannot be told apart"
OTHER_WEEKDAY: Final = "日期与星期不符 · the day of the week is another one"


def typed_day(text: str) -> TypedDay:
    """Raises NoDay."""
    spaced = _spaced(text)
    typed = plain_digits(spaced)
    other_digits = typed != spaced
    typed, weekday, timed = _without_time(typed)
    found = _year_first(typed) or _year_last(typed)
    if found is None:
        raise NoDay(NOT_A_DAY)
    try:
        exact = date(found.year, found.month, found.day or 1)
    except ValueError:
        raise NoDay(NO_SUCH_DAY) from None
    if (timed or weekday) and found.day is None:
        raise NoDay(NOT_A_DAY)
    if weekday and _WEEKDAYS[exact.weekday()] != weekday.replace("天", "日"):
        raise NoDay(OTHER_WEEKDAY)
    return TypedDay(found.year, found.month, found.day, found.moved or timed or other_digits)


def _spaced(text: str) -> str:
    """As codes are spelt, but one blank where there were some: what it divides must not grow together."""
    words = narrow(visible(text)).split()
    return " ".join(normalise(word) for word in words)


def _without_time(typed: str) -> tuple[str, str, bool]:
    """The day, the day of the week if there is one, and whether there was a midnight. Raises NoDay for another time."""
    weekday = ""
    if found := _WEEKDAY.search(typed):
        weekday = found["day"]
        typed = f"{typed[: found.start()]} {typed[found.end() :].strip()}".strip()
    if ":" not in typed and "时" not in typed and "点" not in typed:
        return typed, weekday, False
    for start in range(6, len(typed)):
        # A time begins at a blank, at a T, or behind the word for day; else its hour could be the end of the day.
        if typed[start] not in " T" and typed[start - 1] not in "日号":
            continue
        if time := _TIME.fullmatch(typed, start):
            if not _is_midnight(time):
                raise NoDay(WITH_A_TIME)
            return typed[:start], weekday, True
    raise NoDay(NOT_A_DAY)


def _is_midnight(time: re.Match[str]) -> bool:
    if any(int(time[part] or 0) for part in ("minute", "second", "part")):
        return False
    half = f"{time['half'] or ''}{time['after'] or ''}".strip()
    if half in ("上午", "凌晨", "AM"):
        return int(time["hour"]) in (0, 12)
    return not half and int(time["hour"]) == 0


def _year_first(typed: str) -> TypedDay | None:
    if shape := _YEAR_FIRST.fullmatch(typed) or _COMPACT.fullmatch(typed):
        parts = shape.groupdict()
        month = parts["month"] or parts["month_after_blank"]
        return TypedDay(int(parts["year"]), int(month), int(parts["day"]) if parts["day"] else None)
    if shape := _NUMERALS.fullmatch(typed.replace(" ", "")):
        day = _number(shape["day"]) if shape["day"] else None
        return TypedDay(int(shape["year"].translate(_DIGITS)), _number(shape["month"]), day, moved=True)
    return None


def _year_last(typed: str) -> TypedDay | None:
    if shape := _YEAR_LAST.fullmatch(typed):
        one, other = int(shape["one"]), int(shape["other"])
        if one <= 12 and other <= 12 and one != other:
            raise NoDay(AMBIGUOUS)
        month, day = (one, other) if one <= 12 else (other, one)
        return TypedDay(int(shape["year"]), month, day, moved=True)
    if shape := _NAMED_MONTH.fullmatch(typed):
        parts = shape.groupdict()
        name = parts["name"] or parts["first"] or parts["middle"]
        number = parts["day"] or parts["second"] or parts["end"]
        named_year = parts["year"] or parts["last"] or parts["begin"]
        return TypedDay(int(named_year), _MONTHS.index(name) + 1, int(number), moved=True)
    return None


def _number(numerals: str) -> int:
    """一 to 三十一."""
    tens, ten, ones = numerals.partition("十")
    digits = "〇一二三四五六七八九"
    try:
        if not ten:
            return digits.index(numerals)
        return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)
    except ValueError:
        return 0
