"""What a child process is asked to draw. Only there the drawing is loaded: fonts, typesetter and the writer of workbooks are more
than the service itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from services.certificate.filled_forms.drawing.paging import Page
from services.certificate.filled_forms.drawing.words import Copies
from services.certificate.filled_forms.filled_form import FilledForm, Line, Volume


def paper(form: FilledForm, pages: Sequence[tuple[Page, Sequence[Line]]], copies: Copies, fonts: Path | None) -> bytes:
    from services.certificate.filled_forms.drawing import pdf

    return pdf.draw(form, pages, copies, fonts)


def book(form: FilledForm, lines: Sequence[tuple[Volume, Sequence[Line]]], copy: str) -> bytes:
    from services.certificate.filled_forms.drawing import workbook

    return workbook.write(form, lines, copy)
