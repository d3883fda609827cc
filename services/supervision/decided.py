"""What inspections, violations and sanctions add to the figures of a quarter: each document says itself what of it counts,
and by which day."""

from __future__ import annotations

from typing import TypeVar

from services.supervision.figures.figures import Counted, Gathered, together
from services.supervision.figures.part import Part
from services.supervision.figures.quarter import Quarter
from services.supervision.figures.storage import readable
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.sanction import Sanction
from services.supervision.violations.violation import Violation
from shared.ports import Store
from shared.trade.practice import is_practice

D = TypeVar("D", Inspection, Violation, Sanction)


async def all_decided(store: Store, quarter: Quarter, part: Part) -> Gathered:
    """As the documents stand now, of one part of the country."""
    return together(
        [
            await _of(store, Inspection, quarter, part),
            await _of(store, Violation, quarter, part),
            await _of(store, Sanction, quarter, part),
        ]
    )


async def _of(store: Store, what: type[D], quarter: Quarter, part: Part) -> Gathered:
    """All of them are looked at: they are few, and each kind has its day in a place of its own. For the same reason nobody
    knows whether one that cannot be read would have counted."""
    documents, left_out = await readable(store, what, part)
    found = Gathered([], [f"{what.KIND}/{id}" for id in left_out])
    for document in documents:
        dated = document.counted()
        if dated is not None and Quarter.of(dated.day) == quarter and not is_practice(document.path):
            found.counted.append(Counted(document.body, document.path, dated.figures))
    return found
