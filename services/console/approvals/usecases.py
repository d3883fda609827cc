"""Desks: read from the services, and remembered for a while, so that the next one opens at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.console.approvals.desk import Desk, lying
from services.console.documents.approval_forms import missing_of
from services.console.documents.at_desk import at_desk
from services.console.documents.forms import FORMS, FormKind
from services.console.visitor import Visitor
from shared.ports import Clock
from shared.trade.body_path import BodyPath

REMEMBERED: Final = 300.0
"""Seconds. Whoever works on goes on in the order that they saw; the list itself is always read anew."""
MOST_DESKS: Final = 200


class Desks:
    """By whom they are of, for REMEMBERED: a comfort, no truth. What was done elsewhere meanwhile its page says."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Desk]] = {}

    def forget(self) -> None:
        self._known.clear()

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
    answers = await asyncio.gather(*(at_desk(visitor, form, state, with_needs=True) for form, state in asked))
    found, silent, more = [], [], False
    for (form, _), answer in zip(asked, answers, strict=True):
        if answer is None:
            silent.append(form)
        else:
            found += [lying(form, document) for document in await _looked_up(visitor, form, answer.documents)]
            more = more or answer.more
    return Desk(tuple(sorted(found, key=lambda one: one.order)), tuple(dict.fromkeys(silent)), more)


async def _looked_up(
    visitor: Visitor, form: FormKind, documents: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Rosters with the approval forms that they lack, which their list does not say."""
    if form.kind != "roster":
        return documents
    missing = await asyncio.gather(*(missing_of(visitor, document) for document in documents))
    return [{**document, "missing_reviews": n} for document, n in zip(documents, missing, strict=True)]
