"""QR code as a drawing of lines: sharp at any size and, unlike pixels, left alone by readers and printers that smooth."""

from __future__ import annotations

import re

import zxingcpp

from shared.errors import Invalid

_DARK = re.compile(rb"\x00+")


def svg(text: str) -> str:
    """Dark runs of each row as strokes one module wide, all in one path so that no seam shows between rows. One unit a
    module, no quiet zone (the page leaves it). Error correction M.

    Raises Invalid if the text is empty or longer than a QR code holds.
    """
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as error:
        raise Invalid(f"no QR code can be made of {len(text)} characters: {error}") from error
    picture = code.to_image(add_quiet_zones=False)
    rows, columns = picture.shape
    dots = bytes(memoryview(picture))  # type: ignore[arg-type]  # it has the buffer protocol, its stub does not say so
    runs = [
        f"M{run.start() - row * columns} {row}.5h{run.end() - run.start()}"
        for row in range(rows)
        for run in _DARK.finditer(dots, row * columns, (row + 1) * columns)
    ]
    box = f"0 0 {columns} {rows}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path stroke="#000" d="{"".join(runs)}"/></svg>'
