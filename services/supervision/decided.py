"""What inspections, violations and sanctions add to the figures of a quarter: each document says itself what of it counts,
and by which day."""

from __future__ import annotations

from typing import TypeVar

from services.supervision.figures.figures import Counted
from services.supervision.figures.quarter import Quarter
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.sanction import Sanction
from services.supervision.violations.violation import Violation
from shared.keeping import repository
from shared.ports import Store
from shared.trade.practice import is_practice

D = TypeVar("D", Inspection, Violation, Sanction)


async def all_decided(store: Store, quarter: Quarter) -> list[Counted]:
    """As the documents stand now. One that cannot be read is no reason to publish figures without it: ValidationError."""
    return [
        *await _of(store, Inspection, quarter),
        *await _of(store, Violation, quarter),
        *await _of(store, Sanction, quarter),
    ]


async def _of(store: Store, what: type[D], quarter: Quarter) -> list[Counted]:
    """All of them are looked at: they are few, and each kind has its day in a place of its own."""
    found: list[Counted] = []
    async for document in repository.every(store, what):
        dated = document.counted()
        if dated is not None and Quarter.of(dated.day) == quarter and not is_practice(document.path):
            found.append(Counted(document.body, document.path, dated.figures))
    return found
