"""Which bodies a quarter has to tell of: those that existed in it. Nobody is charged with what lay before its registration.

The directory tells since when a body is registered; of one that an earlier release told it is not known, and it counts as
one that was always there.
"""

from __future__ import annotations

from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.trade.body_path import BodyPath


def existed_in(body: BodyRegistered, quarter: Quarter) -> bool:
    """Registered before the quarter was over, if only on its last day."""
    return body.registered_on is None or body.registered_on <= quarter.last


def told_of(bodies: list[BodyRegistered], quarter: Quarter, counted: set[str]) -> list[BodyRegistered]:
    """Those with a row: who existed and is not gone for good, of whom something counts in any case, and whoever stands above
    one of these."""
    there = [
        body
        for body in bodies
        if body.body in counted or (existed_in(body, quarter) and body.state not in ENDED_STANDINGS)
    ]
    needed = {code for body in there for code in BodyPath.read(body.path).codes}
    return [body for body in bodies if body.body in needed]
