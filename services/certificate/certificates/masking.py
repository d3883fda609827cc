"""An identity number as it is shown."""

from __future__ import annotations


def masked(id_number: str) -> str:
    """First 6 and last 4 characters at the most; short numbers show less."""
    if len(id_number) < 15:
        return "*" * max(len(id_number) - 2, 0) + id_number[-2:]
    return id_number[:6] + "*" * (len(id_number) - 10) + id_number[-4:]
