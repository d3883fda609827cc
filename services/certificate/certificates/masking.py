"""An identity number as it is shown."""

from __future__ import annotations

LONG = 15  # characters: resident IDs, old and new
SHORTEST = 5  # of a document; what is shorter would be shown nearly whole


def masked(id_number: str) -> str:
    """First 6 and last 4 characters of a long one, the last 2 of a short one."""
    if len(id_number) >= LONG:
        return id_number[:6] + "*" * (len(id_number) - 10) + id_number[-4:]
    if len(id_number) >= SHORTEST:
        return "*" * (len(id_number) - 2) + id_number[-2:]
    return "*" * len(id_number)
