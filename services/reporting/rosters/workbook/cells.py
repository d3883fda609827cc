"""What one cell says: text, code, date or score. A value that cannot be read raises Unfit with what and fix.

Excel stores numbers as floats of 15 exact digits; a longer number has lost digits for ever and is never guessed
(the commonest complaint about rosters). Every change of spelling that is safe is reported, so that a person sees it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from services.reporting.rosters.workbook.opening.sheets import Cell
from shared.trade import typed_day
from shared.trade.characters import common, foreign_to_codes, has_doubtful_letters, named, plain_digits, visible
from shared.trade.damage import (
    hidden_character,
    is_plain,
    lost_character,
    no_text,
    nobody,
    points_at_another_cell,
    wrong_encoding,
)
from shared.trade.names import is_well_dotted, read_name, unusual
from shared.trade.numbers.spelling import normalise

EXACT_DIGITS: Final = 10**15
"""Integers below this are exact in a number cell."""
LONGEST_NAME: Final = 60

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
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_PLAIN_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,4}")
_QUOTE: Final = "'`‘’"
_PAIRS: Final = {"'": "'", '"': '"', "“": "”", "‘": "’", "＂": "＂", "`": "`"}
_DUTCH: Final = re.compile(r"['’][ts] ", re.IGNORECASE)

_TYPE_AGAIN: Final = "请按原件重新录入 · type it again from the original"
_AS_ON_THE_DOCUMENT: Final = "按身份证件填写 · as on the identity document"
_FILL_IN: Final = "请填写内容，没有的留空 · write it out, or leave the cell empty"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says. confirm: it is another name or number than was typed, not only another way of writing it; what: what
    was put right, in Chinese and English, where there is more to say than that its way of writing was."""

    text: str
    confirm: bool = False
    what: str = ""


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


def unquoted(text: str) -> str:
    """Without the mark by which Excel is told that a cell is text (`'0012`, `="0012"`), which stays where a program wrote
    it, and without quotation marks round the whole. Not the apostrophe that a name begins with (`'t Hooft`)."""
    text = text.strip()
    if text.isalnum():
        return text
    if text.startswith('="') and text.endswith('"') and text.count('"') == 2:
        return text[2:-1].strip()
    while (
        len(text) > 1 and text[-1] == _PAIRS.get(text[0]) and text[0] not in text[1:-1] and text[-1] not in text[1:-1]
    ):
        text = text[1:-1].strip()
    if text.startswith(("'", "`", "＇")) and not _DUTCH.match(text):
        text = text[1:].strip()
    return text


def tidy(value: Cell, longest: int) -> str:
    """Free text: no invisible characters and no marks round it, radicals as the characters that they look like, runs of
    blanks and line breaks as one blank. Raises Unfit, also for what was plainly lost on its way."""
    text = unquoted(text_of(value))
    _must_be_whole(text)
    if not text.isascii():
        text = common(visible(text))
    if _SUSPICIOUS.search(text):
        text = " ".join(text.split())
    if len(text) > longest:
        raise Unfit(
            f"超过 {longest} 个字 · longer than {longest} characters", f"缩短到 {longest} 个字以内 · make it shorter"
        )
    return text


def organisation(value: Cell, longest: int) -> str:
    """The name of an employer, a station or an occupation, which a certificate prints. Raises Unfit."""
    return _organisation(text_of(value), longest)


@lru_cache(maxsize=1024)
def _organisation(typed: str, longest: int) -> str:
    """Most candidates of a roster come from a few employers."""
    text = tidy(typed, longest)
    if (why := lost_character(text, question_marks=False)) is not None:
        raise Unfit(f"{why[0]} · {why[1]}", _TYPE_AGAIN)
    if (why := no_text(text)) is not None:
        raise Unfit(f"{why[0]} · {why[1]}", _FILL_IN)
    return text


def remark(value: Cell, longest: int) -> str:
    """Whatever somebody remarks: `□ 补考`, `同上`. Raises Unfit for what was plainly lost, or written by a program."""
    text = tidy(value, longest)
    if not points_at_another_cell(text) and (why := no_text(text)) is not None:
        raise Unfit(f"{why[0]} · {why[1]}", _FILL_IN)
    return text


def person_name(value: Cell) -> Reading:
    """A name in its common form, without the blanks that align two-character names (`张 三`). Raises Unfit."""
    if isinstance(value, str) and _PLAIN_NAME.fullmatch(value) and is_plain(value):
        return Reading(value)
    typed = unquoted(text_of(value))
    _must_be_whole(typed)
    why = no_text(typed) or hidden_character(typed) or lost_character(typed, question_marks=True)
    if why is not None:
        raise Unfit(f"{why[0]} · {why[1]}", _AS_ON_THE_DOCUMENT)
    read = read_name(typed)
    name = read.text
    if not any(char.isalpha() for char in name) or any(char.isdigit() for char in name) or nobody(name):
        raise Unfit("不像姓名 · this does not look like a name", _AS_ON_THE_DOCUMENT)
    if (unfit := unusual(name)) is not None:
        raise Unfit(f"{unfit[0]} · {unfit[1]}", unfit[2])
    if not is_well_dotted(name):
        raise Unfit("间隔号应在姓名两部分之间 · the dot stands between two parts of a name", _AS_ON_THE_DOCUMENT)
    if len(name) > LONGEST_NAME:
        raise Unfit(
            f"超过 {LONGEST_NAME} 个字 · longer than {LONGEST_NAME} characters",
            "一格只填一人的姓名 · one person's name in a cell",
        )
    return Reading(name, name != read.spelt, " · ".join(read.why) if read.why and name != read.spelt else "")


def _must_be_whole(text: str) -> None:
    """Raises Unfit for what no font prints, and for what was read in a wrong encoding."""
    if text.isascii() and not _CONTROL.search(text):
        return
    if _CONTROL.search(text):
        if (why := wrong_encoding(text)) is not None:
            raise Unfit(f"{why[0]} · {why[1]}", _TYPE_AGAIN)
        raise Unfit("含有控制字符 · contains control characters", "删除后重新录入 · delete it and type it again")
    if _PRIVATE.search(text):
        raise Unfit(
            "含有自造字，无法打印 · contains a private-use character, which cannot be printed",
            "改用国家标准编码的字 · use the character of the national standard",
        )
    if "\ufffd" in text:
        chinese, english = lost_character("\ufffd", question_marks=False) or ("", "")
        raise Unfit(f"{chinese} · {english}", _TYPE_AGAIN)
    if (why := wrong_encoding(text)) is not None:
        raise Unfit(f"{why[0]} · {why[1]}", _TYPE_AGAIN)


# --- codes ------------------------------------------------------------------------------------------------------------

_SCIENTIFIC: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?E\+[0-9]+|[0-9]\.[0-9]+E[0-9]{1,2}")


def code(value: Cell) -> str:
    """A code of digits and letters, normalised. Raises Unfit for what Excel changed beyond repair."""
    if isinstance(value, str):
        if value.isascii() and value.isalnum():  # most are: nothing in it needs to be put right
            return value.upper()
        typed = normalise(plain_digits(common(visible(unquoted(value)))).strip().lstrip(_QUOTE))
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


def another_code(value: Cell, read: str) -> bool:
    """Whether a code is another one than was typed, not only spelt otherwise."""
    return not isinstance(value, str) or normalise(value).strip(_QUOTE + '="“”') != read or has_doubtful_letters(value)


def must_be_of_one_alphabet(number: str) -> None:
    """Raises Unfit, naming the letter that only looks like one of the keyboard. Chinese characters are none of those."""
    if (char := foreign_to_codes(number)) is not None:
        chinese, english = named(char)
        raise Unfit(
            f"号码中混有 {chinese} · the number holds {english}",
            "删除该字符，改用键盘上的字母和数字重新录入 · delete it and type it again with the letters of the keyboard",
        )


def document_number(value: Cell) -> str:
    """The number of a document that is no resident ID; its rules are its issuer's. Raises Unfit."""
    if isinstance(value, float):
        raise Unfit(
            "证件号码以数字存放，前面的 0 可能已丢失 · stored as a figure: zeros in front may be lost", _TEXT_FORMAT
        )
    number = tidy(code(value), 30)
    must_be_of_one_alphabet(number)
    if len(number) < 5:
        raise Unfit(
            "证件号码应为 5 到 30 位 · a document number has 5 to 30 characters",
            "请对照证件核对 · compare with the document",
        )
    return number


# --- dates ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or a month (day is None) as the column 出生年月 allows. plain: nothing had to be reinterpreted; confirm: a time
    of day was left out, or day and month stood in another order."""

    year: int
    month: int
    day: int | None
    plain: bool
    confirm: bool = False

    @property
    def as_date(self) -> date | None:
        return None if self.day is None else date(self.year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}" + ("" if self.day is None else f"-{self.day:02d}")


def day(value: Cell) -> Day:
    """A date in any of the usual spellings. Raises Unfit; a bare serial number of Excel is not guessed."""
    if isinstance(value, datetime):
        if value.time() != time():
            raise Unfit(typed_day.WITH_A_TIME, typed_day.FIX)
        return Day(value.year, value.month, value.day, True)
    if isinstance(value, date):
        return Day(value.year, value.month, value.day, True)
    if isinstance(value, bool) or not isinstance(value, str | float):
        raise Unfit(typed_day.NOT_A_DAY, typed_day.FIX)
    if isinstance(value, float) and not (value.is_integer() and len(text_of(value)) in (6, 8)):
        raise Unfit(typed_day.NOT_A_DAY, typed_day.FIX)
    try:
        found = typed_day.typed_day(unquoted(text_of(value)))
    except typed_day.NoDay as error:
        raise Unfit(error.what, typed_day.FIX) from None
    plain = Day(found.year, found.month, found.day, False, found.moved)
    return replace(plain, plain=str(plain) == value)


# --- scores -----------------------------------------------------------------------------------------------------------

_SCORE: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]+)?")
DECIMALS: Final = 2
_WHOLE_SCORES: Final = frozenset(half / 2 for half in range(201))
"""Those of most rows, and their halves."""


def score(value: Cell) -> float:
    """0 to 100 with at most two decimals. Raises Unfit."""
    if isinstance(value, bool) or not isinstance(value, str | float):
        raise Unfit("不是成绩 · not a score", "填 0 到 100 的数字 · a number from 0 to 100")
    if isinstance(value, str):
        typed = normalise(plain_digits(unquoted(value))).removesuffix("分")
        if not _SCORE.fullmatch(typed):
            raise Unfit("不是成绩 · not a score", "填 0 到 100 的数字 · a number from 0 to 100")
        value = float(typed)
    elif value in _WHOLE_SCORES:
        return value
    if not 0 <= value <= 100:
        raise Unfit(
            "成绩应在 0 到 100 之间 · a score lies between 0 and 100", "填 0 到 100 的数字 · a number from 0 to 100"
        )
    points = round(value, DECIMALS)
    if abs(points - value) > 1e-9:  # an average leaves traces of binary arithmetic, which are not decimals
        raise Unfit(
            f"成绩最多 {DECIMALS} 位小数 · a score has at most {DECIMALS} decimals",
            f"四舍五入到 {DECIMALS} 位小数 · round it to {DECIMALS} decimals",
        )
    return points
