"""Which letter a fact makes, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Who = Literal["body", "above", "at_desk", "desk_before", "producer", "branch", "centre", "holders", "account", "bodies"]


TO_PEOPLE: tuple[Who, ...] = ("holders", "account")
"""Letters to persons: holders of certificates or of accounts."""


@dataclass(frozen=True, slots=True)
class Letter:
    """name: its folder among the templates. who: a field of the fact that holds a body's code, or the reference of an
    account; or the holders of a roster; or all bodies below the one that the fact is about. unless: a field of the fact;
    where that says something, another fact's letter tells it. optional: it is no duty to send it, nor to read it, so whoever gets
    it may unsubscribe from letters of this name."""

    name: str
    who: Who
    unless: str = ""
    optional: bool = False


Letters = Mapping[str, tuple[Letter, ...]]
"""fact type → its letters"""


def of_duty() -> tuple[Letter, ...]:
    """Who is reminded of what is owed: its body, and once it is overdue the offices above."""
    return (
        Letter("duty-ahead", "body", unless="overdue"),
        Letter("duty-overdue", "body", unless="ahead"),
        Letter("duty-overdue-below", "above"),
        Letter("duty-overdue-below", "centre"),
    )


def of_approval(noun: str, *approved: Letter) -> dict[str, tuple[Letter, ...]]:
    """The letters of a form on its way up; approved: instead of the usual one."""
    return {
        f"{noun}.submitted.v1": (Letter("awaiting-review", "at_desk"),),
        f"{noun}.endorsed.v1": (Letter("awaiting-review", "at_desk"),),
        f"{noun}.returned.v1": (Letter("returned", "at_desk"),),
        f"{noun}.withdrawn.v1": (Letter("withdrawn", "desk_before"),),
        f"{noun}.discarded.v1": (Letter("discarded", "desk_before"),),
        f"{noun}.approved.v1": approved or (Letter("approved", "body"),),
    }
