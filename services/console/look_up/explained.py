"""The number of a certificate in words, group by group, with what is wrong in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.console.refusal import Fault
from shared.contracts.words import LEVEL_NAMES
from shared.trade.numbers.certificate_number import WIDTHS, groups, place_of
from shared.trade.numbers.institution import CENTRE_TYPE, LOCAL_TYPES, STATION_TYPE
from shared.trade.numbers.spelling import normalise
from shared.words import Pair

_TYPES: Final = {
    STATION_TYPE: ("行业特有工种鉴定站", "station of an industry"),
    CENTRE_TYPE: ("指导中心或分中心", "a centre"),
    **dict.fromkeys(LOCAL_TYPES, ("地方鉴定机构", "a local body")),
}
_UNKNOWN: Final = ("—", "—")


@dataclass(frozen=True, slots=True)
class Explained:
    """digits: of one group. name: what the group is called. says: what these digits mean. faults: what is wrong with them."""

    digits: str
    name: Pair
    says: Pair
    faults: tuple[Fault, ...]


def explained(written: str, faults: Sequence[Fault] = ()) -> list[Explained]:
    """faults: as the service found them. Nothing where it is no number of 16 digits: then there are no groups."""
    number = normalise(written)
    if len(number) != sum(WIDTHS) or not (number.isascii() and number.isdigit()):
        return []
    return [
        Explained(
            group.digits,
            (group.zh, group.en),
            _says(group.first, group.digits),
            tuple(fault for fault in faults if fault.where == place_of(group.first)),
        )
        for group in groups(number)
    ]


def _says(first: int, digits: str) -> Pair:
    match first:
        case 1:
            return f"20{digits} 年发证", f"issued in 20{digits}"
        case 3:
            return f"行业代码 {digits}", f"industry {digits}"
        case 5:
            return (
                ("中心直属", "directly under the Centre")
                if digits == "00"
                else (f"第 {digits} 二级中心", f"centre {digits}")
            )
        case 7:
            return _TYPES.get(digits, _UNKNOWN)
        case 8:
            return f"第 {digits} 号机构", f"institution {digits}"
        case 11:
            return LEVEL_NAMES.get(int(digits), _UNKNOWN)
        case _:
            return f"该机构该等级当年第 {int(digits)} 份", f"no. {int(digits)} of that year, body and level"
