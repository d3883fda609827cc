"""What lies on a desk, in the order in which it is worked off; and remembered for a while, so that the next one opens at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from services.console.approvals.marks import Mark, heads_of, marks_of
from services.console.forms import FORMS, FormKind
from services.console.refusal import Refusal
from services.console.visitor import Visitor
from shared.errors import Unavailable
from shared.ports import Clock
from shared.trade.body_path import BodyPath

LOOKED_UP: Final = ("session_plan",)
"""Forms whose list says only when it is asked what needs the Centre's reason."""
PER_QUESTION: Final = 500
MOST_PAGES: Final = 4
"""Of one form in one state. Who has more than 2,000 waiting sees the others when these are done."""
REMEMBERED: Final = 300.0
"""Seconds. Whoever works on goes on in the order that they saw; the list itself is always read anew."""
MOST_DESKS: Final = 200


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
        return f"/approvals/{self.form.kind}/{quote(self.id, safe='')}"

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


class Desks:
    """By whom they are of, for REMEMBERED: a comfort, no truth. What was done elsewhere meanwhile its page says."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Desk]] = {}

    async def read(self, visitor: Visitor) -> Desk:
        """As it is now. Raises NotSignedIn."""
        desk = await _lying_before(visitor)
        self.remember(visitor, desk)
        return desk

    async def of(self, visitor: Visitor) -> Desk:
        """As it was when it was last read. Raises NotSignedIn."""
        at, desk = self._known.get(_key(visitor), (float("-inf"), Desk(())))
        return desk if self._clock.monotonic() < at + REMEMBERED else await self.read(visitor)

    def remember(self, visitor: Visitor, desk: Desk) -> None:
        if len(self._known) >= MOST_DESKS:
            self._known.clear()
        self._known[_key(visitor)] = (self._clock.monotonic(), desk)


def _key(visitor: Visitor) -> tuple[str, str]:
    return (visitor.holder.account, visitor.holder.body) if visitor.holder else ("", "")


async def _lying_before(visitor: Visitor) -> Desk:
    states = (
        ("endorsed", "submitted") if visitor.holder and BodyPath.read(visitor.holder.path).is_centre else ("submitted",)
    )
    asked = [(form, state) for form in FORMS for state in states]
    answers = await asyncio.gather(*(_listed(visitor, form, state) for form, state in asked))
    found, silent, more = [], [], False
    for (form, _), answer in zip(asked, answers, strict=True):
        if answer is None:
            silent.append(form)
        else:
            found += [_lying(form, document) for document in answer.documents]
            more = more or answer.more
    return Desk(tuple(sorted(found, key=lambda one: one.order)), tuple(dict.fromkeys(silent)), more)


@dataclass(frozen=True, slots=True)
class _Listed:
    documents: Sequence[Mapping[str, Any]]
    more: bool


async def _listed(visitor: Visitor, form: FormKind, state: str) -> _Listed | None:
    """What of it lies on the desk of the visitor's body; none where its service does not answer. Raises NotSignedIn."""
    body = visitor.holder.body if visitor.holder else ""
    with_needs = "true" if form.kind in LOOKED_UP else ""
    found: list[Mapping[str, Any]] = []
    after = ""
    try:
        for _ in range(MOST_PAGES):
            page = await visitor.get(
                form.interface, state=state, with_needs=with_needs, after=after, limit=PER_QUESTION
            )
            found += [document for document in page["items"] if document["at_desk"] == body]
            after = page["next"] or ""
            if not after:
                break
    except (Refusal, Unavailable):
        return None
    return _Listed(found, bool(after))


def _lying(form: FormKind, document: Mapping[str, Any]) -> Lying:
    arrived = document["history"][-1]["at"] if document["history"] else ""
    return Lying(form, document["id"], document["body"], heads_of(document), arrived, marks_of(document))
