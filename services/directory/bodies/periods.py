"""What a body was on a day of the past, as its own history tells: when it was suspended, and which licences it had.

Pure. Days are days in China; the day of an act is the first of what it began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from services.directory.bodies.standing import SUSPENDED
from shared.contracts.directory import Licence, Suspension
from shared.contracts.words import ENDED_STANDINGS
from shared.keeping.aggregate import Entry
from shared.trade.deadline import local_day

_A_DAY = timedelta(days=1)


def registered_on(history: Sequence[Entry]) -> date | None:
    """None: its history does not say."""
    return next((local_day(entry.at) for entry in history if entry.verb == "register"), None)


def ended_on(history: Sequence[Entry]) -> date | None:
    """When it was revoked or struck off; None while it is neither."""
    return next((local_day(entry.at) for entry in history if entry.to_state in ENDED_STANDINGS), None)


def suspensions(history: Sequence[Entry]) -> list[Suspension]:
    """Oldest first. Reinstated on the same day: it may appraise on that day, and there was no suspension."""
    found: list[Suspension] = []
    first: date | None = None
    for entry in history:
        day = local_day(entry.at)
        if entry.to_state == SUSPENDED and first is None:
            first = day
        elif entry.to_state != SUSPENDED and first is not None:
            if day > first:
                found.append(Suspension(first=first, last=day - _A_DAY))
            first = None
    return found if first is None else [*found, Suspension(first=first)]


def as_held(former: Sequence[Licence], present: Licence | None) -> list[Licence]:
    """Licences that were replaced, each until the day before the one that took its place. One that began no later than the
    one before it was took its place altogether."""
    held: list[Licence] = []
    for licence, following in zip(former, [*former, present][1:], strict=True):
        last = licence.valid_until
        if following is not None:
            last = min(last, following.valid_from - _A_DAY)
        if last >= licence.valid_from:
            held.append(licence.model_copy(update={"valid_until": last}))
    return held


MOST_TOLD = 12
"""Former licences in one fact: of the widest scope they are half of what a fact may be. The body keeps all of them."""


def to_tell(
    former: Sequence[Licence], present: Licence | None, since: date | None
) -> tuple[list[Licence], date | None]:
    """The latest of those that were replaced, and from which day on all are told. A body whose facts grew with every licence
    could not be told of, nor changed, suspended or revoked, once they were too large."""
    held = as_held(former, present)
    left_out, kept = held[:-MOST_TOLD], held[-MOST_TOLD:]
    if left_out:
        first = left_out[-1].valid_until + _A_DAY
        since = first if since is None else max(first, since)
    return kept, since
