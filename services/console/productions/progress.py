"""How far a production is, counted from its batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAKING, VOIDED, WAITING = "making", "voided", "numbered"
POSTED: Final = ("mailed", "received")


@dataclass(frozen=True, slots=True)
class Progress:
    """certificates: of the roster; the rest counts certificates too, but for print_files. left_out: no font has a character of
    theirs. received: none before somebody counted them. is_going: something is still made, so it changes by itself."""

    certificates: int
    numbered: int
    drawn: int
    left_out: int
    print_files: int
    posted: int
    received: int | None
    is_going: bool


def progress_of(production: Mapping[str, Any], batches: Sequence[Mapping[str, Any]]) -> Progress:
    waits = production["state"] == MAKING or any(batch["state"] == WAITING for batch in batches)
    is_posted = production["state"] in POSTED
    return Progress(
        certificates=production["certificates"],
        numbered=sum(batch["certificates"] for batch in batches),
        drawn=sum(batch["drawn"] for batch in batches),
        left_out=sum(len(batch["refused"]) for batch in batches),
        print_files=sum(len(batch["print_files"]) for batch in batches),
        posted=production["certificates"] - production["refused"] if is_posted else 0,
        received=production["received"],
        is_going=waits and production["state"] != VOIDED,
    )
