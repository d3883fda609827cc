"""Where each word of a certificate stands. Told once: the template is given these places, and the overprint has them too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from shared.trade.numbers.certificate_number import WIDTHS

PAGE_WIDTH: Final = 210.0  # mm, A4
PAGE_HEIGHT: Final = 297.0

INK: Final = "#1c1a18"
QUIET: Final = "#77706a"  # the second language
BLUE: Final = "#0072b2"


@dataclass(frozen=True, slots=True)
class Place:
    """One line of words. x, y: where its baseline begins, in mm from the page's upper left corner; width in mm, size in
    pt. Words too long for it get smaller or more lines, within `height` (mm): those end `drop` mm below the baseline, or
    with `hang` begin on it. centred: in the middle of the width, never too long."""

    x: float
    y: float
    width: float
    size: float = 12
    paint: str = INK
    height: float = 6
    drop: float = 0
    hang: bool = False
    centred: bool = False


def _zh(x: float, y: float, width: float) -> Place:
    return Place(x, y - 0.3, width, height=5.2)


def _en(x: float, y: float, width: float, height: float = 3.5) -> Place:
    return Place(x, y + 3.6, width, 8, QUIET, height, hang=True)


PLACES: Final[Mapping[str, Place]] = {
    "name": Place(54, 83.8, 97, 16, height=7.5, drop=1),
    "sex": Place(54, 95.6, 28),
    "birth": Place(110, 95.6, 41),
    "education": Place(54, 107.6, 28, height=9, drop=1),
    "id_type": Place(110, 107.6, 41, height=9, drop=1),
    "id_number": Place(54, 119.6, 128),
    "employer": Place(54, 131.6, 128, height=9.1, drop=1),
    "occupation_zh": _zh(54, 141, 128),
    "occupation_en": _en(54, 141, 128),
    "level_zh": _zh(54, 153, 128),
    "level_en": _en(54, 153, 128),
    "theory": Place(28, 183.3, 38.5, centred=True),
    "practical": Place(66.5, 183.3, 38.5, centred=True),
    "review": Place(105, 183.3, 38.5, centred=True),
    "grade": Place(143.5, 183.3, 38.5, centred=True),
    "query_site": Place(28, 252, 104, 8, height=4),
    "issuer_zh": _zh(90, 214, 92),
    "issuer_en": _en(90, 214, 92, 7),
    "centre_zh": _zh(90, 228, 92),
    "centre_en": _en(90, 228, 92, 7),
    "issued_zh": _zh(90, 242, 92),
    "issued_iso": _en(90, 242, 92),
    "blank_serial": Place(46, 267, 37, height=9, drop=2),
    "remark": Place(102, 267, 80, 9, height=13, drop=5),
}


@dataclass(frozen=True, slots=True)
class NumberLine:
    """The certificate number under its name, in the middle of the page.

    It reads in the groups that mean something (26 49 05 3 012 4 00001) and is copied as sixteen digits: the gaps are
    positions, not characters, and stay under the tenth of an em from which readers take a gap for a blank. Every other
    group is blue: it stands out from the ink in grey print and for who sees no red, and has contrast enough on paper (5:1).

    y and gap (between name and digits) in mm, sizes in pt, apart (between groups) in em.
    """

    y: float = 66.5
    zh: str = "证书编号 "
    zh_size: float = 10.5
    en: str = "Certificate No."
    en_size: float = 8
    gap: float = 2.5
    size: float = 15
    apart: float = 0.08
    paints: tuple[str, str] = (INK, BLUE)
    groups: tuple[int, ...] = WIDTHS


NUMBER: Final = NumberLine()
NUMBER_PLACE: Final = "certificate_no"  # what the sheet's words call it


@dataclass(frozen=True, slots=True)
class Square:
    """x, y: upper left corner; side. In mm."""

    x: float
    y: float
    side: float


QR: Final = Square(28, 210, 30)


def for_the_template() -> dict[str, Any]:
    return {
        "places": {name: asdict(place) for name, place in PLACES.items()},
        "number_line": asdict(NUMBER),
        "ink": INK,
        "quiet": QUIET,
    }
