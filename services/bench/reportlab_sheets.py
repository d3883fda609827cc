"""The peer of the drawing: ReportLab, as one would draw the same page with it. Every word, rule and code of the sheet is there;
its places are those of a plain form. Its Chinese font is one that readers bring along: nothing is embedded, which is less
work than ours."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import zxingcpp

from services.certificate.production.drawing.sheet import Sheet, words

FONT = "STSong-Light"
LABELS = 24
_PLACES = [(60 + 250 * (n % 2), 760 - 46 * (n // 2)) for n in range(30)]


def there() -> bool:
    try:
        import reportlab  # noqa: F401
    except ImportError:
        return False
    return True


def draw(sheets: Sequence[Sheet], *, form_once: bool) -> bytes:
    """A PDF of one page per sheet. form_once: what is the same on every page is drawn once and placed on each."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595.28, 841.89))
    if form_once:
        canvas.beginForm("form")
        _form(canvas)
        canvas.endForm()
    for sheet in sheets:
        if form_once:
            canvas.doForm("form")
        else:
            _form(canvas)
        canvas.setFont(FONT, 11)
        for (x, y), text in zip(_PLACES, words(sheet).values(), strict=False):
            canvas.drawString(x, y, text)
        _code(canvas, sheet.verify_url)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _form(canvas: Any) -> None:
    canvas.setFont(FONT, 8)
    canvas.rect(40, 40, 515, 760)
    for x, y in _PLACES[:LABELS]:
        canvas.drawString(x, y + 15, "证书项目 Item of the certificate")
        canvas.line(x, y - 4, x + 220, y - 4)


def _code(canvas: Any, text: str) -> None:
    """The dark runs of each row as strokes of one path, as ours."""
    picture = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(add_quiet_zones=False)
    rows, columns = picture.shape
    dots = bytes(memoryview(picture))  # type: ignore[arg-type]  # as in our own drawing of it
    module = 80 / columns
    path = canvas.beginPath()
    for row in range(rows):
        y, column = 130 - row * module, 0
        while column < columns:
            if dots[row * columns + column]:
                column += 1
                continue
            start = column
            while column < columns and not dots[row * columns + column]:
                column += 1
            path.moveTo(450 + start * module, y)
            path.lineTo(450 + column * module, y)
    canvas.setLineWidth(module)
    canvas.drawPath(path)
    canvas.setLineWidth(0.5)
