"""What lies on a desk, as the first page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

STATES_OF: Final = {
    "station": ("returned", "draft"),
    "branch": ("submitted", "returned", "draft"),
    "centre": ("endorsed", "submitted"),
}
"""Kind of body → states in which a form may lie there, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One form. because: why it came back; empty unless it did. due_on: of something besides the way up that has to be done with
    it, its last day; `step` is what."""

    kind: str
    id: str
    state: str
    body: str
    link: str
    since: str
    because: str
    late: bool
    step: str = ""
    due_on: str = ""

    @property
    def is_exception(self) -> bool:
        return bool(self.because) or self.late


def kind_of_body(roles: Iterable[str]) -> str:
    """By its roles: a station may stand directly under the Centre."""
    names = set(roles)
    if names & {"centre_clerk", "centre_approver"}:
        return "centre"
    return "branch" if "branch_officer" in names else "station"


def lying(kind: str, here: str, document: Mapping[str, Any]) -> Lying:
    history = document["history"]
    return Lying(
        kind=kind,
        id=document["id"],
        state=document["state"],
        body=document["body"],
        link=f"{here}/{document['id']}" if here else "",
        since=history[-1]["at"] if history else "",
        because=document["returned_because"] if document["state"] in ("returned", "submitted") else "",
        late=bool(document.get("late", False)),
    )


def to_draw(duty: Mapping[str, Any], link: str) -> Lying:
    """A session whose papers the Centre has to draw. duty: as the radar says it."""
    return Lying(
        kind="session_plan",
        id=duty["about"],
        state="approved",
        body=duty["concerns"],
        link=link,
        since=duty["since"] or "",
        because="",
        late=duty["late"],
        step="draw",
        due_on=duty["due_on"],
    )


def in_order(found: Iterable[Lying]) -> list[Lying]:
    """Exceptions first, then what has lain longest."""
    return sorted(found, key=lambda one: (not one.is_exception, one.since, one.id))
