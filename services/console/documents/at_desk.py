"""What lies on a desk: of the forms that a visitor reaches, those whose turn it is at their body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.documents.forms import FormKind
from services.console.documents.listing import PER_QUESTION
from services.console.refusal import Refusal
from services.console.visitor import Visitor
from shared.errors import Unavailable

LOOKED_UP: Final = ("session_plan",)
"""Forms whose list says only when it is asked what needs the Centre's reason."""
MOST_PAGES: Final = 4
"""Of one form in one state. Who has more than 2,000 waiting sees the others when these are done."""


@dataclass(frozen=True, slots=True)
class AtDesk:
    """elsewhere: those that lie at another body. more: whether there may be more of them than were looked at."""

    documents: Sequence[Mapping[str, Any]]
    elsewhere: Sequence[Mapping[str, Any]]
    more: bool


async def at_desk(visitor: Visitor, form: FormKind, state: str, *, with_needs: bool = False) -> AtDesk | None:
    """Those in one state; none where their service does not answer: the others are there all the same. A list goes by the whole
    subtree, so most of what it says may lie at other desks: it is read on. Raises NotSignedIn."""
    body = visitor.holder.body if visitor.holder else ""
    needs = "true" if with_needs and form.kind in LOOKED_UP else ""
    found: list[Mapping[str, Any]] = []
    after = ""
    try:
        for _ in range(MOST_PAGES):
            page = await visitor.get(form.interface, state=state, with_needs=needs, after=after, limit=PER_QUESTION)
            found += page["items"]
            after = page["next"] or ""
            if not after:
                break
    except (Refusal, Unavailable):
        return None
    here = [document for document in found if document["at_desk"] == body]
    return AtDesk(here, [document for document in found if document["at_desk"] != body], bool(after))
