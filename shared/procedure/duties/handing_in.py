"""A form that has to be handed in: when it was, and since when it lies at its body again."""

from __future__ import annotations

from datetime import datetime

from shared.keeping.aggregate import Entry
from shared.procedure.approval import DISCARDED, DRAFT, RETURNED, Approval

_NOT_HANDED_IN = (DRAFT, RETURNED, DISCARDED)


def handed_in_at(form: Approval) -> datetime | None:
    """For the last time; None: never."""
    return next((entry.at for entry in reversed(form.history) if entry.verb == "submit"), None)


def times_handed_in(form: Approval) -> int:
    return sum(entry.verb == "submit" for entry in form.history)


def came_back(form: Approval) -> Entry | None:
    """The act, a return or a withdrawal, by which it lies at its body again; None where it was not handed in before."""
    since: list[Entry] = []
    for entry in form.history:
        since = [] if entry.verb == "submit" else [*since, entry]
    handed_in = len(since) < len(form.history)
    return next((entry for entry in since if handed_in and entry.to_state in _NOT_HANDED_IN), None)
