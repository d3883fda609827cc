"""What a child process is asked to draw. Only there the drawing is loaded, for fonts and typesetter are more than the
service itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from services.certificate.production.drawing.sheet import Sheet


def draw_what_can_be(sheets: Sequence[Sheet], fonts: Path | None) -> tuple[dict[str, list[str]], bytes]:
    from services.certificate.production.drawing import print_file

    return print_file.draw_what_can_be(sheets, fonts)
