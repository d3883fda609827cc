"""The operators of one page (PDF): its words in their places, its number, its QR code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from services.certificate.production.drawing import qr
from services.certificate.production.drawing.overprint.case import REMEMBERED, Line, Texts, agree, case
from services.certificate.production.drawing.places import INK, NUMBER, PAGE_HEIGHT, PAGE_WIDTH, PLACES, QR, QUIET

MM: Final = 72 / 25.4
COLOURS: Final = b"/c0 cs "  # the form's own: red, green and blue of the output intent
SLACK: Final = 0.05  # pt. Words that nearly fill their place are left to the typesetter
HANGING: Final = {"-": 0.55}  # how much of a sign at the end of a line the typesetter lets stand outside, of its width


@dataclass(frozen=True, slots=True)
class Placed:
    """operators: between BT and ET. texts: what they show."""

    operators: bytes
    texts: Texts


@lru_cache(maxsize=REMEMBERED)
def placed(place: str, text: str, folder: Path | None) -> Placed | None:
    """None: words for the typesetter."""
    where, line = PLACES[place], case(folder).line(text)
    if line is None:
        return None
    x, room = where.x * MM, where.width * MM - line.em * where.size
    if where.centred:
        x += (room + HANGING.get(text[-1:], 0) * line.last * where.size) / 2
    elif room < SLACK:
        return None
    return Placed(_set(line, x, where.y, where.size, where.paint), line.texts)


def number(digits: str, folder: Path | None) -> Placed | None:
    """The number line. None: it is for the typesetter."""
    line = case(folder).line
    pieces: list[tuple[Line | None, float, str, float]] = [  # with size, colour, and the gap behind it in pt
        (line(NUMBER.zh), NUMBER.zh_size, INK, 0),
        (line(NUMBER.en), NUMBER.en_size, QUIET, NUMBER.gap * MM),
    ]
    first = 0
    for n, width in enumerate(NUMBER.groups):
        pieces.append(
            (line(digits[first : first + width]), NUMBER.size, NUMBER.paints[n % 2], NUMBER.apart * NUMBER.size)
        )
        first += width
    whole = [(piece, size, paint, gap) for piece, size, paint, gap in pieces if piece is not None]
    if len(whole) < len(pieces):
        return None
    reach = sum(piece.em * size + gap for piece, size, _, gap in whole) - NUMBER.apart * NUMBER.size
    x = (PAGE_WIDTH * MM - reach) / 2
    operators: list[bytes] = []
    texts: Texts = {}
    for piece, size, paint, gap in whole:
        if not agree(texts, piece.texts):
            return None
        operators.append(_set(piece, x, NUMBER.y, size, paint))
        x += piece.em * size + gap
    return Placed(b"".join(operators), texts)


def code(text: str) -> bytes:
    """The QR code. Raises Invalid if it cannot hold the text."""
    modules, path = qr.path(text)
    unit = QR.side * MM / modules
    return b"0 0 0 scn q %.6f 0 0 %.6f %.4f %.4f cm\n%sf Q\n" % (
        unit,
        -unit,
        QR.x * MM,
        (PAGE_HEIGHT - QR.y) * MM,
        path,
    )


def _set(line: Line, x: float, y: float, size: float, paint: str) -> bytes:
    """x in pt, y in mm from the top, size in pt."""
    operators: list[bytes] = []
    for run in line.runs:
        operators.append(
            b"%s scn/%s %g Tf 1 0 0 1 %.4f %.4f Tm%s\n"
            % (_colour(paint), run.font.name.encode(), size, x, (PAGE_HEIGHT - y) * MM, run.shown)
        )
        x += run.em * size
    return b"".join(operators)


@cache
def _colour(paint: str) -> bytes:
    return b" ".join(b"%.8g" % (part / 255) for part in bytes.fromhex(paint[1:]))
