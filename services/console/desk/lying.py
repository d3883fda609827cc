"""What lies on a desk, as the first page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.console.desk.owed import DRAW, PLACES
from services.console.documents.approval_forms import RECORDING
from services.console.documents.forms import FormKind
from services.console.documents.steps import ADDRESS

STATES_OF: Final = {
    "station": ("returned", "draft", "submitted", "endorsed"),
    "branch": ("submitted", "returned", "draft", "endorsed"),
    "centre": ("endorsed", "submitted"),
    "": (),
}
"""Kind of body → states in which a form may lie there, or on the desk to which it handed the form."""
ON_THE_WAY_UP: Final = ("submitted", "endorsed")


@dataclass(frozen=True, slots=True)
class Lying:
    """One form. because: why it came back; empty unless it did. asks: the endpoint of its next step, whose roles have it on their
    desk. step: something besides the way up that has to be done with it; due_on: the last day of that, where there is one."""

    kind: str
    id: str
    state: str
    body: str
    link: str
    since: str
    because: str
    late: bool
    asks: str
    at_desk: str = ""
    step: str = ""
    due_on: str = ""

    @property
    def is_exception(self) -> bool:
        return bool(self.because) or self.late


def kind_of_body(roles: Iterable[str]) -> str:
    """By its roles: a station may stand directly under the Centre. Empty: whoever has no form on any desk, as auditors."""
    names = set(roles)
    if names & {"centre_clerk", "centre_approver"}:
        return "centre"
    if "branch_officer" in names:
        return "branch"
    return "station" if names & {"station_clerk", "station_head"} else ""


def lying(form: FormKind, document: Mapping[str, Any], at: str, missing: int | None = None) -> Lying:
    """at: kind of the body at which it lies. missing: of a roster at the Centre, approval forms of technicians without which
    it is not approved."""
    history = document["history"]
    link = f"{form.here}/{document['id']}" if form.here else ""
    return Lying(
        kind=form.kind,
        id=document["id"],
        state=document["state"],
        body=document["body"],
        link=f"{link}/technician-reviews" if missing else link,
        asks=RECORDING if missing else f"POST {form.interface}/{{id}}/{_following(document['state'], at)}",
        at_desk=document["at_desk"],
        step="review" if missing else "",
        since=history[-1]["at"] if history else "",
        because=document["returned_because"] if document["state"] in ("returned", "submitted") else "",
        late=bool(document.get("late", False)),
    )


def _following(state: str, at: str) -> str:
    """The next step of the way up, by its address."""
    if state not in ON_THE_WAY_UP:
        return ADDRESS["submit"]
    return ADDRESS["endorse" if at == "branch" else "approve"]


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
        asks=PLACES[DRAW][1],
        step="draw",
        due_on=duty["due_on"],
    )


def in_order(found: Iterable[Lying]) -> list[Lying]:
    """Exceptions first, then what has lain longest."""
    return sorted(found, key=lambda one: (not one.is_exception, one.since, one.id))
