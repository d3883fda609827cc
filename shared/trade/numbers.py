"""Numbers that people type: resident IDs, certificate numbers, institution and organisation codes, e-mail addresses.

Pure functions. What cannot be right raises Invalid with a sentence for a person (Chinese first) that never repeats the
number itself, so that it may stand in a log. What is only suspicious comes back as a warning sentence. rules §1, §7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self

from shared.contracts.words import LEVEL_NAMES
from shared.errors import Invalid, Problem, Refused
from shared.trade import practice

INDUSTRY: Final = "49"
"""The mark of the machinery industry in certificate numbers (R3). Another industry sets its own."""

STATION_TYPE: Final = "3"  # 行业特有工种鉴定站
CENTRE_TYPE: Final = "0"  # the Centre, or a branch centre, when it appraises itself
LOCAL_TYPES: Final = frozenset("124")  # national institute, local station, committee or enterprise: under a local body
LAST_SEQUENCE: Final = 99_999

# --- spelling -------------------------------------------------------------------------------------------------------

_BLANKS: Final = " \t\r\n\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SPELLING: Final[dict[int, str]] = (
    {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    | {ord(char): "" for char in _BLANKS + _INVISIBLE}
    | {ord(char): "-" for char in _DASHES}
)


def normalise(text: str) -> str:
    """Full-width characters to ASCII, long dashes to hyphens, no blanks (nor U+3000), upper case. For codes."""
    return text.translate(_SPELLING).upper()


# --- resident ID, GB 11643 (rules §7.1) -------------------------------------------------------------------------------

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_ID_SHAPE: Final = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_PROVINCES: Final = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_OVER_A_HUNDRED: Final = frozenset({"996", "997", "998", "999"})


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident ID that passed every check. number: 18 characters; entered: as it was typed, 15 or 18 characters."""

    number: str
    birth: date
    sex: Literal["男", "女"]
    entered: str

    @property
    def century_uncertain(self) -> bool:
        """15-digit IDs ending in 996-999 were kept for people over a hundred: born in 18xx, while we wrote 19xx."""
        typed = normalise(self.entered)
        return len(typed) == 15 and typed[-3:] in _OVER_A_HUNDRED


def resident_id_check(first17: str) -> str:
    """The 18th character that belongs to 17 digits, ISO 7064 MOD 11-2."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def resident_id(text: str, *, known_area: bool = False) -> ResidentId:
    """Check a resident ID of 18 characters, or of 15 digits, which becomes 18. Raises Invalid with one sentence.

    known_area: also ask for an existing province in digits 1-2. Off by default: example people live in area 999999.
    """
    typed = normalise(text)
    if not _ID_SHAPE.fullmatch(typed):
        if len(typed) not in (15, 18):
            raise Invalid(
                f"身份证号应为 18 位或 15 位，现为 {len(typed)} 位 · "
                f"a resident ID has 18 or 15 characters, not {len(typed)}"
            )
        raise Invalid("身份证号只能是数字，末位可为 X · a resident ID has digits only, and maybe X at the end")
    number = typed
    if len(typed) == 15:
        first17 = typed[:6] + "19" + typed[6:]
        number = first17 + resident_id_check(first17)
    elif resident_id_check(typed[:17]) != typed[17]:
        raise Invalid("身份证号校验位不符 · check digit does not match")
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid("身份证号中的出生日期不存在 · the birth date inside the resident ID does not exist") from None
    if known_area and number[:2] not in _PROVINCES:
        raise Invalid("身份证号的前两位不是省级代码 · digits 1-2 of the resident ID are no province")
    return ResidentId(number, birth, "男" if int(number[16]) % 2 else "女", text)


# --- institution code and certificate number (rules §1.1, §1.2) ----------------------------------------------------

_INSTITUTION: Final = re.compile(r"[0-9]{4}[0-4][0-9]{3}")


def institution_code(text: str, *, industry: str = INDUSTRY) -> str:
    """An institution code of the industry: 8 digits, industry 2, second-level centre 2, type 3 or 0, serial 3.

    Returns it normalised. Raises Invalid."""
    code = normalise(text)
    if len(code) != 8 or not (code.isascii() and code.isdigit()):
        raise Invalid("机构编码应为 8 位数字 · an institution code has 8 digits")
    if code[:2] != industry:
        raise Invalid(f"机构编码前两位应为 {industry} · an institution code of this industry begins with {industry}")
    if code[4] not in (STATION_TYPE, CENTRE_TYPE):
        raise Invalid(
            "机构编码第 5 位应为 3(行业特有工种鉴定站)或 0(指导中心) · "
            "digit 5 of the institution code is 3 (industry station) or 0 (centre)"
        )
    if code[5:] == "000":
        raise Invalid("机构序号从 001 开始 · institution serials begin at 001")
    return code


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
        number of the training tree is refused with a sentence of its own: nobody issued it, so nobody did wrong."""
        number = normalise(text)
        problems = _misshapen(number)
        if not problems and practice.is_training_number(number):
            raise Invalid(TRAINING_NUMBER, [Problem(_digits(3, 4, "行业代码", "industry"), TRAINING_NUMBER)])
        problems = problems or _meaningless(number, industry)
        if problems:
            raise Invalid("证书编号不成立 · this is not a certificate number of this industry", problems)
        return cls(number[:2], number[2:4], number[4:6], number[6], number[7:10], int(number[10]), int(number[11:]))


TRAINING_NUMBER: Final = "培训编号，不是证书 · a training number, no certificate"


@dataclass(frozen=True, slots=True)
class ForeignNumber:
    """A whole number that lacks the industry mark. masked: without its sequence."""

    institution: str
    masked: str


def foreign(text: str, *, industry: str = INDUSTRY) -> ForeignNumber | None:
    """What a number of another issuer tells; None for one of this industry or of the training tree, and for what is no
    number at all (R3)."""
    number = normalise(text)
    if _misshapen(number) or number[2:4] == industry or practice.is_training_number(number):
        return None
    return ForeignNumber(number[2:10], number[:11] + "*" * 5)


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
        problems.append(Problem(_digits(3, 4, "行业代码", "industry"), _foreign(number, industry), _DRAW_FROM_CENTRE))
    # The type of a local body is no second mistake there: it is the reason above.
    if number[6] not in (STATION_TYPE, CENTRE_TYPE) and not (problems and number[6] in LOCAL_TYPES):
        problems.append(
            Problem(
                _digits(7, 7, "机构类别", "institution type"),
                f"{number[6]} 不是行业特有工种鉴定站 · {number[6]} is not an industry-specific station",
                "应为 3(鉴定站)或 0(中心) · 3 (station) or 0 (centre)",
            )
        )
    if number[7:10] == "000":
        problems.append(
            Problem(
                _digits(8, 10, "机构序号", "institution serial"),
                "没有序号 000 · there is no serial 000",
                "应为 001-999 · 001 to 999",
            )
        )
    if int(number[10]) not in LEVEL_NAMES:
        problems.append(
            Problem(
                _digits(11, 11, "等级", "level"),
                f"没有等级 {number[10]} · there is no level {number[10]}",
                "应为 5(初级)至 1(高级技师) · 5 (junior) to 1 (senior technician)",
            )
        )
    if number[11:] == "00000":
        problems.append(
            Problem(
                _digits(12, 16, "顺序号", "sequence"),
                "没有顺序号 00000 · there is no sequence 00000",
                "应为 00001-99999 · 00001 to 99999",
            )
        )
    return problems


_DRAW_FROM_CENTRE: Final = (
    "本行业特有工种证书须从行业鉴定指导中心领取(通知第 3 条) · "
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
    if not _INSTITUTION.fullmatch(institution):
        raise Invalid("机构编码应为 8 位数字，第 5 位 0-4 · an institution code has 8 digits, the fifth 0-4")
    if level not in LEVEL_NAMES:
        raise Invalid(f"没有等级 {level} · there is no level {level}")
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise Refused(
            f"本年度该机构该等级的顺序号 00001-99999 已用完或超出：{sequence} · "
            f"the sequence 00001-99999 of this year, institution and level does not reach {sequence}"
        )
    return f"{year % 100:02d}{institution}{level}{sequence:05d}"


# --- organisations (rules §7.2): warn, never block, because real codes that fail the check exist -------------------

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION: Final = re.compile(r"([0-9A-Z]{8})-?([0-9X])")


def credit_code_warning(text: str) -> str | None:
    """What is suspicious about a unified social credit code (GB 32100-2015), or None."""
    code = normalise(text)
    if len(code) != 18:
        return (
            f"统一社会信用代码应为 18 位，现为 {len(code)} 位 · a social credit code has 18 characters, not {len(code)}"
        )
    if any(char not in _CREDIT_ALPHABET for char in code):
        return "统一社会信用代码不含 I、O、S、V、Z 及符号 · a social credit code has no I, O, S, V, Z and no signs"
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True))
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        return "统一社会信用代码校验位不符，请核对 · check digit of the social credit code does not match, please check"
    return None


def organisation_code_warning(text: str) -> str | None:
    """What is suspicious about an organisation code (GB 11714, until 2015), or None."""
    shape = _ORGANISATION.fullmatch(normalise(text))
    if shape is None:
        return "组织机构代码应为 8 位加 1 位校验码 · an organisation code has 8 characters and a check character"
    body, check = shape.groups()
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    if "0X987654321"[total % 11] != check:
        return "组织机构代码校验位不符，请核对 · check character of the organisation code does not match, please check"
    return None


# --- e-mail --------------------------------------------------------------------------------------------------------

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def plausible_email(address: str) -> bool:
    """Whether a letter to this address could arrive: the shape only, ASCII, at most 254 characters, local part 64."""
    return len(address) <= 254 and address.find("@") <= 64 and _EMAIL.fullmatch(address) is not None
