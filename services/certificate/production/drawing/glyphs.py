"""Which characters keep a certificate from being drawn."""

from __future__ import annotations

from pathlib import Path

from services.certificate.production.drawing.sheet import Sheet, words
from shared.drawing.glyphs import missing


def missing_in(sheet: Sheet, folder: Path | None = None) -> list[str]:
    """Characters that no font has; empty if the certificate can be drawn."""
    return missing("\u0020".join(words(sheet).values()), folder)
