"""QR code as a drawing of squares: sharp at any size and, unlike pixels, left alone by readers and printers that smooth."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import zxingcpp

from shared.errors import Invalid

# One of the eight patterns that even out light and dark. To try all eight and take the one that the standard likes best
# doubles the time of a code, and its codes are read no better.
MASK: Final = 3
PIECE: Final = 8  # modules of a row that become squares at once; few enough for most of their patterns to be remembered
DARK: Final = re.compile(rb"\x00+")


def path(text: str) -> tuple[int, bytes]:
    """Modules on a side, and the dark ones as PDF operators: runs of each row, all in one path so that no seam shows
    between them. One unit a module, rows downward from 0, no quiet zone (the page leaves it). Error correction M.

    Raises Invalid if the text is empty or longer than a QR code holds.
    """
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=MASK)
    except ValueError as error:
        raise Invalid(
            f"{len(text)} 个字符无法制成二维码 · no QR code can be made of {len(text)} characters: {error}"
        ) from error
    picture = code.to_image(add_quiet_zones=False)
    rows, columns = picture.shape
    dots = bytes(memoryview(picture))  # type: ignore[arg-type]  # it has the buffer protocol, its stub does not say so
    return rows, b"".join(
        [
            _runs(row, start, dots[row * columns + start : row * columns + min(start + PIECE, columns)])
            for row in range(rows)
            for start in range(0, columns, PIECE)
        ]
    )


@lru_cache(maxsize=1 << 15)
def _runs(row: int, start: int, modules: bytes) -> bytes:
    """Dark runs among the modules from column `start` on."""
    return b"".join(
        b"%d %d %d 1 re\n" % (start + run.start(), row, run.end() - run.start()) for run in DARK.finditer(modules)
    )
