"""Resident IDs, GB 11643 (rules §7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import Final, Literal

from shared.errors import Invalid
from shared.trade.numbers.spelling import normalise

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_OF_ZEROS: Final = ord("0") * sum(_ID_WEIGHTS)
_ID_SHAPE: Final = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_PROVINCES: Final = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_RESIDENCE_PERMITS: Final = ("810000", "820000", "830000")
"""Areas of 港澳台居民居住证: Hong Kong, Macao, Taiwan. Their numbers are made as resident IDs are."""
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
        if self.entered == self.number:
            return False
        typed = normalise(self.entered)
        return len(typed) == 15 and typed[-3:] in _OVER_A_HUNDRED

    @property
    def of_residence_permit(self) -> bool:
        """Whether it is the number of a residence permit of somebody from Hong Kong, Macao or Taiwan."""
        return self.number.startswith(_RESIDENCE_PERMITS)


def resident_id_check(first17: str) -> str:
    """The 18th character that belongs to 17 digits, ISO 7064 MOD 11-2. Raises ValueError."""
    if len(first17) != len(_ID_WEIGHTS) or not (first17.isascii() and first17.isdigit()):
        raise ValueError("the check character belongs to 17 digits")
    return _ID_CHECKS[(sum(map(mul, first17.encode(), _ID_WEIGHTS)) - _OF_ZEROS) % 11]


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
