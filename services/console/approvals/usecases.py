"""Desks: read from the services, and remembered for a while, so that the next one opens at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.approvals.desk import Desk, lying
from services.console.documents.forms import FORMS, FormKind
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
            found += [lying(form, document) for document in answer.documents]
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
