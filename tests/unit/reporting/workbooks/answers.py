"""What a service hears of a reading child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.reporting.rosters.workbook.examining import Answer
from services.reporting.rosters.workbook.findings import Correction
from shared.contracts.reporting import RosterLine


@dataclass
class Heard:
    pages: list[list[RosterLine]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    notes: tuple[Correction, ...] = ()


def heard(answer: bytes, size: int = 65_536) -> Heard:
    """size: bytes of the pieces that it comes in. Raises NotTakenOver, ValueError."""
    found = Heard()

    def take(lines: Sequence[RosterLine], text: bytes) -> None:
        found.pages.append(list(lines))
        found.texts.append(text)

    listening = Answer(take)
    for first in range(0, len(answer), size):
        listening.hear(answer[first : first + size])
    found.notes = listening.ended()
    return found
