"""The 16 digits of a certificate, and what they say (rules §1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Self

from shared.contracts.words import LEVEL_NAMES
from shared.errors import Invalid, Problem, Refused
from shared.trade import practice
from shared.trade.numbers import institution as institutions
from shared.trade.numbers.institution import CENTRE_TYPE, INDUSTRY, LOCAL_TYPES, STATION_TYPE
from shared.trade.numbers.spelling import normalise

LAST_SEQUENCE: Final = 99_999


@dataclass(frozen=True, slots=True)
class Group:
    """Digits of a number that mean something together. first: their place, from 1. zh, en: what they are."""

    first: int
    digits: str
    zh: str
    en: str


_GROUPS: Final = (
    (2, "年份", "year"),
    (2, "行业代码", "industry"),
    (2, "二级中心", "second-level centre"),
    (1, "机构类别", "institution type"),
    (3, "机构序号", "institution serial"),
    (1, "等级", "level"),
    (5, "顺序号", "sequence"),
)
WIDTHS: Final = tuple(width for width, _, _ in _GROUPS)
"""Digits of each group: 26 49 05 3 012 4 00001."""


def groups(number: str) -> tuple[Group, ...]:
    """The groups of 16 digits. Whoever shows them leaves the gaps to the layout: what is copied is the number in one piece."""
    firsts = (1, *(1 + end for end in accumulate(WIDTHS)))
    return tuple(
        Group(first, number[first - 1 : first - 1 + width], zh, en)
        for first, (width, zh, en) in zip(firsts, _GROUPS, strict=False)
    )


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """The 16 digits of a national occupational qualification certificate; no check digit exists (rules §1.1).

    year2: 2 digits of the year of issue; industry, subcentre: 2 digits; type: 1; serial: 3; level: 5 (lowest) … 1;
    sequence: 1-99999, counted per year, institution and level.
    """

    year2: str
    industry: str
    subcentre: str
    type: str
    serial: str
    level: int
    sequence: int

    @property
    def institution(self) -> str:
        return f"{self.industry}{self.subcentre}{self.type}{self.serial}"

    def __str__(self) -> str:
        return f"{self.year2}{self.institution}{self.level}{self.sequence:05d}"

    @classmethod
    def parse(cls, text: str, *, industry: str = INDUSTRY) -> Self:
        """Read a number somebody typed. Raises Invalid whose problems name the digits that are wrong, all of them. A
        number of the practice tree is refused with a sentence of its own: nobody issued it, so nobody did wrong."""
        number = normalise(text)
        problems = _misshapen(number)
        if not problems and practice.is_practice_number(number):
            raise Invalid(PRACTICE_NUMBER, [Problem(place_of(3), PRACTICE_NUMBER)])
        problems = problems or _meaningless(number, industry)
        if problems:
            raise Invalid("证书编号不成立 · this is not a certificate number of this industry", problems)
        return cls(number[:2], number[2:4], number[4:6], number[6], number[7:10], int(number[10]), int(number[11:]))


PRACTICE_NUMBER: Final = "培训编号，不是证书 · a practice number, no certificate"


@dataclass(frozen=True, slots=True)
class ForeignNumber:
    """A whole number that lacks the industry mark. masked: without its sequence."""

    institution: str
    masked: str


def foreign(text: str, *, industry: str = INDUSTRY) -> ForeignNumber | None:
    """What a number of another issuer tells; None for one of this industry or of the practice tree, and for what is no
    number at all (R3)."""
    number = normalise(text)
    if _misshapen(number) or number[2:4] == industry or practice.is_practice_number(number):
        return None
    return ForeignNumber(number[2:10], number[:11] + "*" * 5)


def place_of(first: int) -> str:
    """Where the group stands that begins at this digit, with its names, as problems say it."""
    one = next(group for group in groups("0" * 16) if group.first == first)
    return _digits(first, first + len(one.digits) - 1, one.zh, one.en)


def _digits(first: int, last: int, zh: str = "", en: str = "") -> str:
    """Where in a certificate number, positions counted from 1: `第 3-4 位 行业代码 · digits 3-4 industry`."""
    span = str(first) if first == last else f"{first}-{last}"
    return f"第 {span} 位 {zh}".rstrip() + " · " + f"digit{'' if first == last else 's'} {span} {en}".rstrip()


def _misshapen(number: str) -> list[Problem]:
    if len(number) != 16:
        return [
            Problem(
                "全部 · whole number",
                f"应为 16 位，现为 {len(number)} 位 · 16 digits are needed, there are {len(number)}",
                "请对照证书逐位核对 · compare with the certificate digit by digit",
            )
        ]
    return [
        Problem(_digits(n, n), "不是数字 · not a digit", "证书编号全部由数字组成 · all 16 characters are digits")
        for n, char in enumerate(number, 1)
        if char not in "0123456789"
    ]


def _meaningless(number: str, industry: str) -> list[Problem]:
    problems: list[Problem] = []
    if number[2:4] != industry:
        problems.append(Problem(place_of(3), _foreign(number, industry), _DRAW_FROM_CENTRE))
    # The type of a local body is no second mistake there: it is the reason above.
    if number[6] not in (STATION_TYPE, CENTRE_TYPE) and not (problems and number[6] in LOCAL_TYPES):
        problems.append(
            Problem(
                place_of(7),
                f"{number[6]} 不是行业特有工种鉴定站 · {number[6]} is not an industry-specific station",
                "应为 3(鉴定站)或 0(中心) · 3 (station) or 0 (centre)",
            )
        )
    if number[7:10] == "000":
        problems.append(
            Problem(
                place_of(8),
                "没有序号 000 · there is no serial 000",
                "应为 001-999 · 001 to 999",
            )
        )
    if int(number[10]) not in LEVEL_NAMES:
        problems.append(
            Problem(
                place_of(11),
                f"没有等级 {number[10]} · there is no level {number[10]}",
                "应为 5(初级)至 1(高级技师) · 5 (junior) to 1 (senior technician)",
            )
        )
    if number[11:] == "00000":
        problems.append(
            Problem(
                place_of(12),
                "没有顺序号 00000 · there is no sequence 00000",
                "应为 00001-99999 · 00001 to 99999",
            )
        )
    return problems


_DRAW_FROM_CENTRE: Final = (
    "本行业特有工种证书须从行业鉴定指导中心领取（通知第三条） · "
    "certificates of this industry's trades are drawn from the industry's Centre (rule 3 of the notice)"
)


def _foreign(number: str, industry: str) -> str:
    """Why a number without the industry mark is refused (R3). The type digit tells a local body from an industry."""
    if number[6] in LOCAL_TYPES:
        zh, en = "由地方鉴定机构核发", "issued by a local body"
    elif number[6] == STATION_TYPE:
        zh, en = "由其他行业核发", "issued by another industry"
    else:
        zh, en = "由地方机构或其他行业核发", "issued by a local body or another industry"
    return (
        f"{number[2:4]} 不是 {industry}：{zh}，上网核对不符，视为无效 · "
        f"{number[2:4]}, not {industry}: {en}, does not match on line and counts as invalid"
    )


def compose(year: int, institution: str, level: int, sequence: int) -> str:
    """The 16 digits of (year, institution, level, sequence); the year in full, as in 2004.

    Raises Refused when the sequence is outside 1-99999: a counter that is used up never wraps round (rules §1.1).
    Raises Invalid for a year, institution or level that cannot be."""
    if not 1000 <= year <= 9999:
        raise Invalid(f"年份应为四位：{year} · the year has four digits: {year}")
    if not institutions.SHAPE.fullmatch(institution):
        raise Invalid("机构编码应为 8 位数字，第 5 位 0-4 · an institution code has 8 digits, the fifth 0-4")
    if level not in LEVEL_NAMES:
        raise Invalid(f"没有等级 {level} · there is no level {level}")
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise Refused(
            f"本年度该机构该等级的顺序号 00001-99999 已用完或超出：{sequence} · "
            f"the sequence 00001-99999 of this year, institution and level does not reach {sequence}"
        )
    return f"{year % 100:02d}{institution}{level}{sequence:05d}"
