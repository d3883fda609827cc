"""QR code as a drawing of lines: sharp at any size and, unlike pixels, left alone by readers and printers that smooth."""

from __future__ import annotations

from functools import cache
from itertools import groupby

import zxingcpp

from shared.errors import Invalid

PIECE = 12  # modules of a row that are turned into strokes at once; few enough for all their patterns to be remembered
DARK = 0


def svg(text: str) -> str:
    """Dark runs of each row as strokes one module wide, all in one path so that no seam shows between rows. One unit a
    module, no quiet zone (the page leaves it). Error correction M.

    Raises Invalid if the text is empty or longer than a QR code holds.
    """
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as error:
        raise Invalid(
            f"{len(text)} 个字符无法制成二维码 · no QR code can be made of {len(text)} characters: {error}"
        ) from error
    picture = code.to_image(add_quiet_zones=False)
    rows, columns = picture.shape
    dots = bytes(memoryview(picture))  # type: ignore[arg-type]  # it has the buffer protocol, its stub does not say so
    path: list[str] = []
    for row in range(rows):
        start, end = row * columns, (row + 1) * columns
        path.append(f"M0 {row}.5")
        path += [_strokes(dots[n : min(n + PIECE, end)]) for n in range(start, end, PIECE)]
    box = f"0 0 {columns} {rows}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path stroke="#000" d="{"".join(path)}"/></svg>'


@cache
def _strokes(modules: bytes) -> str:
    """From left to right over the modules: a line over the dark ones, a move over the light ones."""
    runs = ((module, len(list(run))) for module, run in groupby(modules))
    return "".join(f"h{length}" if module == DARK else f"m{length} 0" for module, length in runs)
