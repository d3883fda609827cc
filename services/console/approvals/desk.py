"""What lies on a desk, in the order in which it is worked off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.console.approvals.marks import Mark, heads_of, marks_of
from services.console.documents.addresses import below
from services.console.documents.forms import FormKind


@dataclass(frozen=True, slots=True)
class Lying:
    """One form on the desk. since: when it came there, as the service writes it."""

    form: FormKind
    id: str
    body: str
    heads: int | None
    since: str
    marks: tuple[Mark, ...] = ()

    @property
    def here(self) -> str:
        return below("/approvals", self.form.kind, self.id)

    @property
    def order(self) -> tuple[int, str, str]:
        """What is unusual first, then what has waited longest."""
        return -sum(mark.weight for mark in self.marks), self.since, self.id


@dataclass(frozen=True, slots=True)
class Desk:
    """lying: in the order of work. silent: forms whose service did not answer. more: whether there is more than is listed."""

    lying: tuple[Lying, ...]
    silent: tuple[FormKind, ...] = ()
    more: bool = False

    def place_of(self, kind: str, id: str) -> int | None:
        return next((n for n, one in enumerate(self.lying) if (one.form.kind, one.id) == (kind, id)), None)

    def around(self, kind: str, id: str) -> tuple[Lying | None, Lying | None]:
        """The one before and the one after; of a form that does not lie here, none and the first."""
        place = self.place_of(kind, id)
        if place is None:
            return None, self.lying[0] if self.lying else None
        before = self.lying[place - 1] if place else None
        return before, self.lying[place + 1] if place + 1 < len(self.lying) else None

    def without(self, kind: str, id: str) -> tuple[Desk, Lying | None]:
        """Once it is done: what is left, and which comes next; at the end of the list what was passed over."""
        place = self.place_of(kind, id)
        left = tuple(one for n, one in enumerate(self.lying) if n != place)
        if not left:
            return replace(self, lying=left), None
        return replace(self, lying=left), left[place if place is not None and place < len(left) else 0]


def lying(form: FormKind, document: Mapping[str, Any]) -> Lying:
    arrived = document["history"][-1]["at"] if document["history"] else ""
    return Lying(form, document["id"], document["body"], heads_of(document), arrived, marks_of(document))
