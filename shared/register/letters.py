"""Which letter a fact makes, to whom, who issues it, and whether it waits for the digest of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Who = Literal["body", "above", "at_desk", "desk_before", "producer", "branch", "centre", "holders", "account", "bodies"]
IssuedBy = Literal["centre", "above_desk", "below_desk", "body", "at_desk", "producer", "cancelled_by", "inspected_by"]
"""The Centre; the office right above, or right below, the desk at which the document lies now: who sent it back, or handed it
on; or a field of the fact that holds a body's code, and where that is empty the Centre. So no office writes to itself."""


TO_PEOPLE: tuple[Who, ...] = ("holders", "account")
"""Letters to persons: holders of certificates or of accounts."""
TO_MANY: tuple[Who, ...] = ("holders", "bodies")
"""Of which one fact makes very many."""


@dataclass(frozen=True, slots=True)
class Letter:
    """name: its folder among the templates. who: a field of the fact that holds a body's code, or the reference of an
    account; or the holders of a roster; or all bodies below the one that the fact is about. unless: a field of the fact;
    where that says something, another fact's letter tells it. issued_by: whose name stands under it. optional: it is no duty to
    send it, nor to read it, so whoever gets it may unsubscribe from letters of this name.

    at_once: it goes out by itself; otherwise, if it is to an office, with all others of a day in one digest.

    by_clock: nobody did anything that it tells of; the clock makes it for everybody on the same morning.

    paper: where the PDF is fetched that it brings along, `service/path` with `{id}` for what the letter is about; empty: none."""

    name: str
    who: Who
    unless: str = ""
    optional: bool = False
    issued_by: IssuedBy = "centre"
    at_once: bool = False
    paper: str = ""
    by_clock: bool = False

    @property
    def is_bulk(self) -> bool:
        """One of very many: it never keeps one waiting that is not."""
        return self.by_clock or self.who in TO_MANY

    @property
    def waits(self) -> bool:
        """For the digest. People are written to at once, always."""
        return not self.at_once and self.who not in TO_PEOPLE


Letters = Mapping[str, tuple[Letter, ...]]
"""fact type → its letters"""


def of_duty() -> tuple[Letter, ...]:
    """Who is reminded of what is owed: its body, and once it is overdue the offices above."""
    return (
        Letter("duty-ahead", "body", unless="overdue", by_clock=True),
        Letter("duty-overdue", "body", unless="ahead", at_once=True),
        Letter("duty-overdue-below", "above", at_once=True),
        Letter("duty-overdue-below", "centre", at_once=True),
    )


def of_approval(noun: str, *approved: Letter) -> dict[str, tuple[Letter, ...]]:
    """The letters of a form on its way up; approved: instead of the usual one."""
    return {
        f"{noun}.submitted.v1": (Letter("awaiting-review", "at_desk", issued_by="below_desk"),),
        f"{noun}.endorsed.v1": (Letter("awaiting-review", "at_desk", issued_by="below_desk"),),
        f"{noun}.returned.v1": (Letter("returned", "at_desk", issued_by="above_desk", at_once=True),),
        f"{noun}.withdrawn.v1": (Letter("withdrawn", "desk_before", issued_by="at_desk"),),
        f"{noun}.discarded.v1": (Letter("discarded", "desk_before", issued_by="body"),),
        f"{noun}.approved.v1": approved or (Letter("approved", "body"),),
    }
