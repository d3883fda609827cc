"""What one cell says: text, code, date or score. A value that cannot be read raises Unfit with what and fix.

Excel stores numbers as floats of 15 exact digits; a longer number has lost digits for ever and is never guessed
(the commonest complaint about rosters). Every change of spelling that is safe is reported, so that a person sees it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from services.reporting.rosters.workbook.opening import Cell
from shared.trade.numbers.spelling import normalise

EXACT_DIGITS: Final = 10**15
"""Integers below this are exact in a number cell."""

_TEXT_FORMAT: Final = "将整列设为文本格式后重新录入 · format the whole column as text, then type it again"
_LOST: Final = (
    "号码被 Excel 变成数字，末尾数位已丢失 · Excel turned the number into a figure and its last digits are lost"
)


class Unfit(Exception):
    """A cell that cannot be taken over. Never leaves this room: the reader makes a Problem of it."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


# --- text -----------------------------------------------------------------------------------------------------------

_SUSPICIOUS: Final = re.compile(
    r"^\s|\s$|\s\s|[\x00-\x1f\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ue000-\uf8ff]"
    r"|[\U000f0000-\U0010ffff]"
)
_INVISIBLE: Final = re.compile(r"[\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BLANK_BETWEEN_IDEOGRAPHS: Final = re.compile(
    r"(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)


def is_blank(value: Cell) -> bool:
    return value == "" or (isinstance(value, str) and not value.strip())


def text_of(value: Cell) -> str:
    """A cell as a clerk sees it, without numbers' `.0`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_DIGITS else repr(value)
    if isinstance(value, timedelta):
        return str(value)
    return value.isoformat()


def tidy(value: Cell, longest: int) -> str:
    """Free text: invisible characters away, runs of blanks and line breaks become one blank. Raises Unfit."""
    text = text_of(value)
    if _SUSPICIOUS.search(text):
        if _CONTROL.search(text):
            raise Unfit("含有控制字符 · contains control characters", "删除后重新录入 · delete it and type it again")
        if _PRIVATE.search(text):
            raise Unfit(
                "含有自造字，无法打印 · contains a private-use character, which cannot be printed",
                "改用国家标准编码的字 · use the character of the national standard",
            )
        text = " ".join(_INVISIBLE.sub("", text).split())
    if len(text) > longest:
        raise Unfit(f"超过 {longest} 个字 · longer than {longest} characters")
    return text


def person_name(value: Cell) -> str:
    """A name without the blanks that align two-character names (`张 三`). Raises Unfit."""
    name = _BLANK_BETWEEN_IDEOGRAPHS.sub("", tidy(value, 60))
    if any(char.isdigit() for char in name) or not any(char.isalpha() for char in name):
        raise Unfit("不像姓名 · this does not look like a name", "按身份证件填写 · as on the identity document")
    return name


# --- codes ------------------------------------------------------------------------------------------------------------

_SCIENTIFIC: Final = re.compile(r"-?\d+(?:\.\d+)?E\+\d+")
_QUOTE: Final = "'`‘’"


def code(value: Cell) -> str:
    """A code of digits and letters, normalised. Raises Unfit for what Excel changed beyond repair."""
    if isinstance(value, str):
        typed = normalise(value.strip().lstrip(_QUOTE))
        if _SCIENTIFIC.fullmatch(typed):
            raise Unfit(_LOST, _TEXT_FORMAT)
        return typed
    if isinstance(value, bool) or not isinstance(value, float):
        raise Unfit("Excel 把号码变成了其他内容 · Excel turned the number into something else", _TEXT_FORMAT)
    if not 0 <= value < EXACT_DIGITS:
        raise Unfit(_LOST, _TEXT_FORMAT)
    if not value.is_integer():
        raise Unfit("号码中有小数 · a number with decimals", _TEXT_FORMAT)
    return str(int(value))


def document_number(value: Cell) -> str:
    """The number of a document that is no resident ID; its rules are its issuer's. Raises Unfit."""
    if isinstance(value, float):
        raise Unfit(
            "证件号码以数字存放，前面的 0 可能已丢失 · stored as a figure: zeros in front may be lost", _TEXT_FORMAT
        )
    number = tidy(code(value), 30)
    if len(number) < 5:
        raise Unfit("证件号码应为 5 到 30 位 · a document number has 5 to 30 characters")
    return number


# --- dates ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or a month (day is None) as the column 出生年月 allows. plain: nothing had to be reinterpreted."""

    year: int
    month: int
    day: int | None
    plain: bool

    @property
    def as_date(self) -> date | None:
        return None if self.day is None else date(self.year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}" + ("" if self.day is None else f"-{self.day:02d}")


_DATE: Final = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])|年)(?P<month>\d{1,2})"
    r"(?:(?:(?P=mark)|月)(?P<day>\d{1,2})日?(?:T?0?0:00(?::00(?:\.0+)?)?)?|月)?"
)
_COMPACT: Final = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})?")
_DATE_FIX: Final = "写作 1990-03-01 · write 1990-03-01"


def day(value: Cell) -> Day:
    """A date in any of the usual spellings. Raises Unfit; a bare serial number of Excel is not guessed."""
    if isinstance(value, datetime):
        if value.time() != time():
            raise Unfit("日期带有时刻 · a date with a time of day", _DATE_FIX)
        return Day(value.year, value.month, value.day, True)
    if isinstance(value, date):
        return Day(value.year, value.month, value.day, True)
    if isinstance(value, bool) or not isinstance(value, str | float):
        raise Unfit("不是日期 · not a date", _DATE_FIX)
    typed = normalise(text_of(value))
    shape = _COMPACT.fullmatch(typed) or (_DATE.fullmatch(typed) if isinstance(value, str) else None)
    if shape is None:
        raise Unfit("不是日期 · not a date", _DATE_FIX)
    year, month, number = int(shape["year"]), int(shape["month"]), shape["day"]
    try:
        date(year, month, int(number or 1))
    except ValueError:
        raise Unfit("没有这一天 · there is no such day", _DATE_FIX) from None
    found = Day(year, month, int(number) if number else None, False)
    return Day(found.year, found.month, found.day, str(found) == value)


# --- scores -----------------------------------------------------------------------------------------------------------

_SCORE: Final = re.compile(r"\d{1,3}(?:\.\d+)?")
DECIMALS: Final = 2


def score(value: Cell) -> float:
    """0 to 100 with at most two decimals. Raises Unfit."""
    if isinstance(value, bool) or not isinstance(value, str | float):
        raise Unfit("不是成绩 · not a score", "填 0 到 100 的数字 · a number from 0 to 100")
    if isinstance(value, str):
        typed = normalise(value).removesuffix("分")
        if not _SCORE.fullmatch(typed):
            raise Unfit("不是成绩 · not a score", "填 0 到 100 的数字 · a number from 0 to 100")
        value = float(typed)
    if not 0 <= value <= 100:
        raise Unfit("成绩应在 0 到 100 之间 · a score lies between 0 and 100")
    points = round(value, DECIMALS)
    if abs(points - value) > 1e-9:  # an average leaves traces of binary arithmetic, which are not decimals
        raise Unfit(f"成绩最多 {DECIMALS} 位小数 · a score has at most {DECIMALS} decimals")
    return points
