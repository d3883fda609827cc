"""What bodies are called, for pages on which documents carry their codes only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.console.documents.addresses import below
from services.console.refusal import Refusal
from services.console.visitor import Visitor
from shared.errors import Unavailable
from shared.ports import Clock
from shared.words import Pair

FRESH: Final = 300.0
"""Seconds for which a name is believed."""
MOST: Final = 20_000
"""Names that are kept; there are fewer bodies."""


class Names:
    """Asked of the directory with the token of whoever opens a page, and kept for everybody for a few minutes: a name is no
    secret to somebody whom a service shows its code."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, Pair]] = {}

    def forget(self) -> None:
        self._known.clear()

    async def of(self, visitor: Visitor, codes: Iterable[str]) -> dict[str, Pair]:
        """Code → Chinese and English name. A body that the visitor may not see, or a directory that does not answer, leaves its
        code as it is: it is missing here. Raises NotSignedIn."""
        now = self._clock.monotonic()
        wanted = {code for code in codes if code}
        asked = [code for code in sorted(wanted) if self._known.get(code, (float("-inf"),))[0] + FRESH <= now]
        found = await asyncio.gather(*(self._ask(visitor, code) for code in asked))
        if len(self._known) > MOST:
            self._known.clear()
        self._known |= {code: (now, name) for code, name in zip(asked, found, strict=True) if name is not None}
        return {code: self._known[code][1] for code in wanted if code in self._known}

    async def _ask(self, visitor: Visitor, code: str) -> Pair | None:
        try:
            body = await visitor.get(below("/directory/bodies", code))
        except (Refusal, Unavailable):
            return None
        return body["name_zh"], body["name_en"]


async def names_for(visitor: Visitor, *documents: Mapping[str, Any]) -> dict[str, Pair]:
    """Of every body that a page of these documents names: whose they are, and where those sit who acted on them."""
    names: Names = visitor.request.app.state.names
    acting = {act["body"] for one in documents for act in one.get("history", ())}
    return await names.of(visitor, _named_by(documents) | acting)


async def names_in_list(visitor: Visitor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Pair]:
    """Of the bodies whose documents a list shows, and on whose desks they lie."""
    names: Names = visitor.request.app.state.names
    return await names.of(visitor, _named_by(rows))


def _named_by(documents: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(one.get(place) or "") for one in documents for place in ("body", "at_desk", "producer")}
